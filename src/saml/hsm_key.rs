//! Keys in a hardware security module: made there so that they cannot leave it, found again by their id, asked
//! for signatures. What comes out is public.

use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;
use uuid::Uuid;

use crate::domain::connector::SignatureAlgorithm;
use crate::domain::signing_key::KeyAlgorithm;
use crate::saml::hsm::{Hsm, HsmError, HsmSession};

/// The object identifier of P-256, DER (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
/// 65537.
const EXPONENT: [u8; 3] = [1, 0, 1];
/// An octet string of an uncompressed point of P-256 begins like this: tag and length.
const POINT_HEADER: [u8; 2] = [0x04, 65];
/// An uncompressed point: 4, and two numbers.
const POINT: usize = 65;

/// Makes a key pair in the token under an id, a UUID, and gives its public half.
pub fn generate(hsm: &Hsm, algorithm: KeyAlgorithm, id: &str) -> Result<PKey<Public>, HsmError> {
    let (mechanism, parameters) = match algorithm {
        KeyAlgorithm::Rsa2048 => rsa(2_048),
        KeyAlgorithm::Rsa3072 => rsa(3_072),
        KeyAlgorithm::Rsa4096 => rsa(4_096),
        KeyAlgorithm::EcdsaP256 => (
            Mechanism::EccKeyPairGen,
            vec![Attribute::EcParams(P256.to_vec())],
        ),
    };
    let named = [
        Attribute::Token(true),
        Attribute::Id(octets(id)?),
        Attribute::Label(format!("vestibule {id}").into_bytes()),
    ];
    let mut public = named.to_vec();
    public.extend(parameters);
    public.extend([Attribute::Private(false), Attribute::Verify(true)]);
    let mut private = named.to_vec();
    private.extend([
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
    ]);
    hsm.write(|session| {
        let (public, _private) = session
            .session
            .generate_key_pair(&mechanism, &public, &private)?;
        read_public(session, public)
    })
}

fn rsa(bits: u32) -> (Mechanism<'static>, Vec<Attribute>) {
    let parameters = vec![
        Attribute::ModulusBits(u64::from(bits).into()),
        Attribute::PublicExponent(EXPONENT.to_vec()),
    ];
    (Mechanism::RsaPkcsKeyPairGen, parameters)
}

/// Removes both halves of a key. One that is not there is gone already.
pub fn destroy(hsm: &Hsm, id: &str) -> Result<(), HsmError> {
    let wanted = [Attribute::Id(octets(id)?)];
    hsm.write(|session| {
        for object in session.session.find_objects(&wanted)? {
            session.session.destroy_object(object)?;
        }
        Ok(())
    })
}

/// The public half of a key whose private half is there.
pub fn public_key(hsm: &Hsm, id: &str) -> Result<PKey<Public>, HsmError> {
    hsm.lend(|session| {
        find(session, id, ObjectClass::PRIVATE_KEY)?;
        let public = find(session, id, ObjectClass::PUBLIC_KEY)?;
        read_public(session, public)
    })
}

/// Signs a digest that was made with the hash of `algorithm`. RSA gives the value, ECDSA a DER pair.
pub fn sign(
    hsm: &Hsm,
    id: &str,
    (digest, algorithm): (&[u8], SignatureAlgorithm),
) -> Result<Vec<u8>, HsmError> {
    let (mechanism, prefix) = match algorithm {
        SignatureAlgorithm::RsaSha256 => (Mechanism::RsaPkcs, digest_info(1, 32)),
        SignatureAlgorithm::RsaSha384 => (Mechanism::RsaPkcs, digest_info(2, 48)),
        SignatureAlgorithm::RsaSha512 => (Mechanism::RsaPkcs, digest_info(3, 64)),
        SignatureAlgorithm::EcdsaSha256 => (Mechanism::Ecdsa, Vec::new()),
    };
    let input = [prefix.as_slice(), digest].concat();
    let value = hsm.lend(|session| {
        let key = match session.private_keys.get(id) {
            Some(known) => *known,
            None => find(session, id, ObjectClass::PRIVATE_KEY)?,
        };
        session.private_keys.insert(id.to_owned(), key);
        Ok(session.session.sign(&mechanism, key, &input)?)
    })?;
    if algorithm != SignatureAlgorithm::EcdsaSha256 {
        return Ok(value);
    }
    // Two numbers of the curve's size one after the other (PKCS#11 2.40, mechanisms, 2.3.1).
    let (r, s) = value.split_at(value.len() / 2);
    let pair = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
    Ok(pair.to_der()?)
}

/// What stands before a digest of SHA-2 in a signature of PKCS#1 (RFC 8017, 9.2, note 1).
fn digest_info(number: u8, length: u8) -> Vec<u8> {
    let mut prefix = vec![0x30, length + 17, 0x30, 0x0D, 0x06, 0x09];
    prefix.extend([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, number]);
    prefix.extend([0x05, 0x00, 0x04, length]);
    prefix
}

fn find(session: &HsmSession, id: &str, class: ObjectClass) -> Result<ObjectHandle, HsmError> {
    let wanted = [Attribute::Class(class), Attribute::Id(octets(id)?)];
    let found = session.session.find_objects(&wanted)?;
    let first = found.first().copied();
    first.ok_or_else(|| HsmError::NoKey(id.to_owned()))
}

fn read_public(session: &HsmSession, object: ObjectHandle) -> Result<PKey<Public>, HsmError> {
    let wanted = [
        AttributeType::Modulus,
        AttributeType::PublicExponent,
        AttributeType::EcPoint,
    ];
    // Attributes that an object does not have are left out.
    let (mut modulus, mut exponent, mut point) = (None, None, None);
    for attribute in session.session.get_attributes(object, &wanted)? {
        match attribute {
            Attribute::Modulus(value) => modulus = Some(value),
            Attribute::PublicExponent(value) => exponent = Some(value),
            Attribute::EcPoint(value) => point = Some(value),
            _not_asked_for => {}
        }
    }
    match (modulus, exponent, point) {
        (Some(modulus), Some(exponent), None) => {
            let (modulus, exponent) = (
                BigNum::from_slice(&modulus)?,
                BigNum::from_slice(&exponent)?,
            );
            Ok(PKey::from_rsa(Rsa::from_public_components(
                modulus, exponent,
            )?)?)
        }
        (None, None, Some(point)) => {
            // An octet string by the standard; some tokens give its content alone.
            let bare = match point.strip_prefix(&POINT_HEADER) {
                Some(bare) if bare.len() == POINT => bare,
                _ => &point,
            };
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
            let mut context = BigNumContext::new()?;
            let point = EcPoint::from_bytes(&group, bare, &mut context)?;
            Ok(PKey::from_ec_key(EcKey::from_public_key(&group, &point)?)?)
        }
        _neither => Err(HsmError::Unreadable),
    }
}

/// CKA_ID: the sixteen octets of the UUID.
fn octets(id: &str) -> Result<Vec<u8>, HsmError> {
    let id = Uuid::parse_str(id).map_err(|_no_uuid| HsmError::NoKey(id.to_owned()))?;
    Ok(id.into_bytes().to_vec())
}
