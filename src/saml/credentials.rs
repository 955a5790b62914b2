//! Signing key pairs: made, loaded and shown as certificates. The private half leaves this file
//! only as PKCS#8 that wipes itself, for the service to seal (requirement KEY-AT-REST). OpenSSL's
//! own generator makes the keys; everything else that varies is given by the caller.

use chrono::{DateTime, Utc};
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectKeyIdentifier};
use openssl::x509::{X509, X509Name, X509NameBuilder};
use zeroize::Zeroizing;

use crate::domain::connector::SignatureAlgorithm;
use crate::domain::signing_key::KeyAlgorithm;
use crate::saml::base64_text;
use crate::saml::fingerprint;
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
    let certificate = self_signed(&key, request)?;
    Ok(KeyPair {
        private_key: Zeroizing::new(key.private_key_to_pkcs8()?),
        certificate: String::from_utf8_lossy(&certificate.to_pem()?).into_owned(),
    })
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
    contexts: SigningContexts,
    /// DER in base64.
    certificate: String,
    fingerprint: String,
    is_rsa: bool,
}

impl SigningCredential {
    /// Loads what [`generate`] made.
    pub fn load(private_key_pkcs8: &[u8], certificate: &str) -> Result<Self, CredentialError> {
        let key = PKey::private_key_from_pkcs8(private_key_pkcs8)?;
        let certificate = X509::from_pem(certificate.as_bytes())?;
        if !certificate.public_key()?.public_eq(&key) {
            return Err(CredentialError::Mismatch);
        }
        let is_rsa = match key.id() {
            Id::RSA => true,
            Id::EC => false,
            _ => return Err(CredentialError::UnknownKeyType),
        };
        let der = certificate.to_der()?;
        Ok(Self {
            certificate: base64_text::encode(&der),
            fingerprint: fingerprint::of(&der),
            contexts: SigningContexts::new(key),
            is_rsa,
        })
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
    ) -> Result<Vec<u8>, ErrorStack> {
        self.contexts.sign(digest, algorithm)
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

fn self_signed(key: &PKey<Private>, request: &KeyPairRequest<'_>) -> Result<X509, ErrorStack> {
    let name = common_name(request.common_name)?;
    let serial = Asn1Integer::from_bn(BigNum::from_slice(&request.serial)?.as_ref())?;
    let mut builder = X509::builder()?;
    // Version 3 is written as 2 (RFC 5280, 4.1).
    builder.set_version(2)?;
    builder.set_serial_number(&serial)?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_pubkey(key)?;
    let not_before = Asn1Time::from_unix(request.not_before.timestamp())?;
    let not_after = Asn1Time::from_unix(request.not_after.timestamp())?;
    builder.set_not_before(&not_before)?;
    builder.set_not_after(&not_after)?;
    builder.append_extension(BasicConstraints::new().critical().build()?)?;
    builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
    let key_identifier = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
    builder.append_extension(key_identifier)?;
    builder.sign(key, MessageDigest::sha256())?;
    Ok(builder.build())
}

fn common_name(text: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_nid(Nid::COMMONNAME, text)?;
    Ok(name.build())
}

#[cfg(test)]
mod tests;
