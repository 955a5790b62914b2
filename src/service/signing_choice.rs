//! Which key signs, at the snapshot of whoever asks: the one way from stored keys and dates to the
//! key of a sign-on, of a connector's page and of the metadata. Changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::connector::{Connector, SignatureAlgorithm};
use crate::domain::ids::ConnectorId;
use crate::domain::key_rollover::{OwnSwitch, in_force, signing_key};
use crate::domain::signing_key::SigningKey;
use crate::saml::credentials::SigningCredential;
use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{connector_keys, connectors as connector_rows, signing_keys};

/// All keys with the states that their dates give them, oldest first, retired ones too.
pub fn keys_at(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<Vec<SigningKey>, StoreError> {
    Ok(in_force(signing_keys::list(conn)?, now))
}

/// The key that signs for a connector at this moment.
pub fn for_connector(
    conn: &mut DbConnection,
    connector: &Connector,
    now: DateTime<Utc>,
) -> Result<SigningKey, ServiceError> {
    let keys = keys_at(conn, now)?;
    let own = connector_keys::list_of_connector(conn, connector.id)?;
    let algorithm = connector.settings.signature_algorithm;
    Ok(choose(&keys, &own, (algorithm, now))?.clone())
}

/// The same, opened, at a snapshot of its own: for what is signed without anything else being read.
pub fn credential(
    env: &Environment,
    connector: &Connector,
) -> Result<Arc<SigningCredential>, ServiceError> {
    let now = env.now();
    let key = env.store.read(|conn| for_connector(conn, connector, now))?;
    env.keys.open(&key)
}

/// The key out of what was read at one snapshot; without dates of a connector's own, that of all.
pub fn choose<'a>(
    keys: &'a [SigningKey],
    own: &[OwnSwitch],
    (algorithm, now): (SignatureAlgorithm, DateTime<Utc>),
) -> Result<&'a SigningKey, InternalError> {
    let is_rsa = algorithm.is_rsa();
    signing_key(keys, own, (is_rsa, now)).ok_or(InternalError::NoSigningKey(if is_rsa {
        "RSA"
    } else {
        "ECDSA"
    }))
}

/// The names of connectors that a key signs for because of dates of their own, though it is not the
/// active one.
pub fn held_by(
    conn: &mut DbConnection,
    (key, keys): (&SigningKey, &[SigningKey]),
    now: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for (connector, own) in own_dates(conn)? {
        let Some(Connector { settings, .. }) = connector_rows::find(conn, connector)? else {
            continue;
        };
        let is_rsa = settings.signature_algorithm.is_rsa();
        let signs = signing_key(keys, &own, (is_rsa, now));
        if signs.is_some_and(|signs| signs.id == key.id) {
            names.push(settings.name);
        }
    }
    Ok(names)
}

/// The dates of all connectors that have some.
pub fn own_dates(
    conn: &mut DbConnection,
) -> Result<BTreeMap<ConnectorId, Vec<OwnSwitch>>, StoreError> {
    let mut dates: BTreeMap<ConnectorId, Vec<OwnSwitch>> = BTreeMap::new();
    for switch in connector_keys::list(conn)? {
        dates.entry(switch.connector).or_default().push(switch);
    }
    Ok(dates)
}
