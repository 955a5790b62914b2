//! Encrypted assertions and NameIDs, decrypted by the xmlsec1 command with the service provider's
//! private key: what comes out is the signed assertion, and its signature still holds.

use std::process::Command;

use vestibule::domain::connector::{
    CertificateUse, SignatureAlgorithm, SignatureScope, SpCertificate,
};
use vestibule::domain::encryption::{EncryptionAlgorithm, EncryptionChoice, KeyTransport};
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::encryption::{Encryption, Recipient};
use vestibule::saml::response::{Signing, issue};

use crate::saml::fixtures::{Fixture, RESPONSE_ID, SCOPES, frozen, key};
use crate::saml::golden;
use crate::saml::schema::check_protocol;
use crate::saml::sp_pair::{SpPair, sp_pair};
use crate::saml::tools::{file, run, stdout_of, xpath_string};
use crate::saml::verification::xmlsec1_accepts;

fn registered(pem: &str, use_for: CertificateUse) -> SpCertificate {
    SpCertificate {
        pem: pem.to_owned(),
        use_for,
    }
}

fn encryption(choice: EncryptionChoice, certificate: &str) -> Encryption {
    let certificates = [registered(certificate, CertificateUse::Both)];
    Encryption {
        choice,
        recipient: Recipient::of(&certificates).unwrap(),
    }
}

fn encrypted(scope: SignatureScope, encryption: &Encryption) -> String {
    let signing = Signing {
        credential: &key(KeyAlgorithm::Rsa2048).credential,
        algorithm: SignatureAlgorithm::RsaSha256,
        scope,
    };
    let fixture = Fixture::usual(frozen());
    let issued = issue(RESPONSE_ID, &fixture.input(), signing, Some(encryption)).unwrap();
    issued.xml
}

/// The document with the EncryptedData below `parent` replaced by what it holds.
fn decrypted(xml: &str, parent: &str, pair: &SpPair) -> String {
    let document = file(xml.as_bytes());
    let place = format!("//*[local-name()='{parent}']/*[local-name()='EncryptedData']");
    let output = stdout_of(
        Command::new("xmlsec1")
            .args(["--decrypt", "--node-xpath", &place, "--privkey-pem"])
            .arg(pair.private_key.path())
            .arg(document.path()),
    );
    String::from_utf8(output).unwrap()
}

fn value(xml: &str, expression: &str) -> String {
    xpath_string(&file(xml.as_bytes()), expression)
}

/// What the document says in clear and must not.
fn check_secret(xml: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!xml.contains(secret), "{secret} in {xml}");
    }
}

#[test]
fn xmlsec1_decrypts_every_algorithm_and_the_signatures_inside_and_outside_hold() {
    let pair = sp_pair(KeyAlgorithm::Rsa2048);
    let idp = &key(KeyAlgorithm::Rsa2048).certificate;
    for algorithm in EncryptionAlgorithm::ALL {
        for scope in SCOPES {
            for name_id in [false, true] {
                let text = format!("{algorithm:?} {scope:?} {name_id}");
                let choice = EncryptionChoice {
                    assertions: true,
                    name_id,
                    algorithm,
                    ..EncryptionChoice::NONE
                };
                let xml = encrypted(scope, &encryption(choice, &pair.certificate));
                check_protocol(&xml);
                check_secret(&xml, &["jason@example.com", "team-b", "<saml:Assertion"]);
                if scope != SignatureScope::Assertion {
                    // The signature of the response covers the ciphertext.
                    assert!(xmlsec1_accepts(&xml, "Response", idp), "{text}");
                }
                let opened = decrypted(&xml, "EncryptedAssertion", &pair);
                assert_eq!(
                    value(&opened, "//*[@Name='TeamName']/*"),
                    "team-b",
                    "{text}"
                );
                if scope != SignatureScope::Response {
                    assert!(xmlsec1_accepts(&opened, "Assertion", idp), "{text}");
                }
                let opened = if name_id {
                    check_secret(&opened, &["jason@example.com"]);
                    decrypted(&opened, "EncryptedID", &pair)
                } else {
                    opened
                };
                let name = value(
                    &opened,
                    "//*[local-name()='Subject']//*[local-name()='NameID']",
                );
                assert_eq!(name, "jason@example.com", "{text}");
            }
        }
    }
}

/// A NameID may be secret where the rest is not (SAML Core 2.2.4).
#[test]
fn a_name_id_alone_can_be_encrypted() {
    let pair = sp_pair(KeyAlgorithm::Rsa2048);
    let choice = EncryptionChoice {
        name_id: true,
        ..EncryptionChoice::NONE
    };
    let xml = encrypted(SignatureScope::Both, &encryption(choice, &pair.certificate));
    check_protocol(&xml);
    check_secret(&xml, &["jason@example.com"]);
    let idp = &key(KeyAlgorithm::Rsa2048).certificate;
    for part in ["Assertion", "Response"] {
        assert!(xmlsec1_accepts(&xml, part, idp));
    }
    let opened = decrypted(&xml, "EncryptedID", &pair);
    assert_eq!(
        value(&opened, "//*[local-name()='NameID']/@Format"),
        "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    );
}

/// Five of eleven service providers cannot read a plain text that leans on namespaces declared
/// around the ciphertext: taken out, it has to be a document of its own.
#[test]
fn what_was_encrypted_stands_on_its_own() {
    let pair = sp_pair(KeyAlgorithm::Rsa2048);
    let choice = EncryptionChoice {
        assertions: true,
        ..EncryptionChoice::NONE
    };
    let xml = encrypted(SignatureScope::Both, &encryption(choice, &pair.certificate));
    let opened = decrypted(&xml, "EncryptedAssertion", &pair);
    let (_, rest) = opened.split_once("<saml:Assertion").unwrap();
    let (inner, _) = rest.split_once("</saml:Assertion>").unwrap();
    let alone = format!("<saml:Assertion{inner}</saml:Assertion>");
    let idp = &key(KeyAlgorithm::Rsa2048).certificate;
    assert!(xmlsec1_accepts(&alone, "Assertion", idp));
}

#[test]
fn another_key_opens_nothing_and_a_changed_ciphertext_is_seen() {
    let pair = sp_pair(KeyAlgorithm::Rsa2048);
    let stranger = sp_pair(KeyAlgorithm::Rsa2048);
    let choice = EncryptionChoice {
        assertions: true,
        ..EncryptionChoice::NONE
    };
    let xml = encrypted(
        SignatureScope::Assertion,
        &encryption(choice, &pair.certificate),
    );
    let (head, tail) = xml.rsplit_once("</xenc:CipherValue>").unwrap();
    let last = head.rfind(|c: char| c.is_ascii_alphanumeric()).unwrap() - 40;
    let other = if &head[last..=last] == "A" { "B" } else { "A" };
    let changed = format!(
        "{}{other}{}</xenc:CipherValue>{tail}",
        &head[..last],
        &head[last + 1..]
    );
    for (xml, pair) in [(&xml, &stranger), (&changed, &pair)] {
        let document = file(xml.as_bytes());
        let output = run(Command::new("xmlsec1")
            .args(["--decrypt", "--privkey-pem"])
            .arg(pair.private_key.path())
            .arg(document.path()));
        assert!(!output.status.success());
    }
}

/// Two elements of one response, and two responses, never share key or initialisation vector.
#[test]
fn every_ciphertext_is_another() {
    let pair = sp_pair(KeyAlgorithm::Rsa2048);
    let choice = EncryptionChoice {
        assertions: true,
        ..EncryptionChoice::NONE
    };
    let encryption = encryption(choice, &pair.certificate);
    let cipher_values = |xml: &str| -> Vec<String> {
        xml.split("<xenc:CipherValue>")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap()[..16].to_owned())
            .collect()
    };
    let one = cipher_values(&encrypted(SignatureScope::Response, &encryption));
    let two = cipher_values(&encrypted(SignatureScope::Response, &encryption));
    assert_eq!((one.len(), two.len()), (2, 2));
    assert!(one.iter().all(|value| !two.contains(value)));
}

/// KEYS-FROM-STORE, the other way round: only an RSA certificate that is registered for encryption.
#[test]
fn whom_a_ciphertext_is_for() {
    let (one, two) = (
        sp_pair(KeyAlgorithm::Rsa2048),
        sp_pair(KeyAlgorithm::Rsa2048),
    );
    let curve = sp_pair(KeyAlgorithm::EcdsaP256);
    let none: &[SpCertificate] = &[];
    assert!(Recipient::of(none).is_none());
    for use_for in [CertificateUse::Both, CertificateUse::Encryption] {
        assert!(Recipient::of(&[registered(&curve.certificate, use_for)]).is_none());
        assert!(Recipient::of(&[registered(&one.certificate, use_for)]).is_some());
    }
    assert!(Recipient::of(&[registered(&one.certificate, CertificateUse::Signing)]).is_none());

    // One that is for encryption alone goes before one that is for both; signing is passed over.
    let choice = EncryptionChoice {
        assertions: true,
        ..EncryptionChoice::NONE
    };
    let certificates = [
        registered(
            &key(KeyAlgorithm::Rsa2048).certificate,
            CertificateUse::Signing,
        ),
        registered(&one.certificate, CertificateUse::Both),
        registered(&two.certificate, CertificateUse::Encryption),
    ];
    let recipient = Recipient::of(&certificates).unwrap();
    let xml = encrypted(SignatureScope::Response, &Encryption { choice, recipient });
    assert!(decrypted(&xml, "EncryptedAssertion", &two).contains("<saml:Assertion"));
}

#[test]
fn the_structure_is_the_golden_one() {
    let pair = sp_pair(KeyAlgorithm::Rsa2048);
    let usual = EncryptionChoice {
        assertions: true,
        ..EncryptionChoice::NONE
    };
    let xml = encrypted(SignatureScope::Both, &encryption(usual, &pair.certificate));
    golden::check("response-encrypted", &xml);
    let name_id = EncryptionChoice {
        name_id: true,
        key_transport: KeyTransport::RsaOaepSha256,
        ..EncryptionChoice::NONE
    };
    let xml = encrypted(
        SignatureScope::Assertion,
        &encryption(name_id, &pair.certificate),
    );
    check_protocol(&xml);
    golden::check("response-encrypted-name-id", &xml);
}
