//! People in bulk from CSV: created and updated by username, line by line in steady memory, a batch
//! of lines in each transaction (`user_import_batch.rs`). Nothing is decided here.

use std::io::Read;

use crate::domain::audit::Actor;
use crate::domain::violation::Violation;
use crate::service::csv_lines::{CsvError, CsvLines};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::user_import_batch::{self as batch, Pace};
use crate::service::user_import_columns::{Columns, HeaderError, ImportLine};
use crate::service::user_import_rehearsal::Rehearsal;

/// What became of the lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub created: u64,
    pub updated: u64,
    /// Lines that say what is stored already.
    pub unchanged: u64,
    pub refused: u64,
}

/// A line that was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where it begins in the file; the header is line 1.
    pub line: u64,
    /// Never empty.
    pub reasons: Vec<Violation>,
}

/// What is told while the import runs.
#[derive(Debug)]
pub enum Note<'a> {
    /// So many bytes of the file are done.
    Progress(u64),
    Refused(&'a Refusal),
}

/// Why an import did not begin or ended early. What was written before stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the first line cannot be used")]
    Header(#[from] HeaderError),
    #[error(transparent)]
    File(#[from] CsvError),
    #[error("stopped before line {line}; running the same file again goes on from there")]
    Stopped {
        line: u64,
        #[source]
        source: ServiceError,
    },
}

/// What an import does with the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is written, and the answer is the same.
    Rehearse,
    Write,
    /// New users who are active are mailed a link that sets their first password.
    Invite,
}

/// Imports a file.
pub fn run(
    env: &Environment,
    actor: &Actor,
    (source, mode): (impl Read, Mode),
    note: &mut dyn FnMut(Note<'_>),
) -> Result<Tally, ImportError> {
    let mut lines = CsvLines::new(source);
    let header = lines.next_line()?.ok_or(HeaderError::Empty)?;
    let columns = Columns::parse(&header.cells.ok_or(HeaderError::NotText)?)?;
    let mut batches = Batches {
        env,
        actor,
        rehearsal: (mode == Mode::Rehearse).then(Rehearsal::default),
        is_inviting: mode == Mode::Invite,
        pace: Pace::default(),
        tally: Tally::default(),
        note,
    };
    let mut batch = Vec::new();
    // Whatever ends the file, the lines before it are dealt with.
    let end = loop {
        let line = match lines.next_line() {
            Ok(Some(line)) => line,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        batch.push(Numbered {
            line: line.line,
            parsed: match line.cells {
                Some(cells) => columns.read(&cells),
                None => Err(vec![Violation::new("", "The line is not UTF-8.")]),
            },
        });
        if batch.len() >= batches.pace.lines() {
            batches.write(std::mem::take(&mut batch))?;
            (batches.note)(Note::Progress(lines.position()));
        }
    };
    batches.write(batch)?;
    (batches.note)(Note::Progress(lines.position()));
    end?;
    Ok(batches.tally)
}

/// A line that may be written, or why not.
struct Numbered {
    line: u64,
    parsed: Result<ImportLine, Vec<Violation>>,
}

/// What became of one line.
#[derive(Debug, Clone)]
pub(in crate::service) enum Outcome {
    Created,
    Updated,
    Unchanged,
    Refused(Vec<Violation>),
}

struct Batches<'a> {
    env: &'a Environment,
    actor: &'a Actor,
    rehearsal: Option<Rehearsal>,
    is_inviting: bool,
    pace: Pace,
    tally: Tally,
    note: &'a mut dyn FnMut(Note<'_>),
}

impl Batches<'_> {
    /// Deals with a batch and tells of it in the order of the file.
    fn write(&mut self, batch: Vec<Numbered>) -> Result<(), ImportError> {
        let Some(line) = batch.first().map(|first| first.line) else {
            return Ok(());
        };
        let mut lines = Vec::with_capacity(batch.len());
        let mut numbers = Vec::with_capacity(batch.len());
        for Numbered { line, parsed } in batch {
            let broken = parsed.map(|parsed| lines.push(parsed)).err();
            numbers.push((line, broken));
        }
        let began = self.env.now();
        let outcomes = match &mut self.rehearsal {
            Some(rehearsal) => rehearsal.judge(self.env, &lines),
            None => batch::write(self.env, self.actor, (lines, self.is_inviting)),
        };
        self.pace.learn(self.env.now() - began);
        let outcomes = outcomes.map_err(|source| ImportError::Stopped { line, source })?;
        let mut outcomes = outcomes.into_iter();
        for (line, broken) in numbers {
            match broken.map(Outcome::Refused).or_else(|| outcomes.next()) {
                Some(Outcome::Created) => self.tally.created += 1,
                Some(Outcome::Updated) => self.tally.updated += 1,
                Some(Outcome::Unchanged) => self.tally.unchanged += 1,
                Some(Outcome::Refused(reasons)) => self.refuse(&Refusal { line, reasons }),
                None => {}
            }
        }
        Ok(())
    }

    fn refuse(&mut self, refusal: &Refusal) {
        self.tally.refused += 1;
        (self.note)(Note::Refused(refusal));
    }
}
