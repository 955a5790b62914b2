//! Every kind of document that we emit, against the schemas of OASIS and W3C, without a network.

use std::path::Path;
use std::process::Command;

use vestibule::domain::connector::{NameIdFormat, SignatureAlgorithm};
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::idp_metadata::{self, IdpMetadataInput, OrganisationInput};
use vestibule::saml::logout_writer::{
    LogoutRequestInput, LogoutResponseInput, LogoutStatus, write_request, write_response,
};
use vestibule::saml::name_id::NameId;
use vestibule::saml::response::{issue_failure, preview};
use vestibule::saml::signature::Signable;
use vestibule::saml::status::FailureStatus;

use crate::saml::fixtures::{
    Fixture, IDP, RESPONSE_ID, SCOPES, SLO_URL, SP, SSO_URL, at, failure, frozen, key, key_for,
};
use crate::saml::tools::{file, run};

const PROTOCOL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/golden/protocol-and-encryption.xsd"
);
const METADATA: &str = "/usr/share/xml/opensaml/saml-schema-metadata-2.0.xsd";
/// Maps the addresses inside the schemas to the files of the packages.
const CATALOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/xml-catalog.xml");

fn errors(schema: &str, xml: &str) -> Option<String> {
    assert!(
        Path::new(schema).exists(),
        "{schema} is missing; run scripts/setup --tests"
    );
    let document = file(xml.as_bytes());
    let output = run(Command::new("xmllint")
        .env("XML_CATALOG_FILES", CATALOG)
        .args(["--nonet", "--noout", "--schema", schema])
        .arg(document.path()));
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

fn check(schema: &str, xml: &str) {
    assert_eq!(errors(schema, xml), None, "{xml}");
}

/// A protocol message against its schema.
pub fn check_protocol(xml: &str) {
    check(PROTOCOL, xml);
}

#[test]
fn responses_are_valid() {
    let usual = Fixture::usual(frozen());
    let bare = Fixture {
        in_response_to: None,
        attributes: Vec::new(),
        name_id: NameId::transient("t-4711").unwrap(),
        ..usual.clone()
    };
    let persistent = Fixture {
        name_id: NameId::persistent("p-4711", IDP, SP).unwrap(),
        ..usual.clone()
    };
    for fixture in [usual, bare, persistent] {
        check(
            PROTOCOL,
            &preview(RESPONSE_ID, &fixture.input()).unwrap().xml,
        );
        for scope in SCOPES {
            check(
                PROTOCOL,
                &fixture.issue(SignatureAlgorithm::RsaSha256, scope),
            );
            check(
                PROTOCOL,
                &fixture.issue(SignatureAlgorithm::EcdsaSha256, scope),
            );
        }
    }
}

#[test]
fn failures_are_valid() {
    for status in [
        FailureStatus::InvalidNameIdPolicy,
        FailureStatus::NoAuthnContext,
        FailureStatus::NoPassive,
        FailureStatus::RequestDenied,
        FailureStatus::RequestUnsupported,
        FailureStatus::UnknownPrincipal,
        FailureStatus::UnsupportedBinding,
    ] {
        let xml = issue_failure(
            &failure(status),
            &key(KeyAlgorithm::Rsa2048).credential,
            SignatureAlgorithm::RsaSha256,
        );
        check(PROTOCOL, &xml.unwrap());
    }
}

#[test]
fn our_metadata_is_valid() {
    let certificates = [
        key(KeyAlgorithm::Rsa2048).certificate.as_str(),
        key(KeyAlgorithm::EcdsaP256).certificate.as_str(),
    ];
    for valid_until in [None, Some(at("2026-11-08T12:00:00Z"))] {
        let xml = idp_metadata::write(&IdpMetadataInput {
            entity_id: IDP,
            sso_url: SSO_URL,
            slo_url: SLO_URL,
            artifact_url: "https://idp.example/saml/artifact",
            ecp_url: "https://idp.example/saml/ecp",
            certificates: &certificates,
            name_id_formats: &NameIdFormat::ALL,
            valid_until,
            organisation: valid_until.map(|_| OrganisationInput {
                name: "R&D <Söhne>",
                url: "https://idp.example",
            }),
            contact: valid_until.map(|_| "help@idp.example"),
            id: Some("_1"),
        });
        let document = xml.unwrap();
        check(METADATA, &document.unsigned());
        let key = key(KeyAlgorithm::Rsa2048);
        let algorithm = SignatureAlgorithm::RsaSha256;
        let signed = document.signed(&key.credential, algorithm).unwrap();
        check(METADATA, &signed);
    }
}

/// SAML Core 3.7.1, 3.7.2: both messages of a logout, with every status that is ever sent.
#[test]
fn logout_messages_are_valid() {
    let check_signed = |message: Signable| {
        check(PROTOCOL, &message.unsigned());
        for algorithm in [
            SignatureAlgorithm::RsaSha512,
            SignatureAlgorithm::EcdsaSha256,
        ] {
            let xml = message.signed(&key_for(algorithm).credential, algorithm);
            check(PROTOCOL, &xml.unwrap());
        }
    };
    let indexes = ["_a".to_owned(), "_b".to_owned()];
    for name_id in [
        NameId::persistent("p-4711", IDP, SP).unwrap(),
        NameId::transient("t-4711").unwrap(),
    ] {
        let request = LogoutRequestInput {
            id: "_request",
            issuer: IDP,
            destination: "https://sp.example/slo?a=1&b=2",
            issued_at: frozen(),
            not_on_or_after: frozen(),
            name_id: &name_id,
            session_indexes: &indexes,
        };
        check_signed(write_request(&request).unwrap());
    }
    for status in [
        LogoutStatus::Success,
        LogoutStatus::PartialLogout,
        LogoutStatus::UnknownPrincipal,
        LogoutStatus::UnsupportedPrincipal,
        LogoutStatus::NoSessionIndex,
    ] {
        let response = LogoutResponseInput {
            id: "_response",
            issuer: IDP,
            destination: "https://sp.example/slo",
            in_response_to: "_question",
            issued_at: frozen(),
            status,
        };
        check_signed(write_response(&response).unwrap());
    }
}

/// The judge itself is judged: it has to see what the schema forbids.
#[test]
fn an_empty_attribute_statement_would_be_seen() {
    let fixture = Fixture::usual(frozen());
    let xml = preview(RESPONSE_ID, &fixture.input()).unwrap().xml;
    let (head, rest) = xml.split_once("<saml:Attribute ").unwrap();
    let (_, tail) = rest.split_once("</saml:AttributeStatement>").unwrap();
    let empty = format!("{head}</saml:AttributeStatement>{tail}");
    assert!(errors(PROTOCOL, &empty).is_some());
}
