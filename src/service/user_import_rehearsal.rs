//! An import that writes nothing and answers the same. It remembers what its own lines would have
//! changed for later ones: who would exist, and who would have which e-mail address. Of each such
//! line it keeps two numbers, so that a million take some tens of megabytes.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::domain::text;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::patch::Field;
use crate::service::user_import::Outcome;
use crate::service::user_import_columns::ImportLine;
use crate::service::user_import_decision::{Decision, decide};
use crate::service::user_import_known::{Known, KnownPeople};

/// What the lines so far would have made of the directory.
#[derive(Debug, Default)]
pub struct Rehearsal {
    /// Names that would be in the directory, or have another address, with that address.
    people: BTreeMap<u64, u64>,
    /// Addresses with the name that would have them; `None`: given up.
    owners: BTreeMap<u64, Option<u64>>,
}

impl Rehearsal {
    /// Judges a batch of lines.
    pub(in crate::service) fn judge(
        &mut self,
        env: &Environment,
        lines: &[ImportLine],
    ) -> Result<Vec<Outcome>, ServiceError> {
        let known = env
            .store
            .read(|conn| -> Result<_, ServiceError> { KnownPeople::load(conn, lines.iter()) })?;
        lines
            .iter()
            .map(|line| self.judge_one(env, line, known.of(line)))
            .collect()
    }

    fn judge_one(
        &mut self,
        env: &Environment,
        line: &ImportLine,
        mut known: Known,
    ) -> Result<Outcome, ServiceError> {
        let name = number(&line.username);
        let email = match &line.change.email {
            Field::Set(email) => Some(number(email)),
            Field::Keep | Field::Clear => None,
        };
        if let Some(owner) = email.and_then(|email| self.owners.get(&email)) {
            known.email_owner = owner.map(|owner| {
                if owner == name {
                    text::fold(&line.username)
                } else {
                    String::new()
                }
            });
        }
        let stands_above = known.present.is_none() && self.people.contains_key(&name);
        let before = known.present.as_ref().map(|view| number(&view.user.email));
        Ok(match decide(line, &known, env.now())? {
            Decision::Create(..) => {
                self.note(name, (None, email));
                if stands_above {
                    Outcome::Updated
                } else {
                    Outcome::Created
                }
            }
            Decision::Update(..) => {
                self.note(name, (before, email));
                Outcome::Updated
            }
            Decision::Nothing => Outcome::Unchanged,
            Decision::Refuse(reasons) => Outcome::Refused(reasons),
        })
    }

    /// Notes that `name` would have `email` now.
    fn note(&mut self, name: u64, (stored, email): (Option<u64>, Option<u64>)) {
        let Some(email) = email else { return };
        let former = self.people.get(&name).copied().or(stored);
        if former == Some(email) {
            return;
        }
        if let Some(former) = former {
            self.owners.insert(former, None);
        }
        self.owners.insert(email, Some(name));
        self.people.insert(name, email);
    }
}

/// A folded text as a number; of a million texts two meet once in thirty million files.
fn number(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text::fold(text).hash(&mut hasher);
    hasher.finish()
}
