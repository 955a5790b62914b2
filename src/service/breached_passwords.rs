//! Passwords that were found in breaches: a file of the operator's, in the form in which Have I Been Pwned gives
//! it out: a line for each, of its SHA-1 in hexadecimal, a colon and a count, sorted by the hash. It is searched
//! by halving where it lies. Nobody outside is asked, and no password leaves this process in any form.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::FileExt;
use std::path::Path;

use sha1::{Digest, Sha1};

/// Characters of a hash.
const HASH: usize = 40;
/// A line with its hash, its count and its end is shorter.
const LONGEST_LINE: usize = 96;

/// The file, open.
#[derive(Debug)]
pub struct BreachedPasswords {
    file: File,
    length: u64,
}

impl BreachedPasswords {
    /// Opens a file, and looks whether its first line and one in the middle are in the right form.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let breached = Self { file, length };
        breached.line(0)?;
        let middle = breached.line_from(length / 2)?;
        if middle < length {
            breached.line(middle)?;
        }
        Ok(breached)
    }

    /// Whether a password is in it, as it was typed.
    pub fn contain(&self, password: &str) -> Result<bool> {
        let wanted: Vec<u8> = Sha1::digest(password.as_bytes())
            .iter()
            .flat_map(|octet| format!("{octet:02X}").into_bytes())
            .collect();
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low + (high - low) / 2;
            let start = self.line_from(middle)?;
            if start >= high {
                high = middle;
                continue;
            }
            let (hash, end) = self.line(start)?;
            match hash.as_slice().cmp(&wanted) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => low = end,
                Ordering::Greater => high = middle,
            }
        }
        Ok(false)
    }

    /// Where the first line begins at or behind a place.
    fn line_from(&self, place: u64) -> Result<u64> {
        let Some(before) = place.checked_sub(1) else {
            return Ok(0);
        };
        let octets = self.read(before)?;
        match octets.iter().position(|octet| *octet == b'\n') {
            Some(end) => Ok(place + wide(end)),
            None if before + wide(octets.len()) == self.length => Ok(self.length),
            None => Err(not_in_form()),
        }
    }

    /// The hash of the line that begins there, in capitals, and where the next one begins.
    fn line(&self, start: u64) -> Result<(Vec<u8>, u64)> {
        let octets = self.read(start)?;
        let end = octets.iter().position(|octet| *octet == b'\n');
        let hash = octets.get(..HASH).map(<[u8]>::to_ascii_uppercase);
        let hash = hash.filter(|hash| hash.iter().all(u8::is_ascii_hexdigit));
        let is_followed = matches!(octets.get(HASH), None | Some(b':' | b'\r' | b'\n'));
        match (hash.filter(|_| is_followed), end) {
            (Some(hash), Some(end)) => Ok((hash, start + wide(end) + 1)),
            (Some(hash), None) if start + wide(octets.len()) == self.length => {
                Ok((hash, self.length))
            }
            _ => Err(not_in_form()),
        }
    }

    /// As many octets as a line has at most.
    fn read(&self, place: u64) -> Result<Vec<u8>> {
        let mut octets = vec![0; LONGEST_LINE];
        let mut filled = 0;
        while let Some(rest) = octets.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, place + wide(filled)) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        octets.truncate(filled);
        Ok(octets)
    }
}

/// A number of octets as a place in the file.
fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn not_in_form() -> Error {
    let wanted =
        "its lines have to be SHA-1 hashes in hexadecimal, each with a colon and a count, sorted";
    Error::new(ErrorKind::InvalidData, wanted)
}

#[cfg(test)]
mod tests;
