//! The switch from one signing key to the next: a date for all, a date of its own for a connector,
//! and who has not switched yet. Nothing here makes or retires a key; that is `keys.rs`. Dates count
//! by themselves at every sign-on; writing them down as states comes after.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::domain::audit::Actor;
use crate::domain::ids::PublicId;
use crate::domain::key_rollover::{OwnSwitch, signing_key};
use crate::domain::signing_key::{KeyState, SigningKey};
use crate::domain::violation::Violation;
use crate::service::audit_trail::Trail;
use crate::service::caller::system;
use crate::service::connectors;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::key_records::{find_at, refused, write_event};
use crate::service::signing_choice::{keys_at, own_dates};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{connector_keys, connectors as connector_rows, signing_keys};

/// A connector that signs with keys of this type, and how it stands to one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorOfKey {
    pub id: PublicId,
    pub name: String,
    /// The key that signs for it now.
    pub signs_with: PublicId,
    /// Whether that is the key asked about.
    pub has_switched: bool,
    /// The date of its own for this key.
    pub own: Option<DateTime<Utc>>,
}

/// Decides from when all sign with a key that have no date of their own; `None`: not decided.
pub fn schedule(
    env: &Environment,
    actor: &Actor,
    id: &str,
    from: Option<DateTime<Utc>>,
) -> Result<(), ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let key = find_at(conn, &id, trail.at())?;
        must_be_next(&key)?;
        refuse_past(from, trail.at())?;
        signing_keys::set_signs_from(conn, key.id, from)?;
        let after = serde_json::json!({ "signsFrom": from.map(written) });
        write_event(conn, &trail, ("key.scheduled", &key), Some(after))
    })
}

/// Signs for one connector with a key from a date on, or at once: ahead of the others, or after them.
pub fn switch(
    env: &Environment,
    actor: &Actor,
    (key, connector): (&str, &str),
    from: Option<DateTime<Utc>>,
) -> Result<(), ServiceError> {
    let (key, connector) = (PublicId::new(key), PublicId::new(connector));
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let key = find_at(conn, &key, trail.at())?;
        let connector = connectors::find(conn, &connector)?;
        if key.state == KeyState::Retired {
            return Err(refused("A retired key signs for nobody."));
        }
        if connector.settings.signature_algorithm.is_rsa() != key.algorithm.is_rsa() {
            return Err(refused(
                "The application's signature algorithm needs a key of another type.",
            ));
        }
        refuse_past(from, trail.at())?;
        let switch = OwnSwitch {
            connector: connector.id,
            key: key.id,
            signs_from: from.unwrap_or_else(|| trail.at()),
        };
        connector_keys::keep(conn, switch)?;
        let after = serde_json::json!({
            "connector": connector.settings.name,
            "signsFrom": written(switch.signs_from),
        });
        write_event(conn, &trail, ("key.connector_switched", &key), Some(after))
    })
}

/// Forgets a connector's own date: it switches with all.
pub fn follow(
    env: &Environment,
    actor: &Actor,
    (key, connector): (&str, &str),
) -> Result<(), ServiceError> {
    let (key, connector) = (PublicId::new(key), PublicId::new(connector));
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let key = find_at(conn, &key, trail.at())?;
        let connector = connectors::find(conn, &connector)?;
        if !connector_keys::remove(conn, connector.id, key.id)? {
            return Ok(());
        }
        let after = serde_json::json!({ "connector": connector.settings.name });
        write_event(conn, &trail, ("key.connector_follows", &key), Some(after))
    })
}

/// The connectors that sign with keys of this type, those that have not switched to it first.
pub fn connectors_of(env: &Environment, id: &str) -> Result<Vec<ConnectorOfKey>, ServiceError> {
    let (id, now) = (PublicId::new(id), env.now());
    env.store.read(|conn| -> Result<_, ServiceError> {
        let key = find_at(conn, &id, now)?;
        let keys = keys_at(conn, now)?;
        let mut own = own_dates(conn)?;
        let mut found: Vec<ConnectorOfKey> = connector_rows::list_all(conn)?
            .into_iter()
            .filter(|one| one.settings.signature_algorithm.is_rsa() == key.algorithm.is_rsa())
            .filter_map(|connector| {
                let own = own.remove(&connector.id).unwrap_or_default();
                let signs = signing_key(&keys, &own, (key.algorithm.is_rsa(), now))?;
                let its_own = own.iter().find(|switch| switch.key == key.id);
                Some(ConnectorOfKey {
                    signs_with: signs.public_id.clone(),
                    has_switched: signs.id == key.id,
                    own: its_own.map(|switch| switch.signs_from),
                    id: connector.public_id,
                    name: connector.settings.name,
                })
            })
            .collect();
        found.sort_by_key(|one| one.has_switched);
        Ok(found)
    })
}

/// Writes down switches whose date has come, with their audit event. Returns how many there were.
pub fn settle(env: &Environment) -> Result<usize, ServiceError> {
    let now = env.now();
    let is_due = move |conn: &mut DbConnection| -> Result<Vec<SigningKey>, StoreError> {
        let stored = signing_keys::list(conn)?;
        let mut due = keys_at(conn, now)?;
        due.retain(|key| key.state == KeyState::Active && !stored.contains(key));
        Ok(due)
    };
    if env.store.read(is_due)?.is_empty() {
        return Ok(0);
    }
    let trail = Trail::new(env, &system());
    env.store.write(move |conn| -> Result<usize, ServiceError> {
        let due = is_due(conn)?;
        for key in &due {
            let from = key.signs_from.unwrap_or(now);
            signing_keys::activate(conn, key, from)?;
            let after = serde_json::json!({ "signsFrom": written(from) });
            write_event(conn, &trail, ("key.activated", key), Some(after))?;
        }
        Ok(due.len())
    })
}

fn must_be_next(key: &SigningKey) -> Result<(), ServiceError> {
    match key.state {
        KeyState::Next => Ok(()),
        KeyState::Active => Err(refused("The key signs already.")),
        KeyState::Retired => Err(refused(
            "A retired key is no longer published. Make a new one.",
        )),
    }
}

fn refuse_past(from: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), ServiceError> {
    if from.is_none_or(|from| from > now) {
        return Ok(());
    }
    let detail = "The date is past. Choose one to come, or switch at once.";
    Err(ServiceError::Invalid(vec![Violation::new(
        "/signsFrom",
        detail,
    )]))
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
