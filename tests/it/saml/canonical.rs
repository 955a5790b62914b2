//! What is sent is what canonicalization would make of it, byte for byte: libxml2 is the judge.

use std::process::Command;

use vestibule::domain::connector::SignatureAlgorithm;
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::name_id::NameId;
use vestibule::saml::response::issue_failure;
use vestibule::saml::status::FailureStatus;

use crate::saml::fixtures::{Fixture, IDP, SCOPES, SP, failure, frozen, key};
use crate::saml::hostile_values::hostile_fixture;
use crate::saml::tools::{file, stdout_of};

fn check(xml: &str) {
    let document = file(xml.as_bytes());
    let canonical = stdout_of(
        Command::new("xmllint")
            .args(["--nonet", "--c14n"])
            .arg(document.path()),
    );
    assert_eq!(String::from_utf8(canonical).unwrap(), xml);
}

#[test]
fn every_response_is_canonical_as_it_is_written() {
    let persistent = Fixture {
        in_response_to: None,
        name_id: NameId::persistent("p-4711", IDP, SP).unwrap(),
        ..Fixture::usual(frozen())
    };
    for scope in SCOPES {
        for fixture in [
            &Fixture::usual(frozen()),
            &persistent,
            &hostile_fixture(frozen()),
        ] {
            check(&fixture.issue(SignatureAlgorithm::RsaSha256, scope));
            check(&fixture.issue(SignatureAlgorithm::EcdsaSha256, scope));
        }
    }
    let refusal = issue_failure(
        &failure(FailureStatus::InvalidNameIdPolicy),
        &key(KeyAlgorithm::Rsa2048).credential,
        SignatureAlgorithm::RsaSha256,
    );
    check(&refusal.unwrap());
}
