//! Hashing and checking passwords: Argon2id on a bounded number of threads so that a storm of sign-ins
//! never starves sign-on. Equal work is done for unknown names. Which passwords may be set is
//! `password_policy.rs`.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::service::secrets::{SecretsError, random_bytes};

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Why a password could not be hashed or checked; never that it is wrong.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the parameters of Argon2id are unfit")]
    Parameters(#[source] argon2::Error),
    #[error("hashing a password failed")]
    Hash(#[source] argon2::password_hash::Error),
    #[error("a stored password hash is not readable")]
    Stored(#[source] argon2::password_hash::phc::Error),
    #[error(transparent)]
    Random(#[from] SecretsError),
}

/// Hashes and checks passwords, at most `slots` at a time.
pub struct Passwords {
    argon2: Argon2<'static>,
    slots: Slots,
    /// Checked when the name is unknown, so that both answers cost the same time.
    decoy: String,
}

impl Passwords {
    /// A hasher that works on at most `slots` passwords at a time.
    pub fn new(slots: usize) -> Result<Self, PasswordError> {
        let params =
            Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(PasswordError::Parameters)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut passwords = Self {
            argon2,
            slots: Slots::new(slots),
            decoy: String::new(),
        };
        passwords.decoy = passwords.hash("a password that nobody has")?;
        Ok(passwords)
    }

    /// The PHC string of `password` under a new salt.
    pub fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let salt = random_bytes(16)?;
        let _slot = self.slots.take();
        let normal = normalise(password);
        let hash: PasswordHash = self
            .argon2
            .hash_password_with_salt(normal.as_bytes(), &salt)
            .map_err(PasswordError::Hash)?;
        Ok(hash.to_string())
    }

    /// Whether `password` fits `stored`. Without a stored hash the same work is done and the answer
    /// is no, so that time does not tell whether a name exists.
    pub fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
        let hash =
            PasswordHash::new(stored.unwrap_or(&self.decoy)).map_err(PasswordError::Stored)?;
        let _slot = self.slots.take();
        // The last form, of hashes before the compatible one, costs the same for all who type it.
        let mut fits = false;
        for form in forms(password) {
            fits |= self.argon2.verify_password(form.as_bytes(), &hash).is_ok();
        }
        Ok(fits && stored.is_some())
    }

    /// Whether `password`, which fits `stored`, should be hashed anew: the cost has changed since, or
    /// the form in which it is hashed.
    pub fn is_outdated(&self, password: &str, stored: &str) -> Result<bool, PasswordError> {
        let hash = PasswordHash::new(stored).map_err(PasswordError::Stored)?;
        let params = Params::try_from(&hash).map_err(PasswordError::Hash)?;
        let is_ours = hash.algorithm == Algorithm::Argon2id.ident()
            && params.m_cost() == self.argon2.params().m_cost()
            && params.t_cost() == self.argon2.params().t_cost()
            && params.p_cost() == self.argon2.params().p_cost();
        if !is_ours {
            return Ok(true);
        }
        if forms(password).len() == 1 {
            return Ok(false);
        }
        let _slot = self.slots.take();
        let normal = normalise(password);
        Ok(self
            .argon2
            .verify_password(normal.as_bytes(), &hash)
            .is_err())
    }
}

/// The same password typed on another keyboard is the same text (NIST SP 800-63B 3.1.1.2).
fn normalise(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

/// The forms in which a password may have been hashed: as it is now, and canonically composed, as it
/// was before. They are one for almost everybody.
fn forms(password: &str) -> Vec<Zeroizing<String>> {
    let normal = normalise(password);
    let before = Zeroizing::new(password.nfc().collect::<String>());
    if before == normal {
        vec![normal]
    } else {
        vec![normal, before]
    }
}

/// A counting semaphore: hashing costs 19 MiB and 20 ms, so only a few run at once.
struct Slots {
    free: Mutex<usize>,
    returned: Condvar,
}

struct Slot<'a>(&'a Slots);

impl Slots {
    const fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(count),
            returned: Condvar::new(),
        }
    }

    fn take(&self) -> Slot<'_> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self
                .returned
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Slot(self)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.returned.notify_one();
    }
}
