//! The demonstration service provider's requests, as we read them.

use vestibule::domain::connector::NameIdFormat;
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::base64_text;
use vestibule::saml::demo_sp::{DemoSp, DemoSpError};
use vestibule::saml::idp_metadata::{self, IdpMetadataInput};
use vestibule::saml::redirect_binding::decode_request;
use vestibule::saml::urns::BINDING_POST;

use crate::saml::fixtures::{
    ACS_URL, IDP, REQUEST_ID, SLO_URL, SP, SSO_URL, frozen, key, read_posted,
};
use crate::saml::schema::check_protocol;
use crate::saml::verification::trusting_sp;

fn metadata(certificates: &[&str]) -> String {
    idp_metadata::write(&IdpMetadataInput {
        entity_id: IDP,
        sso_url: SSO_URL,
        slo_url: SLO_URL,
        artifact_url: "https://idp.example/saml/artifact",
        ecp_url: "https://idp.example/saml/ecp",
        certificates,
        name_id_formats: &NameIdFormat::ALL,
        valid_until: None,
        organisation: None,
        contact: None,
        id: None,
    })
    .unwrap()
    .unsigned()
}

#[test]
fn its_requests_are_valid_and_say_what_was_asked() {
    let sp = trusting_sp();
    let url = sp.redirect(REQUEST_ID, frozen(), Some("a b&c")).unwrap();
    let (endpoint, query) = url.split_once('?').unwrap();
    assert_eq!(endpoint, SSO_URL);
    let inbound = decode_request(query).unwrap();
    assert_eq!(inbound.relay_state.as_deref(), Some("a b&c"));
    let form = sp.post(REQUEST_ID, frozen(), None).unwrap();
    assert_eq!(
        (form.action.as_str(), form.relay_state.as_ref()),
        (SSO_URL, None)
    );
    for xml in [inbound.xml, base64_text::decode(&form.message).unwrap()] {
        check_protocol(&String::from_utf8(xml.clone()).unwrap());
        let request = read_posted(&xml).unwrap();
        assert_eq!(request.id, REQUEST_ID);
        assert_eq!(request.issuer, SP);
        assert_eq!(request.issue_instant, frozen());
        assert_eq!(request.destination.as_deref(), Some(SSO_URL));
        assert_eq!(request.acs_url.as_deref(), Some(ACS_URL));
        assert_eq!(request.protocol_binding.as_deref(), Some(BINDING_POST));
    }
}

/// Without a key there is nothing to verify with; that must not mean that everything is accepted.
#[test]
fn it_trusts_nobody_without_a_key() {
    for bad in [metadata(&[]), "<html/>".to_owned(), String::new()] {
        let refused = DemoSp::new(SP, ACS_URL, &bad);
        assert!(matches!(refused, Err(DemoSpError::Metadata(_))), "{bad}");
    }
    let certificate = &key(KeyAlgorithm::EcdsaP256).certificate;
    assert!(DemoSp::new(SP, ACS_URL, &metadata(&[certificate])).is_ok());
}
