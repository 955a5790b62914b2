//! The keys with which one service provider may sign: those of its registered certificates and no
//! others (requirement KEYS-FROM-STORE). What a message says about keys is not read.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::sync::{Arc, Mutex, PoisonError};

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Public};
use openssl::sha::sha256;
use openssl::sign::Verifier;
use openssl::x509::X509;

use crate::domain::connector::{CertificateUse, SpCertificate};
use crate::saml::accepted_algorithm::AcceptedAlgorithm;
use crate::saml::fingerprint;

/// Two numbers of the largest curve (P-521), 66 octets each.
const LONGEST_PAIR: usize = 132;
/// As many certificates are kept read; then all are forgotten, and read again as they are met.
const KEPT: usize = 2_048;

/// Certificates that were read, by the digest of their PEM text. Reading one costs six times what a
/// verification with its key costs, and the same few come back. What is kept here follows from the text
/// alone; whose certificate it is, and whether it is registered still, is asked each time.
static READ: Mutex<BTreeMap<[u8; 32], Option<Arc<SpKey>>>> = Mutex::new(BTreeMap::new());

/// Why a signature is not believed. All are answered by a local page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    #[error("the message is signed, but no signing certificate is registered for this application")]
    NoKeys,
    #[error(
        "the message is signed or digested with an algorithm that is not accepted; RSA and ECDSA with SHA-256, SHA-384 or SHA-512 are"
    )]
    Algorithm,
    #[error(
        "the signature of the message fits none of the certificates that are registered for this application"
    )]
    Invalid,
    #[error("what the signature covers is not the message")]
    Other,
}

/// What a signature was verified with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBy {
    /// The URI of the algorithm.
    pub algorithm: String,
    /// SHA-256 of the registered certificate, in pairs of hexadecimal digits with colons.
    pub fingerprint: String,
}

impl VerifiedBy {
    /// By this algorithm and the certificate of this DER.
    pub fn new(algorithm: &str, der: &[u8]) -> Self {
        Self {
            algorithm: algorithm.to_owned(),
            fingerprint: fingerprint::of(der),
        }
    }
}

impl Display for VerifiedBy {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let (_, algorithm) = self
            .algorithm
            .rsplit_once('#')
            .unwrap_or(("", &self.algorithm));
        let fingerprint = &self.fingerprint;
        write!(
            formatter,
            "Verified by {algorithm} with the certificate {fingerprint}."
        )
    }
}

/// One registered key.
#[derive(Debug)]
pub struct SpKey {
    pub key: PKey<Public>,
    /// Its certificate.
    pub der: Vec<u8>,
}

/// The registered keys of the type that an algorithm needs. A certificate only carries a key here:
/// it is trusted because it was registered, so neither its dates nor its issuer are asked. One
/// that cannot be read was refused when it was registered; it serves nobody.
pub fn keys_for(
    certificates: &[SpCertificate],
    algorithm: AcceptedAlgorithm,
) -> Result<Vec<Arc<SpKey>>, SignatureFault> {
    let keys: Vec<Arc<SpKey>> = certificates
        .iter()
        .filter(|certificate| certificate.use_for != CertificateUse::Encryption)
        .filter_map(|certificate| kept(&certificate.pem))
        .filter(|key| key.key.id() == algorithm.key_type())
        .collect();
    if keys.is_empty() {
        Err(SignatureFault::NoKeys)
    } else {
        Ok(keys)
    }
}

/// The key of a certificate; `None`: it cannot be read.
fn kept(pem: &str) -> Option<Arc<SpKey>> {
    let digest = sha256(pem.as_bytes());
    // A panic elsewhere leaves the map whole: it is only looked up, added to and emptied.
    let found = {
        let known = READ.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&digest).cloned()
    };
    found.unwrap_or_else(|| {
        let key = read(pem).map(Arc::new);
        let mut known = READ.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(digest, key.clone());
        key
    })
}

fn read(pem: &str) -> Option<SpKey> {
    let certificate = X509::from_pem(pem.as_bytes()).ok()?;
    Some(SpKey {
        key: certificate.public_key().ok()?,
        der: certificate.to_der().ok()?,
    })
}

/// The first of the keys with which `value` signs `signed`.
pub fn fitting(
    keys: Vec<Arc<SpKey>>,
    algorithm: AcceptedAlgorithm,
    (value, signed): (&[u8], &[u8]),
) -> Result<Arc<SpKey>, SignatureFault> {
    let value = if algorithm.is_rsa {
        value.to_vec()
    } else {
        pair_as_der(value).ok_or(SignatureFault::Invalid)?
    };
    let fits = |key: &Arc<SpKey>| -> Result<bool, ErrorStack> {
        Verifier::new(algorithm.digest(), &key.key)?.verify_oneshot(&value, signed)
    };
    // A failure of the library is no proof either.
    let found = keys.into_iter().find(|key| fits(key).unwrap_or(false));
    found.ok_or(SignatureFault::Invalid)
}

/// An ECDSA value is two numbers of the curve's size one after the other (RFC 4050, 3.3).
fn pair_as_der(value: &[u8]) -> Option<Vec<u8>> {
    if value.is_empty() || value.len() > LONGEST_PAIR || !value.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = value.split_at(value.len() / 2);
    let pair =
        EcdsaSig::from_private_components(BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?);
    pair.ok()?.to_der().ok()
}
