//! Hashing and checking passwords: Argon2id on a bounded number of threads so that a storm of sign-ins
//! never starves sign-on. Equal work is done for unknown names. Which passwords may be set is
//! `password_policy.rs`.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::service::secrets::{SecretsError, random_bytes};

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// 128 bits of salt and 256 of hash (RFC 9106, section 4).
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// Why a password could not be hashed or checked; never that it is wrong.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the parameters of Argon2id are unfit")]
    Parameters(#[source] argon2::Error),
    #[error("hashing a password failed")]
    Hash(#[source] argon2::Error),
    #[error("a password hash could not be written as text")]
    Text(#[source] argon2::password_hash::Error),
    #[error("a stored password hash is not readable")]
    Stored(#[source] argon2::password_hash::phc::Error),
    #[error("a stored password hash is of a kind that is not known")]
    Kind(#[source] argon2::password_hash::Error),
    #[error("a stored password hash lacks its salt or its hash")]
    Half,
    #[error(transparent)]
    Random(#[from] SecretsError),
}

/// Hashes and checks passwords, at most `slots` at a time.
pub struct Passwords {
    argon2: Argon2<'static>,
    desks: Desks,
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
            desks: Desks::new(slots),
            decoy: String::new(),
        };
        passwords.decoy = passwords.hash("a password that nobody has")?;
        Ok(passwords)
    }

    /// The PHC string of `password` under a new salt.
    pub fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let salt = random_bytes(SALT_BYTES)?;
        let salt = Salt::new(&salt).map_err(PasswordError::Stored)?;
        let output = digest(
            &self.argon2,
            &normalise(password),
            (&salt, HASH_BYTES),
            &mut self.desks.take(),
        )?;
        let params = ParamsString::try_from(self.argon2.params()).map_err(PasswordError::Text)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params,
            salt: Some(salt),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    /// Whether `password` fits `stored`. Without a stored hash the same work is done and the answer
    /// is no, so that time does not tell whether a name exists.
    pub fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
        let stored_hash = StoredHash::read(stored.unwrap_or(&self.decoy))?;
        let mut desk = self.desks.take();
        // The last form, of hashes before the compatible one, costs the same for all who type it.
        let mut fits = false;
        for form in forms(password) {
            fits |= stored_hash.fits(&form, &mut desk)?;
        }
        Ok(fits && stored.is_some())
    }

    /// Whether `password`, which fits `stored`, should be hashed anew: the cost has changed since, or
    /// the form in which it is hashed.
    pub fn is_outdated(&self, password: &str, stored: &str) -> Result<bool, PasswordError> {
        let stored_hash = StoredHash::read(stored)?;
        let (params, ours) = (stored_hash.argon2.params(), self.argon2.params());
        let is_ours = stored_hash.algorithm == Algorithm::Argon2id
            && params.m_cost() == ours.m_cost()
            && params.t_cost() == ours.t_cost()
            && params.p_cost() == ours.p_cost();
        if !is_ours {
            return Ok(true);
        }
        if forms(password).len() == 1 {
            return Ok(false);
        }
        Ok(!stored_hash.fits(&normalise(password), &mut self.desks.take())?)
    }
}

/// A PHC string, read: what a password has to give.
struct StoredHash {
    algorithm: Algorithm,
    argon2: Argon2<'static>,
    salt: Salt,
    output: Output,
}

impl StoredHash {
    fn read(text: &str) -> Result<Self, PasswordError> {
        let hash = PasswordHash::new(text).map_err(PasswordError::Stored)?;
        let algorithm =
            Algorithm::try_from(hash.algorithm.as_str()).map_err(PasswordError::Kind)?;
        let version = hash.version.map_or(Ok(Version::default()), |number| {
            Version::try_from(number).map_err(PasswordError::Parameters)
        })?;
        let params = Params::try_from(&hash).map_err(PasswordError::Kind)?;
        Ok(Self {
            algorithm,
            argon2: Argon2::new(algorithm, version, params),
            salt: hash.salt.ok_or(PasswordError::Half)?,
            output: hash.hash.ok_or(PasswordError::Half)?,
        })
    }

    /// Compared in constant time, as [`Output`] is.
    fn fits(&self, form: &str, desk: &mut Desk<'_>) -> Result<bool, PasswordError> {
        let length = self.output.len();
        Ok(digest(&self.argon2, form, (&self.salt, length), desk)? == self.output)
    }
}

/// What `argon2` makes of a form of a password with a salt, so many bytes, on the memory of `desk`.
fn digest(
    argon2: &Argon2<'_>,
    form: &str,
    (salt, length): (&Salt, usize),
    desk: &mut Desk<'_>,
) -> Result<Output, PasswordError> {
    let mut bytes = vec![0; length];
    let memory = desk.of(argon2.params().block_count());
    argon2
        .hash_password_into_with_memory(form.as_bytes(), salt, &mut bytes, memory)
        .map_err(PasswordError::Hash)?;
    Output::new(&bytes).map_err(PasswordError::Stored)
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

/// The memories in which passwords are hashed, as many as may be hashed at a time. Each is kept for the
/// next: given back and asked for by ever other threads, an allocator would hold it once for each thread.
struct Desks {
    free: Mutex<Vec<Vec<Block>>>,
    returned: Condvar,
}

/// One of them, until it is dropped.
struct Desk<'a> {
    of: &'a Desks,
    memory: Vec<Block>,
}

impl Desks {
    /// They take memory when they are used first.
    fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(vec![Vec::new(); count]),
            returned: Condvar::new(),
        }
    }

    /// Waits until one is free.
    fn take(&self) -> Desk<'_> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(memory) = free.pop() {
                return Desk { of: self, memory };
            }
            free = self
                .returned
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Desk<'_> {
    /// So many blocks; what is in them does not matter.
    fn of(&mut self, blocks: usize) -> &mut [Block] {
        if self.memory.len() != blocks {
            self.memory = vec![Block::default(); blocks];
        }
        &mut self.memory
    }
}

impl Drop for Desk<'_> {
    fn drop(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        let mut free = self.of.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(memory);
        self.of.returned.notify_one();
    }
}

#[cfg(test)]
mod tests;
