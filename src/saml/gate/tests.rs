//! Requirement SHAPE-FIRST: the attacks by name.

use super::*;
use crate::saml::xml_reader::XmlError;

const GOOD: &str = r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" IssueInstant="2026-11-01T12:00:00Z"><saml:Issuer>https://sp.example</saml:Issuer></samlp:AuthnRequest>"#;

fn check(name: &str, xml: &str, expected: Result<(), GateError>) {
    let outcome = admit(xml.as_bytes(), ExpectedMessage::AuthnRequest).map(|_| ());
    assert_eq!(outcome, expected, "{name}");
}

fn after_issuer(inserted: &str) -> String {
    GOOD.replace("</saml:Issuer>", &format!("</saml:Issuer>{inserted}"))
}

#[test]
fn shape_first_admits_a_plain_request() {
    check("plain", GOOD, Ok(()));
    let other_prefix = GOOD
        .replace("samlp:", "p:")
        .replace("xmlns:samlp", "xmlns:p");
    check("any prefix", &other_prefix, Ok(()));
}

#[test]
fn shape_first_wants_the_right_root_and_version() {
    let logout = GOOD.replace("AuthnRequest", "LogoutRequest");
    check("another message", &logout, Err(GateError::WrongRoot));
    let namespace = GOOD.replace("SAML:2.0:protocol", "SAML:1.0:protocol");
    check("another namespace", &namespace, Err(GateError::WrongRoot));
    check(
        "no namespace",
        "<AuthnRequest ID='_1' Version='2.0'/>",
        Err(GateError::WrongRoot),
    );
    let wrapped = format!("<w>{GOOD}</w>");
    check(
        "inside another element",
        &wrapped,
        Err(GateError::WrongRoot),
    );
    let version = GOOD.replace("\"2.0\"", "\"1.1\"");
    check("another version", &version, Err(GateError::WrongVersion));
    let version = GOOD.replace(" Version=\"2.0\"", "");
    check("no version", &version, Err(GateError::WrongVersion));
}

#[test]
fn shape_first_wants_ids_that_are_names_and_unique() {
    for bad in ["", "1a", "a b", "a:b", "#a", "<"] {
        let xml = GOOD.replace("ID=\"_1\"", &format!("ID=\"{}\"", bad.replace('<', "&lt;")));
        check(bad, &xml, Err(GateError::BadId));
    }
    let missing = GOOD.replace(" ID=\"_1\"", "");
    check("no ID", &missing, Err(GateError::BadId));
    let long = GOOD.replace("_1", &"a".repeat(257));
    check("too long", &long, Err(GateError::BadId));
    for twin in ["ID", "Id", "xml:id"] {
        let xml = after_issuer(&format!("<samlp:Extensions {twin}=\"_1\"/>"));
        check(twin, &xml, Err(GateError::DuplicateId));
    }
    let bad_inner = after_issuer("<samlp:Extensions ID=\"1\"/>");
    check("inner ID", &bad_inner, Err(GateError::BadId));
}

#[test]
fn shape_first_passes_on_what_xml_forbids() {
    let doctype = format!("<!DOCTYPE x>{GOOD}");
    check("doctype", &doctype, Err(GateError::Xml(XmlError::Doctype)));
    let garbage = format!("{GOOD}<t>");
    check(
        "trailing tag",
        &garbage,
        Err(GateError::Xml(XmlError::SecondRoot)),
    );
    let open = GOOD.replace("</samlp:AuthnRequest>", "");
    check(
        "missing end",
        &open,
        Err(GateError::Xml(XmlError::Unbalanced)),
    );
}
