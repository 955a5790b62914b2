//! Signing key pairs: made, loaded and shown as certificates. The private half leaves this file
//! only as PKCS#8 that wipes itself, for the service to seal (requirement KEY-AT-REST), or lies in a hardware
//! security module and never is here. OpenSSL's own generator, or that of the module, makes the keys;
//! everything else that varies is given by the caller.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::X509;
use zeroize::Zeroizing;

use crate::domain::connector::SignatureAlgorithm;
use crate::domain::signing_key::KeyAlgorithm;
use crate::saml::base64_text;
use crate::saml::fingerprint;
use crate::saml::hsm::{Hsm, HsmError};
use crate::saml::hsm_key;
use crate::saml::own_certificate;
use crate::saml::signing_contexts::SigningContexts;

/// Why a key pair cannot be made or used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    #[error("the certificate does not belong to the private key")]
    Mismatch,
    #[error("the key is neither RSA nor ECDSA")]
    UnknownKeyType,
    #[error("the key or certificate is not readable or cannot be made: {0}")]
    OpenSsl(#[from] ErrorStack),
    #[error("a certificate cannot be put together")]
    Der(#[from] der::Error),
    #[error("the hardware security module is not at hand: {0}")]
    Hsm(#[from] HsmError),
}

/// What a new key pair is to be.
#[derive(Debug, Clone)]
pub struct KeyPairRequest<'a> {
    pub algorithm: KeyAlgorithm,
    /// At most 64 characters (RFC 5280, A.1).
    pub common_name: &'a str,
    /// Random; at most 20 octets with the sign (RFC 5280, 4.1.2.2), hence 16.
    pub serial: [u8; 16],
    pub not_before: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
}

/// A key pair in the form in which it is kept.
#[derive(Debug)]
pub struct KeyPair {
    /// PKCS#8 DER, not encrypted.
    pub private_key: Zeroizing<Vec<u8>>,
    /// PEM.
    pub certificate: String,
}

/// Makes a key pair with a self-signed certificate for digital signatures.
pub fn generate(request: &KeyPairRequest<'_>) -> Result<KeyPair, CredentialError> {
    let key = generate_key(request.algorithm)?;
    let certificate = own_certificate::self_signed(&key, request)?;
    Ok(KeyPair {
        private_key: Zeroizing::new(key.private_key_to_pkcs8()?),
        certificate: String::from_utf8_lossy(&certificate.to_pem()?).into_owned(),
    })
}

/// Makes a key pair in a hardware security module, under an id, and gives its certificate, PEM.
pub fn generate_in_hsm(
    hsm: &Hsm,
    id: &str,
    request: &KeyPairRequest<'_>,
) -> Result<String, CredentialError> {
    let (stand_in, signature) = if request.algorithm.is_rsa() {
        (KeyAlgorithm::Rsa2048, SignatureAlgorithm::RsaSha256)
    } else {
        (KeyAlgorithm::EcdsaP256, SignatureAlgorithm::EcdsaSha256)
    };
    let make = || {
        let public = hsm_key::generate(hsm, request.algorithm, id)?;
        let sign = |digest: &[u8]| Ok(hsm_key::sign(hsm, id, (digest, signature))?);
        let stand_in = generate_key(stand_in)?;
        let certificate = own_certificate::signed_elsewhere(&public, request, &stand_in, sign)?;
        Ok(String::from_utf8_lossy(&certificate.to_pem()?).into_owned())
    };
    make().inspect_err(|_error: &CredentialError| discard(hsm, id))
}

/// Removes a key that nobody will ask for. One that stays takes room in the token and nothing else.
pub fn discard(hsm: &Hsm, id: &str) {
    if let Err(error) = hsm_key::destroy(hsm, id) {
        tracing::warn!(key = id, cause = %error, "an unused key stays in the token");
    }
}

/// The certificate of a PEM text as metadata and KeyInfo carry it: DER in base64, in one line.
pub fn certificate_base64(pem: &str) -> Result<String, CredentialError> {
    let certificate = X509::from_pem(pem.as_bytes())?;
    Ok(base64_text::encode(&certificate.to_der()?))
}

/// The PEM text of a certificate given as DER.
pub fn certificate_pem(der: &[u8]) -> Result<String, CredentialError> {
    let pem = X509::from_der(der)?.to_pem()?;
    Ok(String::from_utf8_lossy(&pem).into_owned())
}

/// A key pair ready to sign. Loading one costs several times what it costs to keep one, so it is
/// meant to be kept and shared between threads.
pub struct SigningCredential {
    private: PrivateKey,
    /// DER in base64.
    certificate: String,
    fingerprint: String,
    is_rsa: bool,
}

/// What signs.
enum PrivateKey {
    Here(SigningContexts),
    /// The module, and the id of the key in it.
    InHsm(Arc<Hsm>, String),
}

impl SigningCredential {
    /// Loads what [`generate`] made.
    pub fn load(private_key_pkcs8: &[u8], certificate: &str) -> Result<Self, CredentialError> {
        let key = PKey::private_key_from_pkcs8(private_key_pkcs8)?;
        let certificate = X509::from_pem(certificate.as_bytes())?;
        if !certificate.public_key()?.public_eq(&key) {
            return Err(CredentialError::Mismatch);
        }
        let private = PrivateKey::Here(SigningContexts::new(key));
        Self::of(private, &certificate)
    }

    /// Finds what [`generate_in_hsm`] made.
    pub fn find_in_hsm(
        hsm: &Arc<Hsm>,
        id: &str,
        certificate: &str,
    ) -> Result<Self, CredentialError> {
        let certificate = X509::from_pem(certificate.as_bytes())?;
        let public = hsm_key::public_key(hsm, id)?;
        if !certificate.public_key()?.public_eq(&public) {
            return Err(CredentialError::Mismatch);
        }
        let private = PrivateKey::InHsm(Arc::clone(hsm), id.to_owned());
        Self::of(private, &certificate)
    }

    fn of(private: PrivateKey, certificate: &X509) -> Result<Self, CredentialError> {
        let is_rsa = match certificate.public_key()?.id() {
            Id::RSA => true,
            Id::EC => false,
            _ => return Err(CredentialError::UnknownKeyType),
        };
        let der = certificate.to_der()?;
        Ok(Self {
            certificate: base64_text::encode(&der),
            fingerprint: fingerprint::of(&der),
            private,
            is_rsa,
        })
    }

    /// Whether it could sign now: a key in a module may have become unreachable.
    pub fn check(&self) -> Result<(), CredentialError> {
        match &self.private {
            PrivateKey::Here(_) => Ok(()),
            PrivateKey::InHsm(hsm, id) => Ok(hsm_key::public_key(hsm, id).map(drop)?),
        }
    }

    /// Whether the algorithm is one of this key's type.
    pub fn can_sign(&self, algorithm: SignatureAlgorithm) -> bool {
        self.is_rsa != matches!(algorithm, SignatureAlgorithm::EcdsaSha256)
    }

    /// Signs a digest that was made with the hash of `algorithm`. ECDSA gives a DER pair.
    pub fn sign_digest(
        &self,
        digest: &[u8],
        algorithm: SignatureAlgorithm,
    ) -> Result<Vec<u8>, CredentialError> {
        match &self.private {
            PrivateKey::Here(contexts) => Ok(contexts.sign(digest, algorithm)?),
            PrivateKey::InHsm(hsm, id) => Ok(hsm_key::sign(hsm, id, (digest, algorithm))?),
        }
    }

    /// SHA-256 of the certificate, in pairs of hexadecimal digits with colons.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The certificate, DER in base64.
    pub fn certificate_base64(&self) -> &str {
        &self.certificate
    }
}

fn generate_key(algorithm: KeyAlgorithm) -> Result<PKey<Private>, ErrorStack> {
    let bits = match algorithm {
        KeyAlgorithm::Rsa2048 => 2_048,
        KeyAlgorithm::Rsa3072 => 3_072,
        KeyAlgorithm::Rsa4096 => 4_096,
        KeyAlgorithm::EcdsaP256 => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
            return PKey::from_ec_key(EcKey::generate(&group)?);
        }
    };
    PKey::from_rsa(Rsa::generate(bits)?)
}

#[cfg(test)]
mod tests;
