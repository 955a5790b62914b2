//! Key pairs as they are made and loaded.

use super::*;

use crate::saml::instant;

fn request(algorithm: KeyAlgorithm) -> KeyPairRequest<'static> {
    KeyPairRequest {
        algorithm,
        common_name: "idp.example",
        serial: [0xFF; 16],
        not_before: instant::parse("2026-11-01T00:00:00Z").unwrap(),
        not_after: instant::parse("2036-11-01T00:00:00Z").unwrap(),
    }
}

#[test]
fn a_key_pair_is_made_loaded_and_signs_with_its_type() {
    for (algorithm, bits) in [
        (KeyAlgorithm::Rsa2048, 2_048),
        (KeyAlgorithm::EcdsaP256, 256),
    ] {
        let pair = generate(&request(algorithm)).unwrap();
        let credential = SigningCredential::load(&pair.private_key, &pair.certificate).unwrap();
        let certificate = X509::from_pem(pair.certificate.as_bytes()).unwrap();
        assert_eq!(certificate.public_key().unwrap().bits(), bits);
        for (signature, is_rsa) in [
            (SignatureAlgorithm::RsaSha256, true),
            (SignatureAlgorithm::RsaSha384, true),
            (SignatureAlgorithm::RsaSha512, true),
            (SignatureAlgorithm::EcdsaSha256, false),
        ] {
            assert_eq!(credential.can_sign(signature), algorithm.is_rsa() == is_rsa);
        }
        assert_eq!(
            certificate_base64(&pair.certificate).unwrap(),
            credential.certificate_base64()
        );
    }
}

#[test]
fn the_certificate_says_what_was_asked() {
    let pair = generate(&request(KeyAlgorithm::EcdsaP256)).unwrap();
    let certificate = X509::from_pem(pair.certificate.as_bytes()).unwrap();
    let text = String::from_utf8(certificate.to_text().unwrap()).unwrap();
    for expected in [
        "Version: 3",
        "ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff",
        "idp.example",
        "Not Before: Nov  1 00:00:00 2026 GMT",
        "Not After : Nov  1 00:00:00 2036 GMT",
        "CA:FALSE",
        "Digital Signature",
        "Subject Key Identifier",
        "ecdsa-with-SHA256",
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

#[test]
fn halves_that_do_not_belong_together_are_refused() {
    let one = generate(&request(KeyAlgorithm::EcdsaP256)).unwrap();
    let other = generate(&request(KeyAlgorithm::EcdsaP256)).unwrap();
    assert!(matches!(
        SigningCredential::load(&one.private_key, &other.certificate),
        Err(CredentialError::Mismatch)
    ));
    assert!(matches!(
        SigningCredential::load(b"no key", &one.certificate),
        Err(CredentialError::OpenSsl(_))
    ));
    let mut long = request(KeyAlgorithm::EcdsaP256);
    let name = "x".repeat(65);
    long.common_name = &name;
    assert!(matches!(generate(&long), Err(CredentialError::OpenSsl(_))));
}
