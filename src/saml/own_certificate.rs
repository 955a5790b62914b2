//! The certificates of our own signing keys: self-signed, for digital signatures, by a key at hand or by one
//! that signs elsewhere.

use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Encode, Sequence};
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, PKey, PKeyRef, Private, Public};
use openssl::sha::sha256;
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectKeyIdentifier};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};

use crate::saml::credentials::{CredentialError, KeyPairRequest};

/// A certificate (RFC 5280, 4.1), its parts as they are.
#[derive(Sequence)]
struct Parts<'a> {
    to_be_signed: AnyRef<'a>,
    algorithm: AnyRef<'a>,
    signature: BitStringRef<'a>,
}

/// The certificate of a key at hand.
pub fn self_signed(
    key: &PKey<Private>,
    request: &KeyPairRequest<'_>,
) -> Result<X509, CredentialError> {
    let mut builder = unsigned(key, request)?;
    builder.sign(key, MessageDigest::sha256())?;
    Ok(builder.build())
}

/// The certificate of a key that signs elsewhere: `sign` is given a digest by SHA-256. OpenSSL writes a
/// certificate only by signing it, so `stand_in`, a key of the same type, does that, and its signature is
/// replaced.
pub fn signed_elsewhere(
    public: &PKey<Public>,
    request: &KeyPairRequest<'_>,
    stand_in: &PKey<Private>,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, CredentialError>,
) -> Result<X509, CredentialError> {
    let mut builder = unsigned(public, request)?;
    builder.sign(stand_in, MessageDigest::sha256())?;
    let written = builder.build().to_der()?;
    let parts = Parts::from_der(&written)?;
    let value = sign(&sha256(&parts.to_be_signed.to_der()?))?;
    let signed = Parts {
        signature: BitStringRef::from_bytes(&value)?,
        ..parts
    };
    let certificate = X509::from_der(&signed.to_der()?)?;
    // What the key elsewhere has signed, it has to have signed rightly.
    if certificate.verify(public)? {
        Ok(certificate)
    } else {
        Err(CredentialError::Mismatch)
    }
}

fn unsigned<T: HasPublic>(
    key: &PKeyRef<T>,
    request: &KeyPairRequest<'_>,
) -> Result<X509Builder, ErrorStack> {
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
    Ok(builder)
}

fn common_name(text: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_nid(Nid::COMMONNAME, text)?;
    Ok(name.build())
}
