//! A key pair that somebody made elsewhere: private key and certificate as PEM, taken only if they
//! belong together and are fit to sign. The private half leaves this file as PKCS#8 that wipes
//! itself, and no error tells anything of it.

use chrono::{DateTime, Utc};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::X509;
use zeroize::Zeroizing;

use crate::domain::signing_key::KeyAlgorithm;
use crate::saml::certificate_facts;
use crate::saml::credentials::KeyPair;

/// Why a pair is not taken; each is told at its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GivenPairError {
    #[error("Give one private key in PEM, not encrypted.")]
    PrivateKey,
    #[error("The key has to be RSA with 2048, 3072 or 4096 bits, or ECDSA on the curve P-256.")]
    Algorithm,
    #[error("Give one certificate in PEM.")]
    Certificate,
    #[error("The certificate does not belong to the private key.")]
    Mismatch,
    #[error("The certificate has expired.")]
    Expired,
    #[error("The certificate is not valid yet.")]
    NotYetValid,
}

/// A pair that may sign.
#[derive(Debug)]
pub struct GivenPair {
    pub pair: KeyPair,
    pub algorithm: KeyAlgorithm,
    pub not_after: DateTime<Utc>,
}

/// Reads a pair.
pub fn read(
    private_key: &str,
    certificate: &str,
    now: DateTime<Utc>,
) -> Result<GivenPair, GivenPairError> {
    // With a passphrase of no characters OpenSSL never asks a terminal for one.
    let key = PKey::private_key_from_pem_passphrase(private_key.as_bytes(), b"")
        .map_err(|_unreadable| GivenPairError::PrivateKey)?;
    let algorithm = algorithm_of(&key)?;
    let certificate = X509::from_pem(certificate.as_bytes())
        .map_err(|_unreadable| GivenPairError::Certificate)?;
    let belongs = certificate
        .public_key()
        .is_ok_and(|public| public.public_eq(&key));
    if !belongs {
        return Err(GivenPairError::Mismatch);
    }
    let instant =
        |time| certificate_facts::instant(time).map_err(|_unreadable| GivenPairError::Certificate);
    let not_after = instant(certificate.not_after())?;
    if not_after <= now {
        return Err(GivenPairError::Expired);
    }
    if instant(certificate.not_before())? > now {
        return Err(GivenPairError::NotYetValid);
    }
    let pem = certificate
        .to_pem()
        .map_err(|_unwritable| GivenPairError::Certificate)?;
    let pkcs8 = key
        .private_key_to_pkcs8()
        .map_err(|_unwritable| GivenPairError::PrivateKey)?;
    Ok(GivenPair {
        pair: KeyPair {
            private_key: Zeroizing::new(pkcs8),
            certificate: String::from_utf8_lossy(&pem).into_owned(),
        },
        algorithm,
        not_after,
    })
}

fn algorithm_of(key: &PKey<Private>) -> Result<KeyAlgorithm, GivenPairError> {
    match (key.id(), key.bits()) {
        (Id::RSA, 2_048) => Ok(KeyAlgorithm::Rsa2048),
        (Id::RSA, 3_072) => Ok(KeyAlgorithm::Rsa3072),
        (Id::RSA, 4_096) => Ok(KeyAlgorithm::Rsa4096),
        (Id::EC, _) => {
            let curve = key.ec_key().ok().and_then(|key| key.group().curve_name());
            match curve {
                Some(Nid::X9_62_PRIME256V1) => Ok(KeyAlgorithm::EcdsaP256),
                _ => Err(GivenPairError::Algorithm),
            }
        }
        _ => Err(GivenPairError::Algorithm),
    }
}

#[cfg(test)]
mod tests;
