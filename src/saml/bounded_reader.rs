//! A stream that ends where it grows too long (requirement BOUNDED-INPUT), as a whole and piece by piece. Looks at
//! nothing that goes through it.

use std::io::{self, BufRead, Read};

use crate::saml::bounds::{MAX_AGGREGATE_BYTES, MAX_METADATA_BYTES};

/// Counts what goes through it: the whole has an end, and no single piece of it, however long its text or its
/// tag, may fill the memory.
pub struct Bounded<R> {
    source: R,
    of_all: usize,
    of_event: usize,
}

impl<R> Bounded<R> {
    /// Nothing has gone through yet.
    pub const fn new(source: R) -> Self {
        Self {
            source,
            of_all: 0,
            of_event: 0,
        }
    }

    /// The next piece begins.
    pub const fn rewind(&mut self) {
        self.of_event = 0;
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(into)?;
        self.of_all = self.of_all.saturating_add(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.of_all > MAX_AGGREGATE_BYTES || self.of_event > MAX_METADATA_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.of_all = self.of_all.saturating_add(amount);
        self.of_event = self.of_event.saturating_add(amount);
        self.source.consume(amount);
    }
}
