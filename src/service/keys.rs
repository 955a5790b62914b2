//! Signing keys: made at first start, rotated, activated, retired; sealed in the store, opened only
//! in the key ring of this process (KEY-AT-REST). No use case changes a key by the way.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use crate::domain::audit::Actor;
use crate::domain::ids::{PublicId, SigningKeyId};
use crate::domain::signing_key::{KeyAlgorithm, KeyState, PrivateHalf, SigningKey};
use crate::domain::violation::Violation;
use crate::saml::credentials::{self, KeyPairRequest, SigningCredential};
use crate::saml::hsm::{Hsm, HsmSettings};
use crate::service::audit_trail::Trail;
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::{InternalError, ServiceError};
use crate::service::key_records::{find_at, refused, write_event};
use crate::service::master_key_source;
use crate::service::master_keys::MasterKeys;
use crate::service::secrets::{MasterKey, Sealed, SecretsError, random_bytes};
use crate::service::signing_choice::{self, keys_at};
use crate::store::connector_keys;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::signing_keys::{self, NewSigningKey};

/// A certificate outlives several roll-overs; service providers that pin it have to be told anyway.
const VALIDITY: TimeDelta = TimeDelta::days(3 * 365);
/// Clocks of service providers may be behind ours.
const BACKDATED: TimeDelta = TimeDelta::minutes(5);

/// The opened keys of this process: sealed rows in, signing credentials out.
pub struct KeyRing {
    masters: Mutex<MasterKeys>,
    /// Where other keys may lie while one takes the place of another; `None`: nowhere.
    directory: Option<PathBuf>,
    hsm: Option<Arc<Hsm>>,
    opened: Mutex<BTreeMap<SigningKeyId, Arc<SigningCredential>>>,
}

impl KeyRing {
    /// A ring over a master key.
    pub fn new(master: MasterKey) -> Self {
        Self {
            masters: Mutex::new(MasterKeys::new(master)),
            directory: None,
            hsm: None,
            opened: Mutex::new(BTreeMap::new()),
        }
    }

    /// The same ring with the keys of a directory beside its own.
    pub fn beside(mut self, directory: PathBuf) -> Self {
        self.directory = Some(directory);
        self
    }

    /// The same ring with a hardware security module, in which keys are made and sign from now on.
    pub fn with_hsm(mut self, hsm: Option<HsmSettings>) -> Self {
        self.hsm = hsm.map(Hsm::new).map(Arc::new);
        self
    }

    /// The hardware security module, where one is set up.
    pub const fn hsm(&self) -> Option<&Arc<Hsm>> {
        self.hsm.as_ref()
    }

    /// The master keys as they lie there now.
    pub(in crate::service) fn masters(&self) -> Result<MasterKeys, SecretsError> {
        let mut masters = self.masters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(directory) = &self.directory {
            *masters = masters.beside(directory)?;
        }
        Ok(masters.clone())
    }

    fn present(&self) -> MasterKeys {
        let masters = self.masters.lock().unwrap_or_else(PoisonError::into_inner);
        masters.clone()
    }

    /// The credential of one key, opened once per process.
    pub fn open(&self, key: &SigningKey) -> Result<Arc<SigningCredential>, ServiceError> {
        let known = {
            let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            opened.get(&key.id).cloned()
        };
        if let Some(credential) = known {
            return Ok(credential);
        }
        // Opened without the lock: a module may take its time, and the other keys do not wait for it.
        let credential = match &key.private_half {
            PrivateHalf::Sealed(sealed) => {
                let pkcs8 = self.unseal(Sealed::SigningKey, sealed)?;
                SigningCredential::load(&pkcs8, &key.certificate)?
            }
            PrivateHalf::InHsm => {
                let hsm = self.hsm().ok_or(InternalError::NoHsm)?;
                SigningCredential::find_in_hsm(hsm, key.public_id.as_str(), &key.certificate)?
            }
        };
        let credential = Arc::new(credential);
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.insert(key.id, Arc::clone(&credential));
        Ok(credential)
    }

    /// Seals a secret for the store.
    pub fn seal(&self, what: Sealed, plain: &[u8]) -> Result<Vec<u8>, SecretsError> {
        self.present().seal(what, plain)
    }

    /// Opens what was sealed as this. What none of the known keys opens may have been sealed by one that was put
    /// beside them since.
    pub fn unseal(&self, what: Sealed, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
        match self.present().open(what, sealed) {
            Err(SecretsError::WrongMasterKey) => self.masters()?.open(what, sealed),
            opened_or_failed => opened_or_failed,
        }
    }

    /// Opens every active key, and asks for those that lie elsewhere: the check that this process can sign.
    pub fn open_active(&self, keys: &[SigningKey]) -> Result<(), ServiceError> {
        let active: Vec<_> = keys
            .iter()
            .filter(|key| key.state == KeyState::Active)
            .collect();
        if active.is_empty() {
            return Err(ServiceError::Internal(InternalError::NoSigningKey(
                "any algorithm",
            )));
        }
        active
            .into_iter()
            .try_for_each(|key| Ok(self.open(key)?.check()?))
    }
}

/// The master key of this data directory. Made only where the database holds no sealed key yet:
/// a new one over an existing database would lock its keys away for good.
pub fn master_key(store: &Store, directory: &Path) -> Result<MasterKey, ServiceError> {
    let path = master_key_source::file(directory);
    if let Some(master) = MasterKey::load(&path)? {
        return Ok(master);
    }
    let keys = store.read(|conn| -> Result<_, StoreError> { signing_keys::list(conn) })?;
    if keys.is_empty() {
        Ok(MasterKey::create(directory)?)
    } else {
        Err(SecretsError::MasterKeyMissing { path }.into())
    }
}

/// Makes the first signing key (RSA-2048) if there is none. Two nodes that start at once agree: the
/// second finds the first one's key when its insert meets the unique place of the active key.
pub fn ensure_first(env: &Environment, actor: &Actor) -> Result<(), ServiceError> {
    if !list(env)?.is_empty() {
        return Ok(());
    }
    match insert(env, actor, KeyAlgorithm::Rsa2048, KeyState::Active) {
        failed if is_taken(&failed) => Ok(()),
        outcome => outcome.map(drop),
    }
}

/// Another node was first.
const fn is_taken<T>(outcome: &Result<T, ServiceError>) -> bool {
    matches!(
        outcome,
        Err(ServiceError::Conflict(_)
            | ServiceError::Internal(InternalError::Store(StoreError::NotUnique(_))))
    )
}

/// All keys, oldest first, with the states that their dates give them. Callers show public halves
/// only.
pub fn list(env: &Environment) -> Result<Vec<SigningKey>, ServiceError> {
    env.store
        .read(|conn| -> Result<_, ServiceError> { Ok(keys_at(conn, env.now())?) })
}

/// One key.
pub fn get(env: &Environment, id: &str) -> Result<SigningKey, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| find_at(conn, &id, env.now()))
}

/// Makes the next key of an algorithm and publishes it. The first of its type is active at once,
/// since nothing could be signed with that type otherwise.
pub fn rotate(
    env: &Environment,
    actor: &Actor,
    algorithm: &str,
) -> Result<SigningKey, ServiceError> {
    let algorithm = KeyAlgorithm::parse(algorithm).ok_or_else(|| {
        let detail = "The algorithm is one of rsa-2048, rsa-3072, rsa-4096, ecdsa-p256.";
        ServiceError::Invalid(vec![Violation::new("/algorithm", detail)])
    })?;
    insert(env, actor, algorithm, KeyState::Next)
}

/// Signs with a key from now on; the formerly active one of its type stays published.
pub fn activate(env: &Environment, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let key = find_at(conn, &id, trail.at())?;
        match key.state {
            KeyState::Active => return Ok(()),
            KeyState::Retired => {
                return Err(refused(
                    "A retired key is no longer published. Make a new one.",
                ));
            }
            KeyState::Next => {
                signing_keys::activate(conn, &key, trail.at())?;
            }
        }
        write_event(conn, &trail, ("key.activated", &key), None)
    })
}

/// Takes a key out of the metadata; one that still signs, for all or for some, is refused.
pub fn retire(env: &Environment, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let keys = keys_at(conn, trail.at())?;
        let key = find_at(conn, &id, trail.at())?;
        match key.state {
            KeyState::Retired => return Ok(()),
            KeyState::Active => {
                return Err(refused(
                    "The active key cannot be retired. Activate another one first.",
                ));
            }
            KeyState::Next => {
                refuse_while_held(&signing_choice::held_by(conn, (&key, &keys), trail.at())?)?;
                connector_keys::remove_of_key(conn, key.id)?;
                signing_keys::set_state(conn, key.id, KeyState::Retired)?;
            }
        }
        write_event(conn, &trail, ("key.retired", &key), None)
    })
}

fn insert(
    env: &Environment,
    actor: &Actor,
    algorithm: KeyAlgorithm,
    state: KeyState,
) -> Result<SigningKey, ServiceError> {
    let new = generate(env, algorithm, env.now())?;
    let id = new.public_id.clone();
    let kept = keep(env, actor, NewSigningKey { state, ..new });
    // Only what is surely not stored: of a connection that was lost, the commit may have been taken.
    if let (true, Some(hsm)) = (is_taken(&kept), env.keys.hsm()) {
        credentials::discard(hsm, id.as_str());
    }
    kept
}

/// Keeps a new key; the first of its type is active at once.
pub(in crate::service) fn keep(
    env: &Environment,
    actor: &Actor,
    new: NewSigningKey,
) -> Result<SigningKey, ServiceError> {
    let trail = Trail::new(env, actor);
    let is_rsa = new.algorithm.is_rsa();
    env.store
        .write(move |conn| -> Result<SigningKey, ServiceError> {
            let keys = signing_keys::list(conn)?;
            let has_active = keys
                .iter()
                .any(|key| key.state == KeyState::Active && key.algorithm.is_rsa() == is_rsa);
            let mut new = new.clone();
            if !has_active {
                new.state = KeyState::Active;
            }
            signing_keys::insert(conn, &new)?;
            let key = find_at(conn, &new.public_id, trail.at())?;
            write_event(conn, &trail, ("key.created", &key), None)?;
            Ok(key)
        })
}

fn generate(
    env: &Environment,
    algorithm: KeyAlgorithm,
    now: DateTime<Utc>,
) -> Result<NewSigningKey, ServiceError> {
    let not_after = now + VALIDITY;
    // A common name has at most 64 characters (X.520 ub-common-name).
    let common_name: String = env.settings.entity_id.chars().take(64).collect();
    let serial = random_bytes(16)?.try_into().unwrap_or([1; 16]);
    let request = KeyPairRequest {
        algorithm,
        common_name: &common_name,
        serial,
        not_before: now - BACKDATED,
        not_after,
    };
    let public_id = new_public_id();
    let (certificate, private_half) = match env.keys.hsm() {
        Some(hsm) => {
            let made = credentials::generate_in_hsm(hsm, public_id.as_str(), &request)?;
            (made, PrivateHalf::InHsm)
        }
        None => {
            let pair = credentials::generate(&request)?;
            let sealed = env.keys.seal(Sealed::SigningKey, &pair.private_key)?;
            (pair.certificate, PrivateHalf::Sealed(sealed))
        }
    };
    Ok(NewSigningKey {
        public_id,
        algorithm,
        state: KeyState::Next,
        certificate,
        private_half,
        not_after,
        created_at: now,
    })
}

fn refuse_while_held(names: &[String]) -> Result<(), ServiceError> {
    if names.is_empty() {
        return Ok(());
    }
    Err(refused(format!(
        "The key still signs for {}. Switch to another key there first.",
        names.join(", ")
    )))
}
