//! People in bulk from CSV: created and updated by username, line by line in steady memory, a batch
//! of lines in each transaction and evaluated in it (rule A7). A line that cannot be written never
//! takes its neighbours with it.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

use crate::domain::audit::Actor;
use crate::domain::violation::Violation;
use crate::service::audit_trail::Trail;
use crate::service::csv_lines::{CsvError, CsvLines};
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

/// Imports a file. `is_rehearsal`: nothing is written, and the answer is the same.
pub fn run(
    env: &Environment,
    actor: &Actor,
    (source, is_rehearsal): (impl Read, bool),
    note: &mut dyn FnMut(Note<'_>),
) -> Result<Tally, ImportError> {
    let mut lines = CsvLines::new(source);
    let header = lines.next_line()?.ok_or(HeaderError::Empty)?;
    let columns = Columns::parse(&header.cells.ok_or(HeaderError::NotText)?)?;
    let mut batches = Batches {
        env,
        actor,
        rehearsal: is_rehearsal.then(Rehearsal::default),
        tally: Tally::default(),
        note,
    };
    let mut batch = Vec::with_capacity(BATCH);
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
        if batch.len() >= BATCH {
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
        let outcomes = match &mut self.rehearsal {
            Some(rehearsal) => rehearsal.judge(self.env, &lines),
            None => write_all(self.env, self.actor, lines),
        };
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

/// Writes a batch in one transaction. If somebody else got in between, a name that was free is
/// taken by now and the batch was rolled back: then each line stands for itself.
fn write_all(
    env: &Environment,
    actor: &Actor,
    lines: Vec<ImportLine>,
) -> Result<Vec<Outcome>, ServiceError> {
    let lines: Vec<Arc<ImportLine>> = lines.into_iter().map(Arc::new).collect();
    match transact(env, actor, lines.clone()) {
        Err(error) if is_about_one_line(&error) => lines
            .into_iter()
            .map(|line| alone(env, actor, line))
            .collect(),
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
