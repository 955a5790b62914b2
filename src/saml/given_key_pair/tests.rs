//! Which pairs are taken.

use openssl::ec::{EcGroup, EcKey};
use openssl::rsa::Rsa;
use openssl::symm::Cipher;

use super::*;
use crate::saml::credentials::{KeyPairRequest, generate};

fn at(year: i32) -> DateTime<Utc> {
    format!("{year}-06-01T00:00:00Z").parse().unwrap()
}

/// Private key and certificate of a new pair, valid from 2020 to 2030.
fn pair(algorithm: KeyAlgorithm) -> (String, String) {
    let made = generate(&KeyPairRequest {
        algorithm,
        common_name: "idp.example",
        serial: [5; 16],
        not_before: at(2020),
        not_after: at(2030),
    })
    .unwrap();
    let key = PKey::private_key_from_pkcs8(&made.private_key).unwrap();
    (pem(&key), made.certificate)
}

fn pem(key: &PKey<Private>) -> String {
    String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap()
}

fn check(key: &str, certificate: &str, year: i32, expected: GivenPairError) {
    assert_eq!(read(key, certificate, at(year)).unwrap_err(), expected);
}

#[test]
fn a_fit_pair_is_taken() {
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcdsaP256] {
        let (key, certificate) = pair(algorithm);
        let given = read(&key, &certificate, at(2026)).unwrap();
        assert_eq!((given.algorithm, given.not_after), (algorithm, at(2030)));
        assert_eq!(given.pair.certificate, certificate);
    }
}

#[test]
fn what_is_not_fit_is_refused() {
    let (key, certificate) = pair(KeyAlgorithm::Rsa2048);
    let (other, _) = pair(KeyAlgorithm::Rsa2048);
    check("nothing", &certificate, 2026, GivenPairError::PrivateKey);
    check(&certificate, &certificate, 2026, GivenPairError::PrivateKey);
    check(&key, &key, 2026, GivenPairError::Certificate);
    check(&other, &certificate, 2026, GivenPairError::Mismatch);
    check(&key, &certificate, 2030, GivenPairError::Expired);
    check(&key, &certificate, 2019, GivenPairError::NotYetValid);
    let small = PKey::from_rsa(Rsa::generate(1_024).unwrap()).unwrap();
    check(&pem(&small), &certificate, 2026, GivenPairError::Algorithm);
    let curve = EcGroup::from_curve_name(Nid::SECP384R1).unwrap();
    let curve = PKey::from_ec_key(EcKey::generate(&curve).unwrap()).unwrap();
    check(&pem(&curve), &certificate, 2026, GivenPairError::Algorithm);
}

/// Refused at once; asking a terminal for the passphrase would hold the process.
#[test]
fn an_encrypted_key_is_refused() {
    let (key, certificate) = pair(KeyAlgorithm::Rsa2048);
    let key = PKey::private_key_from_pem(key.as_bytes()).unwrap();
    let sealed = key
        .private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"secret")
        .unwrap();
    let sealed = String::from_utf8(sealed).unwrap();
    check(&sealed, &certificate, 2026, GivenPairError::PrivateKey);
}
