//! Secrets: the master key that seals what only this house may read, random tokens, and their
//! hashes. The only file above the SAML floor that names openssl. Never logs, never shows, never
//! stores a secret in clear.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use zeroize::Zeroizing;

const NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;
const KEY_LENGTH: usize = 32;

/// Writes down the kinds once, so that none can be left out of [`Sealed::ALL`].
macro_rules! sealed {
    ($($(#[$about:meta])* $kind:ident = $context:literal;)+) => {
        /// What is sealed; bound to the sealed bytes, so that they cannot be opened as anything else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Sealed {
            $($(#[$about])* $kind,)+
        }

        impl Sealed {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            const fn context(self) -> &'static [u8] {
                match self {
                    $(Self::$kind => $context,)+
                }
            }
        }
    };
}

sealed! {
    SigningKey = b"vestibule signing key v1";
    /// A setting that holds a password.
    Setting = b"vestibule setting v1";
    /// A response that waits to be fetched.
    Response = b"vestibule response v1";
    /// The one-time link of a mail that waits to be sent.
    Link = b"vestibule link v1";
    /// Where what is left of a chain of the audit begins.
    AuditCheckpoint = b"vestibule audit checkpoint v1";
    /// What an authenticator app and this house share.
    TotpSecret = b"vestibule totp secret v1";
    /// A question to an authenticator that waits for its answer.
    PasskeyCeremony = b"vestibule passkey ceremony v1";
}

/// Why a secret could not be made, read or opened.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error(
        "the master key {path} is missing, but the database holds keys sealed by one; restore the file"
    )]
    MasterKeyMissing { path: PathBuf },
    #[error("the master key {path} must be 32 bytes, readable by its owner only (mode 0600)")]
    MasterKeyUnfit { path: PathBuf },
    #[error("cannot read or write {path}")]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the master key of {from} has to be 32 bytes in base64")]
    MasterKeyText {
        /// The setting that names it.
        from: &'static str,
    },
    #[error("the command for the master key could not be run")]
    Command(#[source] io::Error),
    #[error("the command for the master key failed, or did not end within ten seconds")]
    CommandFailed,
    #[error("a sealed key does not open under this master key; restore the one it was sealed with")]
    WrongMasterKey,
    #[error("cryptography failed")]
    Crypto(#[from] ErrorStack),
}

/// The key that seals private signing keys and passwords of other services (KEY-AT-REST). Wiped from memory when dropped.
pub struct MasterKey(Zeroizing<Vec<u8>>);

impl MasterKey {
    /// Reads the file of a key; refuses one that others can read. `None`: there is no such file.
    pub fn load(path: &Path) -> Result<Option<Self>, SecretsError> {
        let path = path.to_path_buf();
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SecretsError::Io { path, source }),
        };
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(SecretsError::MasterKeyUnfit { path });
        }
        let bytes = match fs::read(&path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(source) => return Err(SecretsError::Io { path, source }),
        };
        if bytes.len() != KEY_LENGTH {
            return Err(SecretsError::MasterKeyUnfit { path });
        }
        Ok(Some(Self(bytes)))
    }

    /// Reads a key out of base64; `None`: it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        (bytes.len() == KEY_LENGTH).then_some(Self(bytes))
    }

    /// Makes `master.key`, mode 0600, synced to disk before it is used. Never overwrites: when
    /// another process made it first, that one is read.
    pub fn create(directory: &Path) -> Result<Self, SecretsError> {
        let path = directory.join("master.key");
        let io_error = |source| SecretsError::Io {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(directory).map_err(io_error)?;
        let key = Zeroizing::new(random_bytes(KEY_LENGTH)?);
        // Written aside and linked into place, so that nobody ever reads half a key.
        let aside = directory.join(format!(".master.key.{}", random_token()?));
        let written = write_private(&aside, &key).and_then(|()| fs::hard_link(&aside, &path));
        fs::remove_file(&aside).map_err(io_error)?;
        match written {
            Ok(()) => Ok(Self(key)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::load(&path)?.ok_or(SecretsError::MasterKeyMissing { path })
            }
            Err(source) => Err(io_error(source)),
        }
    }

    /// Encrypts a secret for the store: nonce, ciphertext, tag.
    pub fn seal(&self, what: Sealed, plain: &[u8]) -> Result<Vec<u8>, SecretsError> {
        let nonce = random_bytes(NONCE_LENGTH)?;
        let mut tag = [0_u8; TAG_LENGTH];
        let cipher = Cipher::aes_256_gcm();
        let context = what.context();
        let sealed = encrypt_aead(cipher, &self.0, Some(&nonce), context, plain, &mut tag)?;
        Ok([nonce.as_slice(), &sealed, &tag].concat())
    }

    /// Opens what [`MasterKey::seal`] made; any change or another key is [`SecretsError::WrongMasterKey`].
    pub fn open(&self, what: Sealed, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
        let (nonce, rest) = sealed
            .split_at_checked(NONCE_LENGTH)
            .ok_or(SecretsError::WrongMasterKey)?;
        let body_length = rest
            .len()
            .checked_sub(TAG_LENGTH)
            .ok_or(SecretsError::WrongMasterKey)?;
        let (body, tag) = rest
            .split_at_checked(body_length)
            .ok_or(SecretsError::WrongMasterKey)?;
        match decrypt_aead(
            Cipher::aes_256_gcm(),
            &self.0,
            Some(nonce),
            what.context(),
            body,
            tag,
        ) {
            Ok(plain) => Ok(Zeroizing::new(plain)),
            // OpenSSL only says that the tag did not fit; the decision is the same for every cause.
            Err(_failed) => Err(SecretsError::WrongMasterKey),
        }
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Random bytes from OpenSSL's generator.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that draws at random"
)]
pub fn random_bytes(count: usize) -> Result<Vec<u8>, SecretsError> {
    let mut bytes = vec![0_u8; count];
    openssl::rand::rand_bytes(&mut bytes)?;
    Ok(bytes)
}

/// A token of 256 bits in URL-safe base64, 43 characters.
pub fn random_token() -> Result<String, SecretsError> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes(32)?))
}

/// An xs:ID of 128 random bits; the underscore keeps a leading digit away.
pub fn new_xml_id() -> Result<String, SecretsError> {
    let bytes = random_bytes(16)?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("_{hex}"))
}

/// How tokens are stored: SHA-256. Tokens carry 256 random bits, so a plain hash suffices;
/// passwords go through Argon2id instead.
pub fn token_hash(token: &str) -> Vec<u8> {
    digest(token.as_bytes())
}

/// SHA-256 of `bytes`.
pub fn digest(bytes: &[u8]) -> Vec<u8> {
    openssl::sha::sha256(bytes).to_vec()
}

/// SHA-256 of `bytes` in lower-case hex.
pub fn digest_hex(bytes: &[u8]) -> String {
    openssl::sha::sha256(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// HMAC-SHA256 in URL-safe base64: CSRF tokens bound to a session.
pub fn keyed_hash(secret: &str, text: &str) -> Result<String, SecretsError> {
    Ok(URL_SAFE_NO_PAD.encode(hmac(secret, text)?))
}

/// HMAC-SHA256 in lower-case hex, by which a receiver of ours knows us.
pub fn keyed_hash_hex(secret: &str, text: &str) -> Result<String, SecretsError> {
    let octets = hmac(secret, text)?;
    Ok(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

fn hmac(secret: &str, text: &str) -> Result<Vec<u8>, SecretsError> {
    let key = PKey::hmac(secret.as_bytes())?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    signer.update(text.as_bytes())?;
    Ok(signer.sign_to_vec()?)
}

/// Compares without telling by time where the texts differ.
pub fn same_secret(a: &str, b: &str) -> bool {
    a.len() == b.len() && openssl::memcmp::eq(a.as_bytes(), b.as_bytes())
}
