//! From one master key to the next: everything that is sealed is opened and sealed again, in one transaction. Nodes
//! that run meanwhile hold both keys (`keys.rs`), so that they open what they meet, before and after. What no key opens
//! keeps the whole from happening, unless it lives for minutes anyway: that is deleted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::domain::audit::Actor;
use crate::domain::signing_key::PrivateHalf;
use crate::service::audit_trail::{Trail, object};
use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::service::master_keys::MasterKeys;
use crate::service::secrets::{Sealed, SecretsError};
use crate::service::stored_settings::SEALED_SETTINGS;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{
    audit_checkpoints, mail_outbox, passkey_ceremonies, settings, signing_keys, totp_secrets,
    waiting_responses,
};

/// Seals everything under the key that comes next; if there is none, what is left under the former one under the key
/// in use. Returns how many values were sealed anew: 0 when nothing is left to do.
pub fn rewrap(env: &Environment, actor: &Actor) -> Result<usize, ServiceError> {
    let keys = env.keys.masters()?;
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<usize, ServiceError> {
        let mut all = 0;
        for kind in Sealed::ALL {
            all += rewrap_kind(conn, &keys, *kind)?;
        }
        if all > 0 {
            let after = serde_json::json!({ "sealedAnew": all }).to_string();
            let named = object("key", "", "master key");
            trail.write(conn, "key.rewrapped", named, (None, Some(after)))?;
        }
        Ok(all)
    })
}

/// Every kind has its rows here: a new one does not compile before it has.
fn rewrap_kind(
    conn: &mut DbConnection,
    keys: &MasterKeys,
    kind: Sealed,
) -> Result<usize, ServiceError> {
    let mut done = 0;
    match kind {
        Sealed::SigningKey => {
            for key in signing_keys::list(conn)? {
                // What lies in a hardware security module is sealed by that.
                let PrivateHalf::Sealed(sealed) = &key.private_half else {
                    continue;
                };
                if let Some(anew) = anew(keys, kind, sealed)? {
                    signing_keys::reseal(conn, key.id, &anew)?;
                    done += 1;
                }
            }
        }
        Sealed::Setting => {
            for name in SEALED_SETTINGS {
                let Some(text) = settings::find(conn, name)? else {
                    continue;
                };
                let sealed = STANDARD.decode(text);
                let sealed = sealed.map_err(|_damaged| InternalError::Setting(name))?;
                if let Some(anew) = anew(keys, kind, &sealed)? {
                    settings::save(conn, name, &STANDARD.encode(anew))?;
                    done += 1;
                }
            }
        }
        Sealed::Response => {
            let rows = waiting_responses::list(conn)?;
            done += rewrap_short_lived(conn, (keys, kind), rows, |conn, hash, anew| match anew {
                Some(anew) => waiting_responses::reseal(conn, hash, anew),
                None => waiting_responses::delete(conn, hash),
            })?;
        }
        Sealed::Link => {
            let rows = mail_outbox::sealed_links(conn)?;
            done += rewrap_short_lived(conn, (keys, kind), rows, |conn, mail, anew| match anew {
                Some(anew) => mail_outbox::reseal_link(conn, *mail, anew),
                None => mail_outbox::delete(conn, *mail),
            })?;
        }
        Sealed::TotpSecret => {
            for (account, sealed) in totp_secrets::sealed(conn)? {
                if let Some(anew) = anew(keys, kind, &sealed)? {
                    totp_secrets::reseal(conn, account, (&sealed, &anew))?;
                    done += 1;
                }
            }
        }
        Sealed::PasskeyCeremony => {
            let rows = passkey_ceremonies::list(conn)?;
            done += rewrap_short_lived(conn, (keys, kind), rows, |conn, hash, anew| match anew {
                Some(anew) => passkey_ceremonies::reseal(conn, hash, anew),
                None => passkey_ceremonies::delete(conn, hash),
            })?;
        }
        Sealed::AuditCheckpoint => {
            for checkpoint in audit_checkpoints::list(conn)? {
                if let Some(anew) = anew(keys, kind, &checkpoint.sealed)? {
                    let is_same = audit_checkpoints::reseal(conn, &checkpoint.head, &anew)?;
                    done += usize::from(is_same);
                }
            }
        }
    }
    Ok(done)
}

/// What lives for minutes: for what no key opens a new one is asked in no time, so it is deleted. `change` puts a
/// value in the place of the former, or deletes that.
fn rewrap_short_lived<K>(
    conn: &mut DbConnection,
    (keys, kind): (&MasterKeys, Sealed),
    rows: Vec<(K, Vec<u8>)>,
    change: impl Fn(&mut DbConnection, &K, Option<&[u8]>) -> Result<(), StoreError>,
) -> Result<usize, ServiceError> {
    let mut done = 0;
    for (key, sealed) in rows {
        match anew(keys, kind, &sealed) {
            Ok(None) => {}
            Ok(Some(anew)) => {
                change(conn, &key, Some(&anew))?;
                done += 1;
            }
            Err(SecretsError::WrongMasterKey) => {
                tracing::warn!(?kind, "what no master key opens is deleted");
                change(conn, &key, None)?;
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(done)
}

/// The same under the target key; `None`: it is already.
fn anew(keys: &MasterKeys, kind: Sealed, sealed: &[u8]) -> Result<Option<Vec<u8>>, SecretsError> {
    let target = keys.target();
    if target.open(kind, sealed).is_ok() {
        return Ok(None);
    }
    let plain = keys.open(kind, sealed)?;
    Ok(Some(target.seal(kind, &plain)?))
}
