//! Properties over generated input: nothing that arrives makes the readers panic, and whatever the
//! writer takes is read back.

use proptest::prelude::*;
use vestibule::domain::attribute_mapping::NameFormat;
use vestibule::domain::connector::EndpointBinding;
use vestibule::domain::verdict::Verdicts;
use vestibule::saml::arrival::Reception;
use vestibule::saml::bounds::XmlBounds;
use vestibule::saml::gate::ExpectedMessage;
use vestibule::saml::inbound::{InboundMessage, MessageKind};
use vestibule::saml::received_message::receive;
use vestibule::saml::response::preview;
use vestibule::saml::xml_reader::parse;
use vestibule::saml::{
    logout_request, logout_response, post_binding, redirect_binding, sp_metadata,
};

use crate::saml::fixtures::{Fixture, RESPONSE_ID, attribute, frozen, read_posted};
use crate::store::samples;

const PIECES: [&str; 30] = [
    "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-11-01T12:00:00Z\">",
    "</samlp:AuthnRequest>",
    "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-11-01T12:00:00Z\">",
    "</samlp:LogoutRequest>",
    "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-11-01T12:00:00Z\" InResponseTo=\"_2\">",
    "</samlp:LogoutResponse>",
    "<saml:NameID>x</saml:NameID>",
    "<samlp:Status><samlp:StatusCode Value='x'><samlp:StatusCode/></samlp:StatusCode></samlp:Status>",
    "<saml:Issuer>",
    "</saml:Issuer>",
    "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"x\">",
    "<md:SPSSODescriptor>",
    "</md:SPSSODescriptor>",
    "</md:EntityDescriptor>",
    "<a b='c'/>",
    "<a ",
    "='",
    "&#x41;",
    "&amp;",
    "&x;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0'?>",
    "<?x ?>",
    "<!DOCTYPE x>",
    "text",
    "\u{1F600}",
    "xmlns:a=''",
];

/// Both messages of a logout, as far as an unsigned one gets.
fn read_logout(xml: &[u8]) {
    let reception = Reception {
        sp_entity_id: "x",
        endpoint: "https://idp.example/saml/slo",
        now: frozen(),
    };
    let settings = samples::settings("x");
    for (kind, expected) in [
        (MessageKind::Request, ExpectedMessage::LogoutRequest),
        (MessageKind::Response, ExpectedMessage::LogoutResponse),
    ] {
        let inbound = InboundMessage {
            kind,
            binding: EndpointBinding::HttpPost,
            xml: xml.to_vec(),
            relay_state: None,
            signature: None,
        };
        let Ok(received) = receive(inbound, expected) else {
            continue;
        };
        let verdicts = &mut Verdicts::default();
        let Ok(authentic) = received.authenticate(&[], verdicts) else {
            continue;
        };
        assert!(logout_request::validate(&authentic, &reception, verdicts).is_err());
        let _ = logout_response::validate(&authentic, &settings, &reception, verdicts);
    }
}

proptest! {
    #[test]
    fn quiet_4xx_no_octets_make_a_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_posted(&octets);
        read_logout(&octets);
        let _ = sp_metadata::read(&octets, frozen());
        let _ = post_binding::decode_request(&octets);
        let _ = post_binding::decode(&octets);
        let _ = redirect_binding::decode_request(&String::from_utf8_lossy(&octets));
        let _ = redirect_binding::decode(&String::from_utf8_lossy(&octets));
        let _ = redirect_binding::inflate(&octets);
    }

    #[test]
    fn quiet_4xx_no_pieces_of_xml_make_a_reader_panic(
        places in proptest::collection::vec(0..PIECES.len(), 0..24)
    ) {
        let xml: String = places.iter().map(|place| PIECES[*place]).collect();
        let _ = read_posted(xml.as_bytes());
        read_logout(xml.as_bytes());
        let _ = sp_metadata::read(xml.as_bytes(), frozen());
    }

    #[test]
    fn whatever_is_written_is_read_back(
        name in "\\PC{1,40}",
        values in proptest::collection::vec("[\\t\\n\\r -\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]{0,60}", 1..4)
    ) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let fixture = Fixture {
            attributes: vec![attribute(&name, NameFormat::Basic, &values)],
            ..Fixture::usual(frozen())
        };
        let xml = preview(RESPONSE_ID, &fixture.input()).unwrap().xml;
        let root = parse(xml.as_bytes(), &XmlBounds::MESSAGE).unwrap();
        let written = root
            .descendants()
            .find(|element| element.local == "Attribute")
            .unwrap();
        prop_assert_eq!(written.attribute("Name"), Some(name.as_str()));
        let read: Vec<&str> = written.children.iter().map(|value| value.text.as_str()).collect();
        prop_assert_eq!(read, values);
    }
}
