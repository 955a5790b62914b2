//! ArtifactResolve as others sign it, in the envelope it comes in; and every way to make it say
//! something else (requirements SHAPE-FIRST, ONE-PARSE, KEYS-FROM-STORE; SAML Bindings 3.2).

use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::domain::verdict::Verdicts;
use vestibule::saml::arrival::Reception;
use vestibule::saml::artifact_resolution::validate;
use vestibule::saml::gate::ExpectedMessage;
use vestibule::saml::instant;
use vestibule::saml::received_message::receive_enveloped;

use crate::saml::senders::{MORE, SHA256, Sender, sender, template};

const URL: &str = "https://idp.example/saml/artifact";
const SP: &str = "https://sp.example";
const NOW: &str = "2026-11-01T12:00:30Z";

fn resolve(id: &str, artifact: &str, after_issuer: &str) -> String {
    format!(
        r#"<samlp:ArtifactResolve ID="{id}" Version="2.0" IssueInstant="2026-11-01T12:00:00Z" Destination="{URL}"><saml:Issuer>{SP}</saml:Issuer>{after_issuer}<samlp:Artifact>{artifact}</samlp:Artifact></samlp:ArtifactResolve>"#
    )
}

/// The prefixes of the message are declared on the envelope, as most senders do.
fn envelope(header: &str, body: &str) -> String {
    format!(
        r#"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{header}<S:Body>{body}</S:Body></S:Envelope>"#
    )
}

fn signed(sender: &Sender, artifact: &str) -> String {
    let form = template("_1", &format!("{MORE}rsa-sha256"), SHA256);
    let xml = envelope("", &resolve("_1", artifact, &form));
    sender.sign("ArtifactResolve", &xml)
}

/// The artifact that is believed to be asked for.
fn asked(xml: &str, sender: &Sender, now: &str) -> Option<String> {
    let received = receive_enveloped(xml.as_bytes(), ExpectedMessage::ArtifactResolve).ok()?;
    let certificates = [sender.certificate.clone()];
    let authentic = received
        .authenticate(&certificates, &mut Verdicts::default())
        .ok()?;
    let reception = Reception {
        sp_entity_id: SP,
        endpoint: URL,
        now: instant::parse(now).unwrap(),
    };
    Some(validate(&authentic, &reception).ok()?.artifact)
}

/// What stands between two texts, with both.
fn part<'a>(xml: &'a str, from: &str, to: &str) -> &'a str {
    let from = xml.find(from).unwrap();
    let to = xml.find(to).unwrap() + to.len();
    &xml[from..to]
}

#[test]
fn one_parse_what_xmlsec_signed_inside_an_envelope_is_read() {
    let sp = sender(KeyAlgorithm::Rsa2048);
    let xml = signed(&sp, "AAQ=");
    assert_eq!(asked(&xml, &sp, NOW).as_deref(), Some("AAQ="));
    // FRESH-ONCE, and another sender's key.
    assert_eq!(asked(&xml, &sp, "2026-11-01T12:05:01Z"), None);
    assert_eq!(asked(&xml, &sender(KeyAlgorithm::Rsa2048), NOW), None);
}

#[test]
fn one_parse_no_wrapping_makes_it_ask_for_something_else() {
    let sp = sender(KeyAlgorithm::Rsa2048);
    let good = signed(&sp, "AAQ=");
    let whole = part(&good, "<samlp:ArtifactResolve", "</samlp:ArtifactResolve>");
    let signature = part(whole, "<ds:Signature", "</ds:Signature>");
    let header = |inside: &str| format!("<S:Header>{inside}</S:Header>");
    let other = resolve("_2", "AAQEVIL=", "");
    for (name, xml) in [
        ("changed", good.replace("AAQ=", "AAQEVIL=")),
        ("another issuer", good.replace(SP, "https://other.example")),
        (
            "the signed one in the header",
            envelope(&header(whole), &other),
        ),
        ("both in the body", envelope("", &format!("{whole}{other}"))),
        (
            "the same ID twice",
            envelope(&header(whole), &resolve("_1", "AAQEVIL=", "")),
        ),
        (
            "the signature of another",
            envelope(&header(whole), &resolve("_2", "AAQEVIL=", signature)),
        ),
        (
            "the signed one inside of the other",
            envelope("", &resolve("_2", "AAQEVIL=", &format!("<x>{whole}</x>"))),
        ),
        ("a second envelope", envelope("", &envelope("", whole))),
        ("not signed", envelope("", &other)),
    ] {
        assert_eq!(asked(&xml, &sp, NOW), None, "{name}");
    }
}
