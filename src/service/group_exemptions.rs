//! Exemptions as they are sent, by public ids, and as they are saved, by users that exist
//! (rules A42-A44). Reads only; they are written with the rule, in `rule_change.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::exemption::{EXEMPTION_LIMIT, ExemptionError, Exemptions};
use crate::domain::ids::{PublicId, UserId};
use crate::domain::violation::Violation;
use crate::service::error::ServiceError;
use crate::service::patch::Field;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::users;

/// Where the lists stand in a request.
const POINTER: &str = "/memberQueryExemptions";

/// The exemptions after a change, given the stored ones. A list that is not named stays.
pub fn settle(
    conn: &mut DbConnection,
    present: &Exemptions,
    (include, exclude): (&Field<Vec<String>>, &Field<Vec<String>>),
) -> Result<Exemptions, ServiceError> {
    let include = List::new("include", include, present.include());
    let exclude = List::new("exclude", exclude, present.exclude());
    // Before anybody is looked up: the request may name any number.
    if include.len() + exclude.len() > EXEMPTION_LIMIT {
        return Err(refused(POINTER.to_owned(), &ExemptionError::LimitReached));
    }
    let (included, excluded) = (include.resolve(conn)?, exclude.resolve(conn)?);
    let unknown: Vec<Violation> = [(&include, &included), (&exclude, &excluded)]
        .into_iter()
        .flat_map(|(list, found)| list.unknown(found))
        .collect();
    if !unknown.is_empty() {
        return Err(ServiceError::Invalid(unknown));
    }
    let keys = |found: &[Option<UserId>]| found.iter().flatten().copied().collect::<Vec<_>>();
    Exemptions::new(keys(&included), keys(&excluded)).map_err(|error| {
        let pointer = match &error {
            ExemptionError::LimitReached => POINTER.to_owned(),
            ExemptionError::InBoth { user } => {
                let place = |list: &List<'_>, found: &[Option<UserId>]| {
                    let index = found.iter().position(|id| *id == Some(*user))?;
                    list.pointer(index)
                };
                place(&exclude, &excluded)
                    .or_else(|| place(&include, &included))
                    .unwrap_or_else(|| POINTER.to_owned())
            }
        };
        refused(pointer, &error)
    })
}

/// One of the two lists, as sent or as stored.
struct List<'a> {
    name: &'static str,
    wanted: Wanted<'a>,
}

enum Wanted<'a> {
    Stored(&'a BTreeSet<UserId>),
    Sent(&'a [String]),
}

impl<'a> List<'a> {
    fn new(
        name: &'static str,
        field: &'a Field<Vec<String>>,
        present: &'a BTreeSet<UserId>,
    ) -> Self {
        let wanted = match field {
            Field::Keep => Wanted::Stored(present),
            Field::Clear => Wanted::Sent(&[]),
            Field::Set(ids) => Wanted::Sent(ids),
        };
        Self { name, wanted }
    }

    /// A user named twice counts once.
    fn len(&self) -> usize {
        match self.wanted {
            Wanted::Stored(users) => users.len(),
            Wanted::Sent(ids) => ids.iter().collect::<BTreeSet<_>>().len(),
        }
    }

    /// In the order of the list; `None`: there is no such user.
    fn resolve(&self, conn: &mut DbConnection) -> Result<Vec<Option<UserId>>, StoreError> {
        match self.wanted {
            Wanted::Stored(users) => Ok(users.iter().copied().map(Some).collect()),
            Wanted::Sent(ids) => {
                let mut known = BTreeMap::new();
                for id in ids {
                    if !known.contains_key(id) {
                        let user = users::find_by_public_id(conn, &PublicId::new(id.as_str()))?;
                        known.insert(id, user.map(|user| user.id));
                    }
                }
                Ok(ids
                    .iter()
                    .map(|id| known.get(id).copied().flatten())
                    .collect())
            }
        }
    }

    fn unknown(&self, found: &[Option<UserId>]) -> Vec<Violation> {
        let missing = found.iter().enumerate().filter(|(_, id)| id.is_none());
        missing
            .filter_map(|(index, _)| self.pointer(index))
            .map(|pointer| Violation::new(pointer, "There is no user with this id."))
            .collect()
    }

    /// `None` for a list that the request does not name.
    fn pointer(&self, index: usize) -> Option<String> {
        match self.wanted {
            Wanted::Stored(_) => None,
            Wanted::Sent(_) => Some(format!("{POINTER}/{}/{index}", self.name)),
        }
    }
}

fn refused(pointer: String, error: &ExemptionError) -> ServiceError {
    ServiceError::Invalid(vec![Violation::new(pointer, error.to_string())])
}
