//! A CSV file line by line in steady memory, each with the number that an editor shows. A line that
//! is too long ends the file: a quotation mark that is never closed would take in all the rest.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{ByteRecord, StringRecord};

/// No line is longer, in bytes.
pub const LONGEST_LINE: usize = 4 * 1024 * 1024;

/// Why reading ended early. Lines before it were given out.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    #[error("the file cannot be read from line {line} on")]
    Unreadable {
        line: u64,
        #[source]
        source: csv::Error,
    },
    #[error(
        "line {line} is longer than {LONGEST_LINE} bytes; is a quotation mark not closed? Lines before it were dealt with"
    )]
    TooLong { line: u64 },
}

/// Bytes of a byte order mark, and one behind it.
const MARK: usize = 4;

/// One line.
#[derive(Debug)]
pub struct CsvLine {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// `None`: it is not UTF-8.
    pub cells: Option<StringRecord>,
}

/// The file.
pub struct CsvLines<R> {
    reader: csv::Reader<Tee<R>>,
    seen: Rc<RefCell<Seen>>,
    record: ByteRecord,
}

impl<R: Read> CsvLines<R> {
    /// Reads from `source`; a byte order mark is passed over. Lines may differ in their length.
    pub fn new(source: R) -> Self {
        let seen = Rc::new(RefCell::new(Seen::default()));
        let tee = Tee {
            source,
            seen: Rc::clone(&seen),
        };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(tee);
        Self {
            reader,
            seen,
            record: ByteRecord::new(),
        }
    }

    /// The next line that is not empty; `None` at the end of the file.
    pub fn next_line(&mut self) -> Result<Option<CsvLine>, CsvError> {
        self.seen.borrow_mut().pass(self.reader.position().byte());
        let read = self.reader.read_byte_record(&mut self.record);
        let seen = self.seen.borrow();
        let line = seen.line();
        match read {
            Ok(false) => Ok(None),
            Ok(true) => Ok(Some(CsvLine {
                line,
                cells: StringRecord::from_byte_record(self.record.clone()).ok(),
            })),
            Err(_cut) if seen.is_full() => Err(CsvError::TooLong { line }),
            Err(source) => Err(CsvError::Unreadable { line, source }),
        }
    }

    /// How many bytes were dealt with.
    pub fn position(&self) -> u64 {
        self.reader.position().byte()
    }
}

/// The bytes from the end of the last line on. The parser knows where that was, not on which line:
/// it skips empty lines and takes the halves of a line end as they come.
#[derive(Debug, Default)]
struct Seen {
    bytes: VecDeque<u8>,
    /// Offset of the first of `bytes` in the file.
    offset: u64,
    /// Line ends before it.
    line_ends: u64,
}

impl Seen {
    /// Forgets what lies before `offset`.
    fn pass(&mut self, offset: u64) {
        let passed = usize::try_from(offset.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        for byte in self.bytes.drain(..passed.min(self.bytes.len())) {
            self.line_ends += u64::from(byte == b'\n');
        }
        self.offset = offset;
    }

    /// The line on which the next cell begins.
    fn line(&self) -> u64 {
        let skipped = self
            .bytes
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let ends = skipped
            .filter(|byte| **byte == b'\n')
            .map(|_| 1)
            .sum::<u64>();
        1 + self.line_ends + ends
    }

    fn is_new(&self) -> bool {
        self.offset == 0 && self.bytes.is_empty()
    }

    fn is_full(&self) -> bool {
        self.bytes.len() > LONGEST_LINE
    }
}

/// Shows what is read to [`Seen`], and stops when a line is too long.
struct Tee<R> {
    source: R,
    seen: Rc<RefCell<Seen>>,
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut seen = self.seen.borrow_mut();
        if seen.is_full() {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        // The parser knows a byte order mark only if it comes in one piece and is not all.
        let enough = if seen.is_new() { MARK } else { 1 };
        let mut read = 0;
        while let Some(rest) = buffer.get_mut(read..).filter(|_| read < enough) {
            let more = self.source.read(rest)?;
            if more == 0 {
                break;
            }
            read += more;
        }
        seen.bytes.extend(buffer.iter().take(read));
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
