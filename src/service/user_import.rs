//! People in bulk from CSV: created and updated by username, line by line in steady memory, a batch
//! of lines in each transaction and evaluated in it (rule A7). A line that cannot be written never
//! takes its neighbours with it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;

use csv::{ByteRecord, StringRecord};

use crate::domain::audit::Actor;
use crate::domain::violation::Violation;
use crate::service::audit_trail::Trail;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::notifications::{self, Notice};
use crate::service::user_evaluation::Evaluation;
use crate::service::user_import_columns::{Columns, HeaderError, ImportLine};
use crate::service::user_import_decision::{self as decision, Decision, Known, decide};
use crate::service::user_import_rehearsal::Rehearsal;
use crate::service::user_record::{self, Writing};
use crate::store::connection::DbConnection;
use crate::store::users;

/// Lines in one transaction: enough to share its wait for the disk, few enough that neither a
/// sign-in nor a change of rules notices.
const BATCH: usize = 100;
/// No line is longer. A quotation mark that is never closed would take in the rest of the file.
const LONGEST_LINE: u64 = 4 * 1024 * 1024;

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
    #[error("stopped before line {line}; running the same file again goes on from there")]
    Stopped {
        line: u64,
        #[source]
        source: ServiceError,
    },
}

/// Imports a file. `is_rehearsal`: nothing is written, and the answer is the same.
pub fn run(
    env: &Environment,
    actor: &Actor,
    (source, is_rehearsal): (impl Read, bool),
    note: &mut dyn FnMut(Note<'_>),
) -> Result<Tally, ImportError> {
    let mut lines = Lines::new(source)?;
    let mut batches = Batches {
        env,
        actor,
        rehearsal: is_rehearsal.then(Rehearsal::default),
        tally: Tally::default(),
        note,
    };
    let mut batch = Vec::with_capacity(BATCH);
    while let Some((line, parsed)) = lines.next()? {
        match parsed {
            Ok(parsed) => batch.push(parsed),
            Err(reasons) => batches.refuse(Refusal { line, reasons }),
        }
        if batch.len() >= BATCH {
            batches.write(std::mem::take(&mut batch))?;
            (batches.note)(Note::Progress(lines.position()));
        }
    }
    batches.write(batch)?;
    (batches.note)(Note::Progress(lines.position()));
    Ok(batches.tally)
}

/// The file as lines.
struct Lines<R> {
    reader: csv::Reader<Bounded<R>>,
    budget: Rc<Cell<u64>>,
    columns: Columns,
    record: ByteRecord,
}

impl<R: Read> Lines<R> {
    fn new(source: R) -> Result<Self, ImportError> {
        let budget = Rc::new(Cell::new(LONGEST_LINE));
        let bounded = Bounded {
            source,
            budget: Rc::clone(&budget),
        };
        // Lines of another length are refused one by one, not all at once.
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bounded);
        let mut lines = Self {
            reader,
            budget,
            columns: Columns::default(),
            record: ByteRecord::new(),
        };
        if !lines.advance()? {
            return Err(HeaderError::Empty.into());
        }
        let header = StringRecord::from_byte_record(lines.record.clone());
        let header = header.map_err(|_not_utf8| HeaderError::NotText)?;
        lines.columns = Columns::parse(&header)?;
        Ok(lines)
    }

    /// The next line with its number; `None` at the end of the file.
    #[expect(clippy::type_complexity, reason = "a line number beside two outcomes")]
    fn next(&mut self) -> Result<Option<(u64, Result<ImportLine, Vec<Violation>>)>, ImportError> {
        if !self.advance()? {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let record = StringRecord::from_byte_record(self.record.clone());
        let parsed = record
            .map_err(|_not_utf8| vec![Violation::new("", "the line is not UTF-8")])
            .and_then(|record| self.columns.read(line, &record));
        Ok(Some((line, parsed)))
    }

    fn advance(&mut self) -> Result<bool, ImportError> {
        self.budget.set(LONGEST_LINE);
        let line = self.reader.position().line();
        let read = self.reader.read_byte_record(&mut self.record);
        read.map_err(|source| {
            if self.budget.get() == 0 {
                ImportError::TooLong { line }
            } else {
                ImportError::Unreadable { line, source }
            }
        })
    }

    fn position(&self) -> u64 {
        self.reader.position().byte()
    }
}

/// Gives a reader no more than its budget between two lines.
struct Bounded<R> {
    source: R,
    budget: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.budget.get() == 0 {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        let read = self.source.read(buffer)?;
        let spent = u64::try_from(read).unwrap_or(u64::MAX);
        self.budget.set(self.budget.get().saturating_sub(spent));
        Ok(read)
    }
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
    tally: Tally,
    note: &'a mut dyn FnMut(Note<'_>),
}

impl Batches<'_> {
    fn write(&mut self, lines: Vec<ImportLine>) -> Result<(), ImportError> {
        let Some(first) = lines.first().map(|line| line.line) else {
            return Ok(());
        };
        let numbers: Vec<u64> = lines.iter().map(|line| line.line).collect();
        let outcomes = match &mut self.rehearsal {
            Some(rehearsal) => rehearsal.judge(self.env, &lines),
            None => write_all(self.env, self.actor, lines),
        };
        let outcomes = outcomes.map_err(|source| ImportError::Stopped {
            line: first,
            source,
        })?;
        for (line, outcome) in numbers.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Created => self.tally.created += 1,
                Outcome::Updated => self.tally.updated += 1,
                Outcome::Unchanged => self.tally.unchanged += 1,
                Outcome::Refused(reasons) => self.refuse(Refusal { line, reasons }),
            }
        }
        Ok(())
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.tally.refused += 1;
        (self.note)(Note::Refused(&refusal));
    }
}

/// Writes a batch in one transaction. If somebody else got in between, a name that was free is
/// taken by now and the batch was rolled back: then each line stands for itself.
fn write_all(
    env: &Environment,
    actor: &Actor,
    lines: Vec<ImportLine>,
) -> Result<Vec<Outcome>, ServiceError> {
    let lines: Vec<Arc<ImportLine>> = lines.into_iter().map(Arc::new).collect();
    match transact(env, actor, lines.clone()) {
        Err(error) if is_about_one_line(&error) => {
            lines.into_iter().map(|line| alone(env, actor, line)).collect()
        }
        outcome => outcome,
    }
}

fn alone(env: &Environment, actor: &Actor, line: Arc<ImportLine>) -> Result<Outcome, ServiceError> {
    match transact(env, actor, vec![line]) {
        Ok(outcomes) => Ok(outcomes.into_iter().next().unwrap_or(Outcome::Unchanged)),
        Err(error) if is_about_one_line(&error) => {
            Ok(Outcome::Refused(decision::violations_of(error)?))
        }
        Err(error) => Err(error),
    }
}

const fn is_about_one_line(error: &ServiceError) -> bool {
    matches!(
        error,
        ServiceError::Conflict(_) | ServiceError::Invalid(_) | ServiceError::NotFound { .. }
    )
}

fn transact(
    env: &Environment,
    actor: &Actor,
    lines: Vec<Arc<ImportLine>>,
) -> Result<Vec<Outcome>, ServiceError> {
    let trail = Trail::new(env, actor);
    let rules = Arc::clone(&env.rules);
    let notice = Notice::new(env);
    env.store
        .change_user(move |conn| -> Result<Vec<Outcome>, ServiceError> {
            lock_present(conn, &lines)?;
            let mut suggested = BTreeSet::new();
            let mut outcomes = Vec::with_capacity(lines.len());
            for line in &lines {
                let event = trail.announce();
                let writing = Writing {
                    rules: &rules,
                    trail: &trail,
                    event: &event,
                };
                let (outcome, evaluation) = write_one(conn, writing, line)?;
                outcomes.push(outcome);
                suggested.extend(evaluation.suggested);
            }
            // Once for the batch, since a mail speaks of all that wait.
            notifications::suggestions_waiting(conn, &notice, suggested)?;
            Ok(outcomes)
        })
}

/// Two imports that meet must take the rows in one order.
fn lock_present(conn: &mut DbConnection, lines: &[Arc<ImportLine>]) -> Result<(), ServiceError> {
    let mut present = BTreeSet::new();
    for line in lines {
        present.extend(users::find_by_username(conn, &line.username)?.map(|user| user.id));
    }
    for id in present {
        users::lock(conn, id)?;
    }
    Ok(())
}

fn write_one(
    conn: &mut DbConnection,
    writing: Writing<'_>,
    line: &ImportLine,
) -> Result<(Outcome, Evaluation), ServiceError> {
    let known = Known::load(conn, line)?;
    Ok(match decide(line, &known, writing.event.at)? {
        Decision::Create(new, attributes) => {
            let (_, evaluation) = user_record::insert(conn, writing, (&new, attributes))?;
            (Outcome::Created, evaluation)
        }
        Decision::Update(before, after, attributes) => {
            let after = (&after, attributes);
            let (_, evaluation) = user_record::save(conn, writing, before, after)?;
            (Outcome::Updated, evaluation)
        }
        Decision::Nothing => (Outcome::Unchanged, Evaluation::default()),
        Decision::Refuse(reasons) => (Outcome::Refused(reasons), Evaluation::default()),
    })
}

#[cfg(test)]
mod tests;
