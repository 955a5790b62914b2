//! Which key signs for whom, and when that changes. Every published key has an instant from which it
//! signs: one for all, and one of its own for a connector that goes ahead or stays behind. Of the
//! keys whose instant has come, the latest signs. Dates are compared with the clock of each sign-on,
//! so that a date takes effect on every node by itself.

use chrono::{DateTime, Utc};

use crate::domain::ids::{ConnectorId, SigningKeyId};
use crate::domain::signing_key::{KeyState, SigningKey};

/// The date of one connector for one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnSwitch {
    pub connector: ConnectorId,
    pub key: SigningKeyId,
    pub signs_from: DateTime<Utc>,
}

/// The key that signs by an algorithm type at `now`. `own` are the dates of one connector; without
/// any it is the key that signs for all. A connector that holds back longer than its former key is
/// published gets the active key: something has to sign. `None`: no key of the type is published.
pub fn signing_key<'a>(
    keys: &'a [SigningKey],
    own: &[OwnSwitch],
    (is_rsa, now): (bool, DateTime<Utc>),
) -> Option<&'a SigningKey> {
    let published = || {
        keys.iter()
            .filter(|key| key.state != KeyState::Retired && key.algorithm.is_rsa() == is_rsa)
    };
    let is_active = |key: &SigningKey| key.state == KeyState::Active;
    published()
        .filter_map(|key| {
            let its_own = own.iter().find(|switch| switch.key == key.id);
            let from = its_own.map_or_else(|| for_all(key, now), |one| Some(one.signs_from))?;
            (from <= now).then_some((from, is_active(key), key.id, key))
        })
        .max_by_key(|(from, is_active, id, _)| (*from, *is_active, *id))
        .map(|(.., key)| key)
        .or_else(|| published().find(|key| is_active(key)))
}

/// The keys as they are at `now`: a key whose date for all has come is the active one of its type,
/// and the one before it is published as next, whether or not that was written down yet.
pub fn in_force(mut keys: Vec<SigningKey>, now: DateTime<Utc>) -> Vec<SigningKey> {
    for is_rsa in [true, false] {
        let Some(active) = signing_key(&keys, &[], (is_rsa, now)).map(|key| key.id) else {
            continue;
        };
        for key in keys
            .iter_mut()
            .filter(|key| key.algorithm.is_rsa() == is_rsa)
        {
            key.state = match key.state {
                KeyState::Retired => KeyState::Retired,
                _ if key.id == active => KeyState::Active,
                KeyState::Active | KeyState::Next => KeyState::Next,
            };
        }
    }
    keys
}

/// A key that was made active by hand signs at once, even where the clock of this node is behind.
fn for_all(key: &SigningKey, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match key.state {
        KeyState::Active => Some(key.signs_from.map_or(key.created_at, |from| from.min(now))),
        KeyState::Next | KeyState::Retired => key.signs_from,
    }
}

#[cfg(test)]
mod tests;
