//! Requirements RAW-QUERY and KEYS-FROM-STORE: signatures beside a message.

use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;

use super::*;
use crate::domain::connector::CertificateUse;
use crate::domain::signing_key::KeyAlgorithm;
use crate::saml::certificate_facts;
use crate::saml::credentials::{KeyPairRequest, generate};
use crate::saml::instant;

const SIGNED: &[u8] = b"SAMLRequest=a%2bb&RelayState=%20~&SigAlg=x";

struct Sender {
    key: PKey<Private>,
    certificate: SpCertificate,
}

fn sender(algorithm: KeyAlgorithm, use_for: CertificateUse) -> Sender {
    let pair = generate(&KeyPairRequest {
        algorithm,
        common_name: "sp.example",
        serial: [7; 16],
        not_before: instant::parse("2020-01-01T00:00:00Z").unwrap(),
        // Long over: a certificate only carries a registered key.
        not_after: instant::parse("2021-01-01T00:00:00Z").unwrap(),
    })
    .unwrap();
    Sender {
        key: PKey::private_key_from_pkcs8(&pair.private_key).unwrap(),
        certificate: SpCertificate {
            pem: pair.certificate,
            use_for,
        },
    }
}

fn sign(sender: &Sender, digest: MessageDigest, algorithm: &str) -> DetachedSignature {
    let mut signer = Signer::new(digest, &sender.key).unwrap();
    let mut value = signer.sign_oneshot_to_vec(SIGNED).unwrap();
    if sender.key.id() == openssl::pkey::Id::EC {
        let pair = EcdsaSig::from_der(&value).unwrap();
        value = pair.r().to_vec_padded(32).unwrap();
        value.extend(pair.s().to_vec_padded(32).unwrap());
    }
    DetachedSignature {
        algorithm: algorithm.to_owned(),
        value,
        signed: SIGNED.to_vec(),
    }
}

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

fn fingerprint_of(sender: &Sender) -> String {
    let facts = certificate_facts::read(&sender.certificate.pem).unwrap();
    facts.fingerprint
}

#[test]
fn keys_from_store_takes_rsa_and_ecdsa_with_sha_256_and_up_and_nothing_else() {
    let rsa = sender(KeyAlgorithm::Rsa2048, CertificateUse::Both);
    let ec = sender(KeyAlgorithm::EcdsaP256, CertificateUse::Signing);
    let certificates = [rsa.certificate.clone(), ec.certificate.clone()];
    let hashes = [
        ("sha256", MessageDigest::sha256()),
        ("sha384", MessageDigest::sha384()),
        ("sha512", MessageDigest::sha512()),
    ];
    for (name, digest) in hashes {
        for (sender, kind) in [(&rsa, "rsa"), (&ec, "ecdsa")] {
            let algorithm = format!("http://www.w3.org/2001/04/xmldsig-more#{kind}-{name}");
            let signature = sign(sender, digest, &algorithm);
            let by = VerifiedBy {
                fingerprint: fingerprint_of(sender),
                algorithm: algorithm.clone(),
            };
            assert_eq!(signature.verify(&certificates), Ok(by), "{algorithm}");
        }
    }
    for refused in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
        "",
    ] {
        let signature = sign(&rsa, MessageDigest::sha256(), refused);
        assert_eq!(
            signature.verify(&certificates),
            Err(SignatureFault::Algorithm),
            "{refused}"
        );
    }
}

#[test]
fn keys_from_store_asks_every_registered_signing_key_and_no_other() {
    let old = sender(KeyAlgorithm::Rsa2048, CertificateUse::Signing);
    let new = sender(KeyAlgorithm::Rsa2048, CertificateUse::Both);
    let stranger = sender(KeyAlgorithm::Rsa2048, CertificateUse::Both);
    let ec = sender(KeyAlgorithm::EcdsaP256, CertificateUse::Both);
    let encryption = SpCertificate {
        use_for: CertificateUse::Encryption,
        ..new.certificate.clone()
    };
    let signature = sign(&new, MessageDigest::sha256(), RSA_SHA256);
    let check = |certificates: &[&SpCertificate], expected| {
        let certificates: Vec<SpCertificate> =
            certificates.iter().map(|one| (*one).clone()).collect();
        let by_the_new_one = |by: VerifiedBy| assert_eq!(by.fingerprint, fingerprint_of(&new));
        assert_eq!(
            signature.verify(&certificates).map(by_the_new_one),
            expected
        );
    };
    check(&[&old.certificate, &new.certificate], Ok(()));
    check(&[&stranger.certificate], Err(SignatureFault::Invalid));
    check(&[&encryption], Err(SignatureFault::NoKeys));
    check(&[&ec.certificate], Err(SignatureFault::NoKeys));
    check(&[], Err(SignatureFault::NoKeys));
}

#[test]
fn raw_query_refuses_whatever_was_not_signed() {
    let rsa = sender(KeyAlgorithm::Rsa2048, CertificateUse::Both);
    let ec = sender(KeyAlgorithm::EcdsaP256, CertificateUse::Both);
    let certificates = [rsa.certificate.clone(), ec.certificate.clone()];
    let good = sign(&rsa, MessageDigest::sha256(), RSA_SHA256);
    let mut changed = good.clone();
    changed.signed.push(b'x');
    assert_eq!(changed.verify(&certificates), Err(SignatureFault::Invalid));
    let other_hash = DetachedSignature {
        algorithm: RSA_SHA256.replace("256", "512"),
        ..good.clone()
    };
    assert_eq!(
        other_hash.verify(&certificates),
        Err(SignatureFault::Invalid)
    );
    // The same octets claimed to be of the other key type.
    let confused = DetachedSignature {
        algorithm: RSA_SHA256.replace("rsa", "ecdsa"),
        ..good
    };
    assert_eq!(confused.verify(&certificates), Err(SignatureFault::Invalid));
    let ecdsa = sign(
        &ec,
        MessageDigest::sha256(),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    );
    for value in [vec![], vec![0; 64], vec![0; 63], vec![1; 4096]] {
        let forged = DetachedSignature {
            value,
            ..ecdsa.clone()
        };
        assert_eq!(forged.verify(&certificates), Err(SignatureFault::Invalid));
    }
}
