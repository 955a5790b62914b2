//! Metadata of service providers as text, made of parts.

use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::credentials::{KeyPairRequest, generate};

use crate::saml::fixtures::at;

/// The entity that the documents are of unless they say otherwise.
pub const ENTITY_ID: &str = "https://sp.example.com/metadata";

/// A document with these children of its role.
pub fn document(role: &str) -> String {
    document_of(ENTITY_ID, "", role)
}

/// A document of an entity, with children before and in its role.
pub fn document_of(entity_id: &str, before: &str, role: &str) -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" entityID="{entity_id}">{before}<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{role}</md:SPSSODescriptor></md:EntityDescriptor>"#
    )
}

/// An AssertionConsumerService.
pub fn acs(url: &str, index: u16) -> String {
    format!(
        r#"<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{url}" index="{index}"/>"#
    )
}

/// A SingleLogoutService by HTTP-Redirect.
pub fn slo(url: &str) -> String {
    format!(
        r#"<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{url}"/>"#
    )
}

/// A KeyDescriptor for one use.
pub fn key(usage: &str, pem: &str) -> String {
    let body: String = pem.lines().filter(|line| !line.contains("---")).collect();
    format!(
        r#"<md:KeyDescriptor use="{usage}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"#
    )
}

/// A certificate in PEM that ends at an instant.
pub fn certificate(not_after: &str) -> String {
    let pair = generate(&KeyPairRequest {
        algorithm: KeyAlgorithm::EcdsaP256,
        common_name: "sp.example.com",
        serial: [7; 16],
        not_before: at("2020-01-01T00:00:00Z"),
        not_after: at(not_after),
    });
    pair.unwrap().certificate
}

/// A UIInfo with a name, as Extensions.
pub fn named(name: &str) -> String {
    format!(
        r#"<md:Extensions><mdui:UIInfo><mdui:DisplayName xml:lang="en">{name}</mdui:DisplayName><mdui:Logo height="16" width="16">https://tracker.example.com/logo.png</mdui:Logo></mdui:UIInfo></md:Extensions>"#
    )
}
