//! Signatures judged by others: samael's ServiceProvider, which also checks audience, recipient,
//! InResponseTo and times, and the xmlsec1 command. What was changed has to be refused.

use std::process::Command;

use chrono::{DateTime, Utc};
use vestibule::domain::connector::{NameIdFormat, SignatureAlgorithm, SignatureScope};
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::base64_text;
use vestibule::saml::demo_sp::{DemoSp, DemoSpError, VerifiedSignOn};
use vestibule::saml::idp_metadata::{self, IdpMetadataInput};
use vestibule::saml::response::{Signing, issue, issue_failure, preview};
use vestibule::saml::status::FailureStatus;

use crate::saml::fixtures::{
    ACS_URL, Fixture, IDP, REQUEST_ID, RESPONSE_ID, SCOPES, SLO_URL, SP, SSO_URL, TestKey, failure,
    frozen, key, make_key,
};
use crate::saml::tools::{file, run};

/// Every algorithm with every key that can do it.
const SUITES: [(SignatureAlgorithm, KeyAlgorithm); 6] = [
    (SignatureAlgorithm::RsaSha256, KeyAlgorithm::Rsa2048),
    (SignatureAlgorithm::RsaSha384, KeyAlgorithm::Rsa2048),
    (SignatureAlgorithm::RsaSha512, KeyAlgorithm::Rsa2048),
    (SignatureAlgorithm::RsaSha256, KeyAlgorithm::Rsa3072),
    (SignatureAlgorithm::RsaSha256, KeyAlgorithm::Rsa4096),
    (SignatureAlgorithm::EcdsaSha256, KeyAlgorithm::EcdsaP256),
];

#[expect(
    clippy::disallowed_methods,
    reason = "samael judges by its own clock, so what it is shown has to be of now"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A service provider that trusts our metadata with the keys of this run.
pub fn trusting_sp() -> DemoSp {
    let certificates: Vec<&str> = KeyAlgorithm::ALL
        .iter()
        .map(|algorithm| key(*algorithm).certificate.as_str())
        .collect();
    let metadata = idp_metadata::write(&IdpMetadataInput {
        entity_id: IDP,
        sso_url: SSO_URL,
        slo_url: SLO_URL,
        artifact_url: "https://idp.example/saml/artifact",
        ecp_url: "https://idp.example/saml/ecp",
        certificates: &certificates,
        name_id_formats: &NameIdFormat::ALL,
        valid_until: None,
        organisation: None,
        contact: None,
        id: None,
    })
    .unwrap()
    .unsigned();
    DemoSp::new(SP, ACS_URL, &metadata).unwrap()
}

fn verify(xml: &str) -> Result<VerifiedSignOn, DemoSpError> {
    trusting_sp().verify(&base64_text::encode(xml.as_bytes()), &[REQUEST_ID])
}

fn signed(
    fixture: &Fixture,
    suite: (SignatureAlgorithm, &TestKey),
    scope: SignatureScope,
) -> String {
    let signing = Signing {
        credential: &suite.1.credential,
        algorithm: suite.0,
        scope,
    };
    issue(RESPONSE_ID, &fixture.input(), signing, None)
        .unwrap()
        .xml
}

/// The xmlsec1 command on the signature that is the child of `parent`.
pub fn xmlsec1_accepts(xml: &str, parent: &str, certificate: &str) -> bool {
    let document = file(xml.as_bytes());
    let certificate = file(certificate.as_bytes());
    let signature = format!("//*[local-name()='{parent}']/*[local-name()='Signature']");
    let output = run(Command::new("xmlsec1")
        .args([
            "--verify",
            "--id-attr:ID",
            "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
        ])
        .args([
            "--id-attr:ID",
            "urn:oasis:names:tc:SAML:2.0:protocol:Response",
        ])
        .args(["--node-xpath", &signature])
        .arg("--trusted-pem")
        .arg(certificate.path())
        .arg(document.path()));
    output.status.success()
}

const fn signed_parents(scope: SignatureScope) -> &'static [&'static str] {
    match scope {
        SignatureScope::Assertion => &["Assertion"],
        SignatureScope::Response => &["Response"],
        SignatureScope::Both => &["Assertion", "Response"],
    }
}

#[test]
fn every_suite_and_scope_is_accepted_by_samael_and_by_xmlsec1() {
    let fixture = Fixture::usual(now());
    for (algorithm, key_algorithm) in SUITES {
        let key = key(key_algorithm);
        for scope in SCOPES {
            let xml = signed(&fixture, (algorithm, key), scope);
            let text = format!("{algorithm:?} {key_algorithm:?} {scope:?}");
            let verified = verify(&xml).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(verified.name_id, "jason@example.com");
            assert_eq!(verified.attributes.len(), 12);
            for parent in signed_parents(scope) {
                assert!(
                    xmlsec1_accepts(&xml, parent, &key.certificate),
                    "{text} {parent}"
                );
            }
        }
    }
}

#[test]
fn what_the_sign_on_says_arrives() {
    let fixture = Fixture::usual(now());
    let xml = fixture.issue(SignatureAlgorithm::RsaSha256, SignatureScope::Assertion);
    let verified = verify(&xml).unwrap();
    assert_eq!(verified.xml, xml);
    assert_eq!(verified.name_id_format, NameIdFormat::EmailAddress.uri());
    assert_eq!(verified.session_index, "_session0000000000000000000000000");
    assert!(verified.class_ref.ends_with(":PasswordProtectedTransport"));
    assert_eq!(
        verified.attributes[1],
        ("TeamName".to_owned(), vec!["team-b".to_owned()])
    );
}

#[test]
fn a_change_is_refused_whatever_is_signed() {
    let fixture = Fixture::usual(now());
    let key = key(KeyAlgorithm::Rsa2048);
    for scope in SCOPES {
        let xml = signed(&fixture, (SignatureAlgorithm::RsaSha256, key), scope);
        for (what, with) in [
            ("team-b", "team-c"),
            ("jason@example.com", "mark@example.com"),
            ("NameFormat", "Nameformat"),
            ("xs:string", "xs:strinG"),
        ] {
            let changed = xml.replacen(what, with, 1);
            assert_ne!(changed, xml);
            assert!(verify(&changed).is_err(), "{scope:?} {what}");
            for parent in signed_parents(scope) {
                assert!(
                    !xmlsec1_accepts(&changed, parent, &key.certificate),
                    "{scope:?} {what}"
                );
            }
        }
    }
}

#[test]
fn an_unsigned_response_and_one_of_another_key_are_refused() {
    let fixture = Fixture::usual(now());
    let shown = preview(RESPONSE_ID, &fixture.input()).unwrap().xml;
    assert!(verify(&shown).is_err());
    let stranger = make_key(KeyAlgorithm::Rsa2048);
    let xml = signed(
        &fixture,
        (SignatureAlgorithm::RsaSha256, &stranger),
        SignatureScope::Both,
    );
    assert!(verify(&xml).is_err());
}

#[test]
fn audience_recipient_request_and_times_are_what_the_service_provider_expects() {
    let good = Fixture::usual(now());
    let cases = [
        (
            "audience",
            Fixture {
                audience: "https://other.example".to_owned(),
                ..good.clone()
            },
        ),
        (
            "recipient",
            Fixture {
                acs_url: "https://other.example/acs".to_owned(),
                ..good.clone()
            },
        ),
        (
            "request",
            Fixture {
                in_response_to: Some("_other".to_owned()),
                ..good.clone()
            },
        ),
        (
            "unsolicited",
            Fixture {
                in_response_to: None,
                ..good.clone()
            },
        ),
        (
            "issuer",
            Fixture {
                issuer: "https://other.example".to_owned(),
                ..good.clone()
            },
        ),
        (
            "times",
            Fixture {
                issued_at: frozen() - chrono::Duration::days(3_650),
                ..good
            },
        ),
    ];
    for (name, fixture) in cases {
        for scope in SCOPES {
            let xml = fixture.issue(SignatureAlgorithm::RsaSha256, scope);
            assert!(verify(&xml).is_err(), "{name} {scope:?}");
        }
    }
}

#[test]
fn an_unsolicited_response_is_accepted_by_who_expects_none() {
    let fixture = Fixture {
        in_response_to: None,
        ..Fixture::usual(now())
    };
    let xml = fixture.issue(SignatureAlgorithm::RsaSha256, SignatureScope::Assertion);
    let verified = trusting_sp().verify(&base64_text::encode(xml.as_bytes()), &[]);
    assert_eq!(verified.unwrap().name_id, "jason@example.com");
}

#[test]
fn failures_are_signed_and_are_no_sign_on() {
    let key = key(KeyAlgorithm::EcdsaP256);
    let xml = issue_failure(
        &failure(FailureStatus::RequestDenied),
        &key.credential,
        SignatureAlgorithm::EcdsaSha256,
    )
    .unwrap();
    assert!(xmlsec1_accepts(&xml, "Response", &key.certificate));
    assert!(verify(&xml).is_err());
}

#[test]
fn an_algorithm_signs_with_keys_of_its_type_only() {
    let fixture = Fixture::usual(frozen());
    for (algorithm, key_algorithm) in [
        (SignatureAlgorithm::EcdsaSha256, KeyAlgorithm::Rsa2048),
        (SignatureAlgorithm::RsaSha256, KeyAlgorithm::EcdsaP256),
    ] {
        let signing = Signing {
            credential: &key(key_algorithm).credential,
            algorithm,
            scope: SignatureScope::Assertion,
        };
        assert!(issue(RESPONSE_ID, &fixture.input(), signing, None).is_err());
    }
}
