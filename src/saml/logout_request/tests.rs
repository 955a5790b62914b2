//! Requirements LOGOUT-OWN and FRESH-ONCE as far as a LogoutRequest alone shows them; the reader's
//! understanding of SAML Core 3.7.1.

use super::*;
use crate::saml::gate::{ExpectedMessage, Shape, admit};

const SLO_URL: &str = "https://idp.example/saml/slo";
const IDP: &str = "https://idp.example/metadata";
const SP: &str = "https://sp.example";
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

fn read_with(attributes: &str, children: &str) -> Result<LogoutRequest, MessageError> {
    let xml = format!(
        r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" IssueInstant="2026-11-01T12:00:00Z" {attributes}><saml:Issuer>{SP}</saml:Issuer>{children}</samlp:LogoutRequest>"#
    );
    match admit(xml.as_bytes(), ExpectedMessage::LogoutRequest)? {
        Shape::Open(message) => read(&message),
        Shape::Sealed(sealed) => panic!("{sealed:?}"),
    }
}

#[test]
fn one_parse_reads_whom_and_which_sessions_it_names() {
    let read = read_with(
        r#"NotOnOrAfter="2026-11-01T12:05:00Z""#,
        &format!(
            r#"<saml:NameID Format="{EMAIL}" NameQualifier="a" SPNameQualifier="b">jason@example.com</saml:NameID><samlp:SessionIndex>_a</samlp:SessionIndex><samlp:SessionIndex> _b </samlp:SessionIndex>"#
        ),
    )
    .unwrap();
    assert_eq!(read.session_indexes, ["_a", "_b"]);
    assert_eq!(read.not_on_or_after, instant::parse("2026-11-01T12:05:00Z"));
    assert_eq!(
        read.principal,
        Some(NamedPrincipal {
            value: "jason@example.com".to_owned(),
            format: Some(EMAIL.to_owned()),
            name_qualifier: Some("a".to_owned()),
            sp_name_qualifier: Some("b".to_owned()),
        })
    );
}

#[test]
fn one_parse_refuses_what_has_two_readings() {
    let name_id = "<saml:NameID>x</saml:NameID>";
    let index = "<samlp:SessionIndex>_a</samlp:SessionIndex>";
    let check = |children: &str, expected: MessageError| {
        assert_eq!(read_with("", children), Err(expected), "{children}");
    };
    check(index, MessageError::Missing("NameID"));
    check(&name_id.repeat(2), MessageError::Repeated("NameID"));
    check(
        &format!("{name_id}<saml:EncryptedID/>"),
        MessageError::Repeated("NameID"),
    );
    check(
        "<saml:NameID>a<!-- -->b</saml:NameID>",
        MessageError::Element("NameID"),
    );
    check(
        &format!("{name_id}<samlp:SessionIndex>_a<!-- -->b</samlp:SessionIndex>"),
        MessageError::Element("SessionIndex"),
    );
    check(
        &format!("{name_id}{}", index.repeat(MAX_SESSION_INDEXES + 1)),
        MessageError::Element("SessionIndex"),
    );
    assert_eq!(
        read_with(r#"NotOnOrAfter="soon""#, name_id),
        Err(MessageError::Instant("NotOnOrAfter"))
    );
    // A name in a form that is never issued is no fault of the message.
    let encrypted = read_with("", "<saml:EncryptedID/>").unwrap();
    assert_eq!(encrypted.principal, None);
}

/// SAML Core 3.3.4, Profiles 4.4.4.1: the identifier has to match strongly.
#[test]
fn logout_own_takes_the_name_id_as_issued_and_no_other() {
    let issued = NameId::persistent("p-1", IDP, SP).unwrap();
    let format = NameIdFormat::Persistent.uri();
    let named = |value: &str, format: Option<&str>, qualifiers: [Option<&str>; 2]| {
        let [name_qualifier, sp_name_qualifier] = qualifiers.map(|one| one.map(str::to_owned));
        NamedPrincipal {
            value: value.to_owned(),
            format: format.map(str::to_owned),
            name_qualifier,
            sp_name_qualifier,
        }
    };
    let check = |named: &NamedPrincipal, expected: bool| {
        assert_eq!(named.is(&issued, IDP, SP), expected, "{named:?}");
    };
    check(&named("p-1", Some(format), [Some(IDP), Some(SP)]), true);
    check(&named("p-1", Some(format), [None, None]), true);
    check(&named("p-2", Some(format), [Some(IDP), Some(SP)]), false);
    check(&named("p-1", Some(EMAIL), [Some(IDP), Some(SP)]), false);
    check(&named("p-1", None, [Some(IDP), Some(SP)]), false);
    check(&named("p-1", Some(format), [Some(SP), Some(SP)]), false);
    check(&named("p-1", Some(format), [Some(IDP), Some(IDP)]), false);

    let address = NameId::from_source(NameIdFormat::EmailAddress, "a@example.com").unwrap();
    let bare = named("a@example.com", Some(EMAIL), [None, None]);
    assert!(bare.is(&address, IDP, SP));
    assert!(!named("a@example.com", Some(EMAIL), [None, Some("x")]).is(&address, IDP, SP));
    // No Format is `unspecified` (SAML Core 2.2.2).
    let unspecified = NameId::from_source(NameIdFormat::Unspecified, "jason").unwrap();
    assert!(named("jason", None, [None, None]).is(&unspecified, IDP, SP));
}

/// An unsigned request is told so before anything else is looked at.
#[test]
fn logout_own_refuses_an_unsigned_request_in_plain_words() {
    use crate::domain::connector::EndpointBinding;
    use crate::saml::inbound::{InboundMessage, MessageKind};
    use crate::saml::received_message::receive;

    let xml = format!(
        r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" IssueInstant="2026-11-01T12:00:00Z" Destination="{SLO_URL}"><saml:Issuer>{SP}</saml:Issuer><saml:NameID>x</saml:NameID></samlp:LogoutRequest>"#
    );
    let inbound = InboundMessage {
        kind: MessageKind::Request,
        binding: EndpointBinding::HttpPost,
        xml: xml.into_bytes(),
        relay_state: None,
        signature: None,
    };
    let received = receive(inbound, ExpectedMessage::LogoutRequest).unwrap();
    let reception = Reception {
        sp_entity_id: SP,
        endpoint: SLO_URL,
        now: instant::parse("2026-11-01T12:00:00Z").unwrap(),
    };
    let verdicts = &mut Verdicts::default();
    let authentic = received.authenticate(&[], verdicts).unwrap();
    let refused = validate(&authentic, &reception, verdicts);
    assert_eq!(
        refused,
        Err(LogoutRequestError::Refused(PageRefusal::LogoutNotSigned))
    );
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("logout request is not signed"), "{words}");
}
