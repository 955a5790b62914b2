//! What a line of an import does, given what is stored: one decision for the import and for its
//! rehearsal. Writes nothing.

use chrono::{DateTime, Utc};

use crate::domain::custom_attribute::CustomAttribute;
use crate::domain::text;
use crate::domain::user::User;
use crate::domain::violation::Violation;
use crate::service::environment::new_public_id;
use crate::service::error::ServiceError;
use crate::service::user_import_columns::ImportLine;
use crate::service::user_import_known::Known;
use crate::service::user_record::UserView;
use crate::store::error::{StoreError, UniqueField};
use crate::store::users::NewUser;

/// What to do.
#[derive(Debug)]
pub enum Decision<'a> {
    Create(NewUser, Vec<CustomAttribute>),
    /// Before, after, and the attributes that replace the stored ones.
    Update(&'a UserView, User, Option<Vec<CustomAttribute>>),
    /// The line says what is stored.
    Nothing,
    Refuse(Vec<Violation>),
}

/// Decides one line.
pub fn decide<'a>(
    line: &ImportLine,
    known: &'a Known,
    now: DateTime<Utc>,
) -> Result<Decision<'a>, ServiceError> {
    let mut reasons = Vec::new();
    if known.is_taken {
        reasons.push(taken("/username", UniqueField::Username));
    }
    let is_other = |owner: &String| *owner != text::fold(&line.username);
    if known.email_owner.as_ref().is_some_and(is_other) {
        reasons.push(taken("/email", UniqueField::Email));
    }
    let stored = known.present.as_ref();
    let attributes = stored.map_or(&[][..], |view| view.attributes.as_slice());
    let attributes = line
        .attributes_over(attributes)
        .unwrap_or_else(|violation| {
            reasons.push(violation);
            None
        });
    let new = match stored {
        Some(_) => None,
        None => match line.change.new_user(new_public_id(), now) {
            Ok(new) => Some(new),
            Err(error) => {
                reasons.extend(violations_of(error)?);
                None
            }
        },
    };
    if !reasons.is_empty() {
        return Ok(Decision::Refuse(reasons));
    }
    Ok(match (stored, new) {
        (Some(before), _) => {
            let mut after = line.change.applied_to(&before.user, now);
            // Found without regard to capitals; whoever is found keeps the name as it is written.
            after.username.clone_from(&before.user.username);
            let keeps_attributes = attributes
                .as_ref()
                .is_none_or(|attributes| *attributes == before.attributes);
            if after == before.user && keeps_attributes {
                Decision::Nothing
            } else {
                Decision::Update(before, after, attributes)
            }
        }
        (None, Some(new)) => Decision::Create(new, attributes.unwrap_or_default()),
        (None, None) => Decision::Nothing,
    })
}

/// The broken rules behind a failure; a failure of another kind stays one.
pub(in crate::service) fn violations_of(
    error: ServiceError,
) -> Result<Vec<Violation>, ServiceError> {
    match error {
        ServiceError::Invalid(violations) => Ok(violations),
        ServiceError::Conflict(violation) => Ok(vec![violation]),
        ServiceError::NotFound { .. } => {
            let detail = "The user was deleted at the same moment.";
            Ok(vec![Violation::new("", detail)])
        }
        other => Err(other),
    }
}

/// The same words as when the store refuses it.
fn taken(pointer: &str, field: UniqueField) -> Violation {
    match ServiceError::from(StoreError::NotUnique(field)) {
        ServiceError::Conflict(violation) => violation,
        _ => Violation::new(pointer, format!("{} is taken.", field.as_str())),
    }
}
