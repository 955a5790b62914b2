//! Requirement ONE-PARSE: what the one reader understands.

use super::*;
use crate::saml::gate::{ExpectedMessage, Shape, admit};
use crate::saml::instant;

fn request(attributes: &str, children: &str) -> String {
    format!(
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" {attributes}>{children}</samlp:AuthnRequest>"#
    )
}

/// What the reader makes of a request without a signature.
fn read_unsigned(xml: &[u8]) -> Result<AuthnRequest, MessageError> {
    match admit(xml, ExpectedMessage::AuthnRequest)? {
        Shape::Open(message) => read(&message),
        Shape::Sealed(sealed) => panic!("{sealed:?}"),
    }
}

const INSTANT: &str = r#"IssueInstant="2026-11-01T12:00:00Z""#;
const ISSUER: &str = "<saml:Issuer>https://sp.example</saml:Issuer>";

fn read_with(attributes: &str, children: &str) -> Result<AuthnRequest, MessageError> {
    let xml = request(
        &format!("{INSTANT} {attributes}"),
        &format!("{ISSUER}{children}"),
    );
    read_unsigned(xml.as_bytes())
}

#[test]
fn a_bare_request_asks_for_nothing() {
    let read = read_with("", "").unwrap();
    assert_eq!(
        read,
        AuthnRequest {
            id: "_1".to_owned(),
            issuer: "https://sp.example".to_owned(),
            issue_instant: instant::parse("2026-11-01T12:00:00Z").unwrap(),
            destination: None,
            acs_url: None,
            acs_index: None,
            protocol_binding: None,
            force_authn: false,
            is_passive: false,
            name_id_policy: None,
            requested_authn_context: None,
            subject: None,
        }
    );
}

#[test]
fn everything_a_request_can_ask_is_read() {
    let read = read_with(
        r#"Destination="https://idp.example/saml/sso" AssertionConsumerServiceURL="https://sp.example/acs"
           ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" ForceAuthn="1" IsPassive="true"
           Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified" ProviderName="SP" AttributeConsumingServiceIndex="3""#,
        r#"<samlp:Extensions><x xmlns="urn:x"/></samlp:Extensions>
           <saml:Subject><saml:NameID Format="urn:f" NameQualifier="urn:idp" SPNameQualifier="urn:sp">ann</saml:NameID></saml:Subject>
           <samlp:NameIDPolicy Format="urn:f" AllowCreate="0" SPNameQualifier="https://sp.example"/>
           <saml:Conditions NotBefore="2026-11-01T12:00:00Z"/>
           <samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef> urn:c </saml:AuthnContextClassRef><saml:AuthnContextClassRef>urn:d</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>
           <samlp:Scoping ProxyCount="2"/>"#,
    )
    .unwrap();
    assert_eq!(
        read.destination.as_deref(),
        Some("https://idp.example/saml/sso")
    );
    assert_eq!(read.acs_url.as_deref(), Some("https://sp.example/acs"));
    assert!(read.force_authn && read.is_passive);
    assert_eq!(
        read.name_id_policy,
        Some(NameIdPolicy {
            format: Some("urn:f".to_owned()),
            allow_create: Some(false),
            sp_name_qualifier: Some("https://sp.example".to_owned()),
        })
    );
    assert_eq!(
        read.requested_authn_context,
        Some(RequestedAuthnContext {
            comparison: Comparison::Minimum,
            class_refs: vec!["urn:c".to_owned(), "urn:d".to_owned()],
        })
    );
    assert_eq!(
        read.subject,
        Some(RequestedSubject::NameId {
            value: "ann".to_owned(),
            format: Some("urn:f".to_owned()),
            name_qualifier: Some("urn:idp".to_owned()),
            sp_name_qualifier: Some("urn:sp".to_owned()),
        })
    );
}

#[test]
fn the_issuer_is_plain_trimmed_text() {
    for (issuer, expected) in [
        (
            "<saml:Issuer>\n  https://sp.example\t</saml:Issuer>",
            Some("https://sp.example"),
        ),
        (
            r#"<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">a</saml:Issuer>"#,
            Some("a"),
        ),
        (
            r#"<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">a</saml:Issuer>"#,
            None,
        ),
        (
            "<saml:Issuer>https://evil.example<!-- -->.sp.example</saml:Issuer>",
            None,
        ),
        (
            "<saml:Issuer><![CDATA[https://sp.example]]></saml:Issuer>",
            None,
        ),
        ("<saml:Issuer><b>https://sp.example</b></saml:Issuer>", None),
        ("<saml:Issuer>  </saml:Issuer>", None),
        ("<Issuer>https://sp.example</Issuer>", None),
        ("", None),
    ] {
        let read = read_unsigned(request(INSTANT, issuer).as_bytes());
        match expected {
            Some(expected) => assert_eq!(read.unwrap().issuer, expected, "{issuer}"),
            None => assert_eq!(read, Err(MessageError::Issuer), "{issuer}"),
        }
    }
    let long = format!("<saml:Issuer>{}</saml:Issuer>", "a".repeat(1_025));
    assert_eq!(
        read_unsigned(request(INSTANT, &long).as_bytes()),
        Err(MessageError::Issuer)
    );
}

#[test]
fn the_issue_instant_is_read_with_and_without_fraction_and_zone() {
    for (text, expected) in [
        ("2026-11-01T12:00:00Z", Some("2026-11-01T12:00:00Z")),
        ("2026-11-01T12:00:00.123456Z", Some("2026-11-01T12:00:00Z")),
        ("2026-11-01T14:00:00+02:00", Some("2026-11-01T12:00:00Z")),
        ("2026-11-01T12:00:00", Some("2026-11-01T12:00:00Z")),
        ("2026-11-01T12:00:00.5", Some("2026-11-01T12:00:00Z")),
        ("2026-11-01", None),
        ("yesterday", None),
        ("", None),
    ] {
        let xml = request(&format!("IssueInstant=\"{text}\""), ISSUER);
        let read = read_unsigned(xml.as_bytes()).map(|read| instant::format(read.issue_instant));
        let expected = expected
            .map(str::to_owned)
            .ok_or(MessageError::IssueInstant);
        assert_eq!(read, expected, "{text}");
    }
}

#[test]
fn malformed_wishes_are_refused() {
    use MessageError as E;
    for (attributes, children, expected) in [
        ("ForceAuthn=\"yes\"", "", E::Boolean("ForceAuthn")),
        ("IsPassive=\"\"", "", E::Boolean("IsPassive")),
        ("AssertionConsumerServiceIndex=\"65536\"", "", E::AcsIndex),
        ("AssertionConsumerServiceIndex=\"-1\"", "", E::AcsIndex),
        ("", ISSUER, E::Repeated("Issuer")),
        (
            "",
            "<samlp:NameIDPolicy/><samlp:NameIDPolicy/>",
            E::Repeated("NameIDPolicy"),
        ),
        (
            "",
            "<samlp:RequestedAuthnContext Comparison=\"most\"/>",
            E::Element("RequestedAuthnContext"),
        ),
        (
            "",
            "<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>a<!-- -->b</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>",
            E::Element("RequestedAuthnContext"),
        ),
        (
            "",
            "<saml:Subject><saml:NameID>a<!-- -->b</saml:NameID></saml:Subject>",
            E::Element("Subject"),
        ),
    ] {
        assert_eq!(
            read_with(attributes, children),
            Err(expected),
            "{attributes} {children}"
        );
    }
    let many = "<saml:AuthnContextClassRef>c</saml:AuthnContextClassRef>".repeat(33);
    let many = format!("<samlp:RequestedAuthnContext>{many}</samlp:RequestedAuthnContext>");
    assert_eq!(
        read_with("", &many),
        Err(E::Element("RequestedAuthnContext"))
    );
}

#[test]
fn a_subject_that_is_more_than_a_name_is_not_supported() {
    for children in [
        "<saml:Subject><saml:EncryptedID/></saml:Subject>",
        "<saml:Subject><saml:NameID>a</saml:NameID><saml:SubjectConfirmation Method=\"urn:m\"/></saml:Subject>",
        "<saml:Subject/>",
    ] {
        let read = read_with("", children).unwrap();
        assert_eq!(
            read.subject,
            Some(RequestedSubject::Unsupported),
            "{children}"
        );
    }
}
