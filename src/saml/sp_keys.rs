//! The keys with which one service provider may sign: those of its registered certificates and no
//! others (requirement KEYS-FROM-STORE). What a message says about keys is not read.

use std::fmt::{self, Display, Formatter};

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, Public};
use openssl::sign::Verifier;
use openssl::x509::X509;

use crate::domain::connector::{CertificateUse, SpCertificate};
use crate::saml::accepted_algorithm::AcceptedAlgorithm;
use crate::saml::fingerprint;

/// Two numbers of the largest curve (P-521), 66 octets each.
const LONGEST_PAIR: usize = 132;

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
) -> Result<Vec<SpKey>, SignatureFault> {
    let keys: Vec<SpKey> = certificates
        .iter()
        .filter(|certificate| certificate.use_for != CertificateUse::Encryption)
        .filter_map(|certificate| read(&certificate.pem, algorithm.key_type()))
        .collect();
    if keys.is_empty() {
        Err(SignatureFault::NoKeys)
    } else {
        Ok(keys)
    }
}

fn read(pem: &str, key_type: Id) -> Option<SpKey> {
    let certificate = X509::from_pem(pem.as_bytes()).ok()?;
    let key = certificate.public_key().ok()?;
    let der = certificate.to_der().ok()?;
    (key.id() == key_type).then_some(SpKey { key, der })
}

/// The first of the keys with which `value` signs `signed`.
pub fn fitting(
    keys: Vec<SpKey>,
    algorithm: AcceptedAlgorithm,
    (value, signed): (&[u8], &[u8]),
) -> Result<SpKey, SignatureFault> {
    let value = if algorithm.is_rsa {
        value.to_vec()
    } else {
        pair_as_der(value).ok_or(SignatureFault::Invalid)?
    };
    let fits = |key: &SpKey| -> Result<bool, ErrorStack> {
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
