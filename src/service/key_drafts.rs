//! What can be asked of signing keys over REST: a new one, made here or elsewhere, and a change of one.
//! Each ends in the use case that the console and the command line call.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::domain::audit::Actor;
use crate::domain::violation::Violation;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::key_views::{self, KeyView};
use crate::service::patch::Field;
use crate::service::{key_rollover, key_upload, keys};

/// A new key: an algorithm to make one by, or a pair in PEM.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewKeyDraft {
    algorithm: Option<String>,
    private_key: Option<String>,
    certificate: Option<String>,
}

/// A change of a key.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct KeyDraft {
    /// `ACTIVE` or `RETIRED`.
    state: Field<String>,
    /// The date of the switch for all.
    signs_from: Field<String>,
}

/// The date of a connector.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SwitchDraft {
    signs_from: Option<String>,
}

/// Makes or takes a key.
pub fn create(
    env: &Environment,
    actor: &Actor,
    draft: &NewKeyDraft,
) -> Result<KeyView, ServiceError> {
    let key = match (&draft.algorithm, &draft.private_key, &draft.certificate) {
        (Some(algorithm), None, None) => keys::rotate(env, actor, algorithm)?,
        (None, Some(private_key), Some(certificate)) => {
            key_upload::upload(env, actor, (private_key, certificate))?
        }
        _ => {
            return Err(invalid(
                "",
                "Give an algorithm to make a key by, or privateKey and certificate of one.",
            ));
        }
    };
    key_views::view(key)
}

/// Changes a key: one thing at a time, so that it is plain what was done.
pub fn change(
    env: &Environment,
    actor: &Actor,
    (id, draft): (&str, &KeyDraft),
) -> Result<KeyView, ServiceError> {
    match (&draft.state, &draft.signs_from) {
        (Field::Keep, Field::Keep) => {}
        (Field::Set(state), Field::Keep) => match state.as_str() {
            "ACTIVE" => keys::activate(env, actor, id)?,
            "RETIRED" => keys::retire(env, actor, id)?,
            _ => {
                return Err(invalid(
                    "/state",
                    "The state can be made ACTIVE or RETIRED.",
                ));
            }
        },
        (Field::Keep, Field::Clear) => key_rollover::schedule(env, actor, id, None)?,
        (Field::Keep, Field::Set(text)) => {
            key_rollover::schedule(env, actor, id, Some(instant(text)?))?;
        }
        _ => return Err(invalid("/state", "Change either the state or the date.")),
    }
    key_views::get(env, id)
}

/// Gives a connector a date of its own; without one it switches at once.
pub fn switch(
    env: &Environment,
    actor: &Actor,
    (ids, draft): ((&str, &str), &SwitchDraft),
) -> Result<(), ServiceError> {
    let from = draft.signs_from.as_deref().map(instant).transpose()?;
    key_rollover::switch(env, actor, ids, from)
}

fn instant(text: &str) -> Result<DateTime<Utc>, ServiceError> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|_not_one| {
            let detail = "It is a date and time such as 2027-01-31T02:00:00Z.";
            invalid("/signsFrom", detail)
        })
}

fn invalid(pointer: &str, detail: &str) -> ServiceError {
    ServiceError::Invalid(vec![Violation::new(pointer, detail)])
}
