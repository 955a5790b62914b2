//! A batch of import lines in one transaction, evaluated in it (rule A7). A line that cannot be
//! written never takes its neighbours with it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::domain::audit::Actor;
use crate::service::account_links;
use crate::service::account_mail::AccountMail;
use crate::service::audit_trail::Trail;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::notifications::{self, Notice};
use crate::service::one_time_links::{LinkPurpose, NewLink};
use crate::service::user_evaluation::Evaluation;
use crate::service::user_import::Outcome;
use crate::service::user_import_columns::ImportLine;
use crate::service::user_import_decision::{self as decision, Decision, decide};
use crate::service::user_import_known::{KnownPeople, names_of};
use crate::service::user_record::{self, Writing};
use crate::store::connection::DbConnection;
use crate::store::users;

/// How many lines go into one transaction. The more there are, the fewer times each page of an index
/// is written; but other writers wait while a transaction lasts, so a batch is only as large as is
/// done in a moment.
#[derive(Debug)]
pub struct Pace {
    lines: usize,
}

impl Pace {
    const FEWEST: usize = 100;
    const MOST: usize = 3_200;
    /// A pause that a person at a sign-in forgives.
    const MOMENT: TimeDelta = TimeDelta::milliseconds(1_500);

    /// Lines for the next transaction.
    pub const fn lines(&self) -> usize {
        self.lines
    }

    /// Learns from the last transaction.
    pub fn learn(&mut self, took: TimeDelta) {
        if took > Self::MOMENT {
            self.lines = Self::FEWEST.max(self.lines / 2);
        } else if took * 2 < Self::MOMENT {
            self.lines = Self::MOST.min(self.lines * 2);
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lines: Self::FEWEST,
        }
    }
}

/// Writes a batch in one transaction. If somebody else got in between, a name that was free is
/// taken by now and the batch was rolled back: then each line stands for itself.
pub(in crate::service) fn write(
    env: &Environment,
    actor: &Actor,
    (lines, is_inviting): (Vec<ImportLine>, bool),
) -> Result<Vec<Outcome>, ServiceError> {
    let mail = is_inviting.then(|| AccountMail::new(env)).transpose()?;
    let lines: Vec<Arc<ImportLine>> = lines.into_iter().map(Arc::new).collect();
    match transact(env, actor, (lines.clone(), mail.as_ref())) {
        Err(error) if is_about_one_line(&error) => lines
            .into_iter()
            .map(|line| alone(env, actor, (line, mail.as_ref())))
            .collect(),
        outcome => outcome,
    }
}

fn alone(
    env: &Environment,
    actor: &Actor,
    (line, mail): (Arc<ImportLine>, Option<&AccountMail>),
) -> Result<Outcome, ServiceError> {
    match transact(env, actor, (vec![line], mail)) {
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
    (lines, mail): (Vec<Arc<ImportLine>>, Option<&AccountMail>),
) -> Result<Vec<Outcome>, ServiceError> {
    let links = links(env, lines.len(), mail)?;
    let trail = Trail::new(env, actor);
    let rules = Arc::clone(&env.rules);
    let notice = Notice::new(env);
    env.store
        .change_user(move |conn| -> Result<Vec<Outcome>, ServiceError> {
            let every = lines.iter().map(|line| &**line);
            lock_present(conn, &names_of(every.clone()))?;
            let mut known = KnownPeople::load(conn, every.clone())?;
            let mut suggested = BTreeSet::new();
            let mut outcomes = Vec::with_capacity(lines.len());
            for (place, line) in every.enumerate() {
                let event = trail.announce();
                let writing = Writing {
                    rules: &rules,
                    trail: &trail,
                    event: &event,
                };
                let line = (line, links.get(place));
                let (outcome, evaluation) = write_one(conn, writing, line, &mut known)?;
                outcomes.push(outcome);
                suggested.extend(evaluation.suggested);
            }
            // Once for the batch, since a mail speaks of all that wait.
            notifications::suggestions_waiting(conn, &notice, suggested)?;
            Ok(outcomes)
        })
}

/// A link for each line that may make a user; none without a wish to invite.
fn links(
    env: &Environment,
    lines: usize,
    mail: Option<&AccountMail>,
) -> Result<Vec<NewLink>, ServiceError> {
    let Some(mail) = mail else {
        return Ok(Vec::new());
    };
    (0..lines)
        .map(|_| NewLink::prepare_with(env, LinkPurpose::Invitation, mail.clone()))
        .collect()
}

/// Two imports that meet must take the rows in one order.
fn lock_present(conn: &mut DbConnection, names: &BTreeSet<String>) -> Result<(), ServiceError> {
    let present = users::find_all_by_username(conn, names)?;
    let keys: BTreeSet<_> = present.into_iter().map(|user| user.id).collect();
    if !keys.is_empty() {
        users::lock_all(conn, &keys)?;
    }
    Ok(())
}

fn write_one(
    conn: &mut DbConnection,
    writing: Writing<'_>,
    (line, link): (&ImportLine, Option<&NewLink>),
    people: &mut KnownPeople,
) -> Result<(Outcome, Evaluation), ServiceError> {
    let known = people.of(line);
    Ok(match decide(line, &known, writing.event.at)? {
        Decision::Create(new, attributes) => {
            let (after, evaluation) = user_record::insert(conn, writing, (&new, attributes))?;
            if let Some(link) = link {
                account_links::invite_new(conn, writing.trail, (&after.user, link))?;
            }
            people.note(None, after);
            (Outcome::Created, evaluation)
        }
        Decision::Update(before, after, attributes) => {
            let after = (&after, attributes);
            let (after, evaluation) = user_record::save(conn, writing, before, after)?;
            people.note(Some(&before.user), after);
            (Outcome::Updated, evaluation)
        }
        Decision::Nothing => (Outcome::Unchanged, Evaluation::default()),
        Decision::Refuse(reasons) => (Outcome::Refused(reasons), Evaluation::default()),
    })
}

#[cfg(test)]
mod tests;
