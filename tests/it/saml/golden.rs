//! Whole documents against `tests/golden`. Times and ids are frozen; certificate, digest and
//! signature value are those of a key of this run and stand as placeholders. A line per tag, for
//! the reader; the exact bytes are judged in `canonical` and `verification`.

use chrono::Duration;
use vestibule::domain::connector::{NameIdFormat, SignatureAlgorithm, SignatureScope};
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::idp_metadata::{self, IdpMetadataInput, OrganisationInput};
use vestibule::saml::logout_writer::{
    LogoutRequestInput, LogoutResponseInput, LogoutStatus, write_request, write_response,
};
use vestibule::saml::name_id::NameId;
use vestibule::saml::response::{issue_failure, preview};
use vestibule::saml::status::FailureStatus;

use crate::saml::fixtures::{
    Fixture, IDP, RESPONSE_ID, SLO_URL, SP, SSO_URL, at, failure, frozen, key,
};

pub fn check(name: &str, xml: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, redacted(xml)));
}

fn redacted(xml: &str) -> String {
    let mut text = xml.to_owned();
    for element in [
        "ds:DigestValue",
        "ds:SignatureValue",
        "ds:X509Certificate",
        "xenc:CipherValue",
    ] {
        let (start, end) = (format!("<{element}>"), format!("</{element}>"));
        let parts: Vec<&str> = text.split(&start).collect();
        let kept: Vec<String> = parts
            .iter()
            .enumerate()
            .map(|(place, part)| match (place, part.split_once(&end)) {
                (0, _) | (_, None) => (*part).to_owned(),
                (_, Some((_, rest))) => format!("[varies]{end}{rest}"),
            })
            .collect();
        text = kept.join(&start);
    }
    text.replace("><", ">\n<")
}

#[test]
fn a_response_with_a_signed_assertion() {
    let fixture = Fixture::usual(frozen());
    let xml = fixture.issue(SignatureAlgorithm::RsaSha256, SignatureScope::Assertion);
    check("response-assertion-signed", &xml);
}

#[test]
fn a_response_signed_twice_by_ecdsa_without_attributes_and_unsolicited() {
    let fixture = Fixture {
        in_response_to: None,
        attributes: Vec::new(),
        name_id: NameId::persistent("p-4711", IDP, SP).unwrap(),
        ..Fixture::usual(frozen())
    };
    let xml = fixture.issue(SignatureAlgorithm::EcdsaSha256, SignatureScope::Both);
    check("response-both-signed", &xml);
}

#[test]
fn a_failure_response() {
    let xml = issue_failure(
        &failure(FailureStatus::NoPassive),
        &key(KeyAlgorithm::Rsa2048).credential,
        SignatureAlgorithm::RsaSha512,
    )
    .unwrap();
    check("response-failure", &xml);
}

/// SAML Core 3.7.1, 3.7.2: the order of the schema, NameID before SessionIndex.
#[test]
fn both_messages_of_a_logout() {
    let request = write_request(&LogoutRequestInput {
        id: "_request",
        issuer: IDP,
        destination: "https://sp.example/slo?a=1&b=2",
        issued_at: frozen(),
        not_on_or_after: frozen() + Duration::minutes(5),
        name_id: &NameId::persistent("p-4711", IDP, SP).unwrap(),
        session_indexes: &["_a".to_owned(), "_b".to_owned()],
    });
    let response = write_response(&LogoutResponseInput {
        id: "_response",
        issuer: IDP,
        destination: "https://sp.example/slo/done",
        in_response_to: "_question",
        issued_at: frozen(),
        status: LogoutStatus::PartialLogout,
    });
    let algorithm = SignatureAlgorithm::RsaSha256;
    for (name, message) in [("logout-request", request), ("logout-response", response)] {
        let credential = &key(KeyAlgorithm::Rsa2048).credential;
        check(
            name,
            &message.unwrap().signed(credential, algorithm).unwrap(),
        );
    }
}

#[test]
fn a_preview_carries_no_signature() {
    let fixture = Fixture::usual(frozen());
    let shown = preview(RESPONSE_ID, &fixture.input()).unwrap();
    assert!(!shown.xml.contains("Signature"));
    let (_, assertion) = shown.xml.split_once("</samlp:Status>").unwrap();
    let assertion = assertion.strip_suffix("</samlp:Response>").unwrap();
    assert_eq!(shown.assertion_chars, assertion.chars().count());
    check("response-preview", &shown.xml);
}

#[test]
fn our_metadata_with_two_keys() {
    let certificates = [
        key(KeyAlgorithm::Rsa2048).certificate.as_str(),
        key(KeyAlgorithm::EcdsaP256).certificate.as_str(),
    ];
    let xml = idp_metadata::write(&IdpMetadataInput {
        entity_id: IDP,
        sso_url: SSO_URL,
        slo_url: SLO_URL,
        artifact_url: "https://idp.example/saml/artifact",
        ecp_url: "https://idp.example/saml/ecp",
        certificates: &certificates,
        name_id_formats: &NameIdFormat::ALL,
        valid_until: Some(at("2026-11-08T12:00:00Z")),
        organisation: Some(OrganisationInput {
            name: "R&D",
            url: "https://idp.example.com",
        }),
        contact: Some("help@idp.example.com"),
        id: Some("_metadata"),
    })
    .unwrap();
    check("idp-metadata", &xml.unsigned());
}
