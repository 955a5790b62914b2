//! SAML Core 3.5.1: what has to hold of an ArtifactResolve that nobody signed; signed ones are tried
//! with real keys in `tests/it/saml/artifacts.rs`.

use super::*;

use crate::saml::gate::ExpectedMessage;
use crate::saml::instant;
use crate::saml::received_message::receive_enveloped;

#[test]
fn whoever_asks_has_to_sign() {
    let xml = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
        <p:ArtifactResolve xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0"
        IssueInstant="2026-11-01T12:00:00Z"><Issuer
        xmlns="urn:oasis:names:tc:SAML:2.0:assertion">https://sp.example</Issuer>
        <p:Artifact>AAQ=</p:Artifact></p:ArtifactResolve></s:Body></s:Envelope>"#;
    let received = receive_enveloped(xml.as_bytes(), ExpectedMessage::ArtifactResolve).unwrap();
    assert_eq!(received.claimed_issuer(), "https://sp.example");
    let open = received
        .authenticate(&[], &mut Verdicts::default())
        .unwrap();
    let reception = Reception {
        sp_entity_id: "https://sp.example",
        endpoint: "https://idp.example/saml/artifact",
        now: instant::parse("2026-11-01T12:00:00Z").unwrap(),
    };
    assert_eq!(
        validate(&open, &reception),
        Err(PageRefusal::SignatureRequired.into())
    );
}
