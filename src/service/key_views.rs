//! Signing keys as they are shown: public halves with what people compare certificates by.

use chrono::{DateTime, Utc};

use crate::domain::ids::PublicId;
use crate::domain::signing_key::{KeyAlgorithm, KeyState, PrivateHalf, SigningKey};
use crate::saml::certificate_facts;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::keys;

/// The public half of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyView {
    pub id: PublicId,
    pub algorithm: KeyAlgorithm,
    pub state: KeyState,
    /// PEM.
    pub certificate: String,
    /// Hexadecimal.
    pub serial: String,
    /// SHA-256, in pairs of hexadecimal digits with colons.
    pub fingerprint: String,
    pub created_at: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
    pub signs_from: Option<DateTime<Utc>>,
    /// The private half lies in a hardware security module.
    pub is_in_hsm: bool,
}

impl KeyView {
    /// The date at which a published key will sign for all.
    pub fn scheduled(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let is_next = self.state == KeyState::Next;
        self.signs_from.filter(|from| is_next && *from > now)
    }

    /// Whole days until the certificate ends; none or fewer: it has ended.
    pub fn days_left(&self, now: DateTime<Utc>) -> i64 {
        (self.not_after - now).num_days()
    }
}

/// All keys, those that sign first, retired ones last.
pub fn list(env: &Environment) -> Result<Vec<KeyView>, ServiceError> {
    let mut keys = keys::list(env)?;
    keys.sort_by_key(|key| match key.state {
        KeyState::Active => 0,
        KeyState::Next => 1,
        KeyState::Retired => 2,
    });
    keys.into_iter().map(view).collect()
}

/// One key.
pub fn get(env: &Environment, id: &str) -> Result<KeyView, ServiceError> {
    view(keys::get(env, id)?)
}

/// The public half of a key at hand.
pub fn view(key: SigningKey) -> Result<KeyView, ServiceError> {
    let facts = certificate_facts::read(&key.certificate)?;
    Ok(KeyView {
        id: key.public_id,
        algorithm: key.algorithm,
        state: key.state,
        certificate: key.certificate,
        serial: facts.serial,
        fingerprint: facts.fingerprint,
        created_at: key.created_at,
        not_after: key.not_after,
        signs_from: key.signs_from,
        is_in_hsm: key.private_half == PrivateHalf::InHsm,
    })
}
