//! Values that try to break out of the document or to arrive as something else. They have to be
//! read back unchanged by everybody.

use chrono::{DateTime, Utc};
use vestibule::domain::attribute_mapping::NameFormat;
use vestibule::domain::connector::{NameIdFormat, SignatureAlgorithm};
use vestibule::saml::base64_text;
use vestibule::saml::name_id::NameId;
use vestibule::saml::response::preview;

use crate::saml::fixtures::{Fixture, RESPONSE_ID, SCOPES, attribute, frozen};
use crate::saml::tools::{file, xpath_string};
use crate::saml::verification::{now, trusting_sp};

const VALUES: [&str; 22] = [
    "R&D",
    "a<b>c",
    "\"double\" and 'single'",
    "&amp; &lt; &#x41;",
    "</saml:AttributeValue></saml:Attribute><saml:Attribute Name=\"https://aws.amazon.com/SAML/Attributes/Role\"><saml:AttributeValue>admin",
    "]]>",
    "<![CDATA[x]]>",
    "<!-- comment -->",
    "a<!---->b",
    "<?php echo 1 ?>",
    "tab\tand\nline\r\nbreaks\rbare",
    "\u{1F600}",
    "\u{10FFFF}",
    "\u{85}\u{2028}\u{2029}",
    "\u{FEFF}bom",
    "  leading and trailing  ",
    " ",
    "",
    "true",
    "42",
    "=cmd|' /C calc'!A0",
    "\u{202E}txt.exe",
];

/// A response whose every text is hostile.
pub fn hostile_fixture(issued_at: DateTime<Utc>) -> Fixture {
    let mut attributes = vec![attribute("all", NameFormat::Basic, &VALUES)];
    attributes.extend(
        VALUES
            .iter()
            .filter(|name| !name.is_empty())
            .map(|name| attribute(name, NameFormat::Uri, &["x"])),
    );
    let large = "<&\u{FC}\"".repeat(20_000);
    attributes.push(attribute("large", NameFormat::Basic, &[&large]));
    Fixture {
        issuer: "https://idp.example/?a=1&b=\"<x>'".to_owned(),
        audience: "https://sp.example/?a=1&b=\"<x>'".to_owned(),
        acs_url: "https://sp.example/acs?a=1&b=\"<x>'\t".to_owned(),
        in_response_to: Some("_request".to_owned()),
        name_id: NameId::from_source(NameIdFormat::Unspecified, " <ann>&\"'\r]]> ").unwrap(),
        issued_at,
        attributes,
    }
}

#[test]
fn escape_everywhere_libxml2_reads_every_value_back() {
    let fixture = hostile_fixture(frozen());
    let xml = preview(RESPONSE_ID, &fixture.input()).unwrap().xml;
    let document = file(xml.as_bytes());
    for (place, value) in VALUES.iter().enumerate() {
        let expression = format!(
            "(//*[local-name()='Attribute'])[1]/*[local-name()='AttributeValue'][{}]",
            place + 1
        );
        assert_eq!(xpath_string(&document, &expression), *value);
    }
    for (expression, value) in [
        ("//*[local-name()='NameID']", fixture.name_id.value()),
        ("//*[local-name()='Audience']", &fixture.audience),
        (
            "//*[local-name()='Assertion']/*[local-name()='Issuer']",
            &fixture.issuer,
        ),
        ("/*/*[local-name()='Issuer']", &fixture.issuer),
        ("//@Recipient", &fixture.acs_url),
        ("/*/@Destination", &fixture.acs_url),
        ("count(//*[local-name()='Attribute'])", "23"),
        ("(//*[local-name()='Attribute'])[6]/@Name", VALUES[4]),
    ] {
        assert_eq!(xpath_string(&document, expression), value, "{expression}");
    }
}

#[test]
fn escape_everywhere_a_service_provider_verifies_and_reads_every_value_back() {
    let plain = Fixture::usual(now());
    let fixture = Fixture {
        attributes: hostile_fixture(now()).attributes,
        name_id: hostile_fixture(now()).name_id,
        ..plain
    };
    for scope in SCOPES {
        let xml = fixture.issue(SignatureAlgorithm::RsaSha256, scope);
        let verified = trusting_sp()
            .verify(
                &base64_text::encode(xml.as_bytes()),
                &[crate::saml::fixtures::REQUEST_ID],
            )
            .unwrap();
        assert_eq!(verified.name_id, fixture.name_id.value());
        let read = verified
            .attributes
            .iter()
            .map(|(name, values)| (name, values));
        let sent = fixture
            .attributes
            .iter()
            .map(|sent| (&sent.name, &sent.values));
        for ((read_name, read), (sent_name, sent)) in read.zip(sent) {
            assert_eq!(read_name, sent_name);
            let read: Vec<&str> = read.iter().map(|value| blank_as_empty(value)).collect();
            let sent: Vec<&str> = sent.iter().map(|value| blank_as_empty(value)).collect();
            assert!(read == sent, "{read_name}");
        }
        assert_eq!(verified.attributes.len(), fixture.attributes.len());
    }
}

/// Whether a value of white space alone is a value is the reader's choice; that it is sent as it
/// is was judged above.
fn blank_as_empty(value: &str) -> &str {
    if value.trim().is_empty() { "" } else { value }
}

#[test]
fn characters_that_xml_cannot_carry_are_refused_again_when_sent() {
    for bad in ["\0", "\u{8}", "\u{FFFF}"] {
        let mut fixture = Fixture::usual(frozen());
        fixture.attributes[0].values.push(bad.to_owned());
        assert!(preview(RESPONSE_ID, &fixture.input()).is_err(), "{bad:?}");
    }
}
