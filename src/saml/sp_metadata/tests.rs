//! Metadata as the field sends it: what is used, what is left out and said, what is refused.

use super::*;

use crate::domain::connector::{CertificateUse, EndpointBinding};
use crate::domain::signing_key::KeyAlgorithm;
use crate::saml::credentials::{KeyPairRequest, certificate_base64, generate};

const NOW: &str = "2026-11-01T12:00:00Z";
const ACS: &str = r#"<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.example/acs" index="1"/>"#;

fn document(entity: &str, role: &str, children: &str) -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://sp.example" {entity}><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" {role}>{children}</md:SPSSODescriptor></md:EntityDescriptor>"#
    )
}

fn read_at(xml: &str, now: &str) -> Result<SpMetadata, MetadataError> {
    read(xml.as_bytes(), instant::parse(now).unwrap())
}

fn ok(xml: &str) -> SpMetadata {
    read_at(xml, NOW).unwrap_or_else(|error| panic!("{error} in {xml}"))
}

fn refused(xml: &str, expected: MetadataError) {
    assert_eq!(read_at(xml, NOW), Err(expected), "{xml}");
}

fn warned(found: &SpMetadata, part: &str) {
    let is_said = found
        .warnings
        .iter()
        .any(|warning| warning.detail.contains(part));
    assert!(is_said, "{part} is not in {:?}", found.warnings);
    assert!(
        found
            .warnings
            .iter()
            .all(|warning| warning.pointer == "/metadataXml")
    );
}

fn certificate() -> String {
    let pair = generate(&KeyPairRequest {
        algorithm: KeyAlgorithm::EcdsaP256,
        common_name: "sp.example",
        serial: [1; 16],
        not_before: instant::parse(NOW).unwrap(),
        not_after: instant::parse("2036-11-01T00:00:00Z").unwrap(),
    })
    .unwrap();
    certificate_base64(&pair.certificate).unwrap()
}

fn key(usage: &str, data: &str) -> String {
    format!("<md:KeyDescriptor {usage}><ds:KeyInfo>{data}</ds:KeyInfo></md:KeyDescriptor>")
}

fn x509(certificate: &str) -> String {
    format!("<ds:X509Data><ds:X509Certificate>\n{certificate}\n</ds:X509Certificate></ds:X509Data>")
}

#[test]
fn the_least_that_is_a_service_provider_is_read() {
    let found = ok(&document("", "", ACS));
    assert_eq!(found.entity_id, "https://sp.example");
    assert_eq!(
        found.acs,
        vec![AcsEndpoint {
            url: "https://sp.example/acs".to_owned(),
            binding: EndpointBinding::HttpPost,
            index: Some(1),
            is_default: false,
        }]
    );
    assert!(found.slo.is_empty() && found.certificates.is_empty());
    assert!(!found.authn_requests_signed && !found.want_assertions_signed);
    assert!(found.warnings.is_empty());
}

#[test]
fn any_prefix_order_and_a_bom_will_do() {
    let xml = document(
        "",
        "",
        &format!(
            "{ACS}<md:NameIDFormat>urn:f</md:NameIDFormat>{}",
            key("", &x509(&certificate()))
        ),
    );
    let default_namespace = xml.replace("md:", "").replace("xmlns:md=", "xmlns=");
    let with_bom = format!("\u{FEFF}<?xml version=\"1.0\"?>{xml}");
    let plain = ok(&xml);
    assert_eq!(ok(&with_bom), plain);
    assert_eq!(ok(&default_namespace), plain);
    assert_eq!(plain.name_id_formats, vec!["urn:f".to_owned()]);
    assert_eq!(plain.certificates.len(), 1);
}

#[test]
fn booleans_are_read_in_all_their_spellings() {
    for (text, expected) in [
        ("true", true),
        ("1", true),
        ("false", false),
        ("0", false),
        ("maybe", false),
    ] {
        let role = format!("AuthnRequestsSigned=\"{text}\" WantAssertionsSigned=\"{text}\"");
        let found = ok(&document(
            "",
            &role,
            &ACS.replace("index", &format!("isDefault=\"{text}\" index")),
        ));
        assert_eq!(found.authn_requests_signed, expected, "{text}");
        assert_eq!(found.want_assertions_signed, expected, "{text}");
        assert_eq!(found.acs[0].is_default, expected, "{text}");
    }
}

#[test]
fn endpoints_of_other_bindings_are_dropped_with_a_warning() {
    let found = ok(&document(
        "",
        "",
        &format!(
            r#"<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://sp.example/soap"/>
               <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://sp.example/slo" ResponseLocation="https://sp.example/slo/done"/>
               <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.example/acs"/>
               <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="https://sp.example/art" index="0" isDefault="true"/>
               <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.example/old"/>
               <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.example/odd" index="one"/>
               <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="" index="9"/>
               {ACS}{}"#,
            ACS.replace("/acs", "/twin")
        ),
    ));
    let urls: Vec<(&str, Option<u16>)> = found
        .acs
        .iter()
        .map(|acs| (acs.url.as_str(), acs.index))
        .collect();
    assert_eq!(
        urls,
        vec![
            ("https://sp.example/old", None),
            ("https://sp.example/odd", None),
            ("https://sp.example/acs", Some(1)),
            ("https://sp.example/twin", None),
        ]
    );
    assert_eq!(found.slo.len(), 2);
    assert_eq!(
        found.slo[0].response_url.as_deref(),
        Some("https://sp.example/slo/done")
    );
    for part in [
        "HTTP-Artifact",
        "SOAP",
        "index one",
        "index 1 is used by two",
        "without Location",
    ] {
        warned(&found, part);
    }
}

#[test]
fn there_is_one_default_however_many_say_so() {
    let first = ACS.replace("index", "isDefault=\"true\" index");
    let second = first.replace("/acs", "/two").replace("\"1\"", "\"2\"");
    let found = ok(&document("", "", &format!("{first}{second}")));
    let defaults: Vec<bool> = found.acs.iter().map(|acs| acs.is_default).collect();
    assert_eq!(defaults, vec![true, false]);
}

#[test]
fn every_certificate_is_kept_and_a_missing_use_is_both() {
    let (one, two, three) = (certificate(), certificate(), certificate());
    let children = [
        key("use=\"signing\"", &format!("{}{}", x509(&one), x509(&two))),
        ACS.to_owned(),
        key("use=\"encryption\"", &x509(&two)),
        key("", &x509(&three)),
        key("use=\"encryption\"", "<ds:KeyName>k</ds:KeyName>"),
        key("use=\"sign\"", &x509(&one)),
        key("", &x509("bm90IGEgY2VydGlmaWNhdGU=")),
    ];
    let found = ok(&document("", "", &children.concat()));
    let uses: Vec<CertificateUse> = found.certificates.iter().map(|one| one.use_for).collect();
    assert_eq!(
        uses,
        vec![
            CertificateUse::Signing,
            CertificateUse::Both,
            CertificateUse::Both
        ]
    );
    assert!(
        found.certificates[0]
            .pem
            .starts_with("-----BEGIN CERTIFICATE-----\n")
    );
    for part in [
        "without X509Certificate",
        "neither signing nor encryption",
        "cannot be read",
    ] {
        warned(&found, part);
    }
}

#[test]
fn several_roles_are_one_service_provider() {
    let second = r#"<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol urn:oasis:names:tc:SAML:2.0:protocol" cacheDuration="PT1H"><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.example/two" index="2"/></md:SPSSODescriptor><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"/></md:EntityDescriptor>"#;
    let found = ok(&document("", "", ACS).replace("</md:EntityDescriptor>", second));
    assert_eq!(found.acs.len(), 2);
    warned(&found, "another protocol");
}

#[test]
fn what_is_not_used_is_said() {
    let children = format!(
        "<md:Extensions><x xmlns='urn:x'/></md:Extensions>{ACS}<md:ArtifactResolutionService/><md:AttributeConsumingService index='0'/><x xmlns='urn:x'/>"
    );
    let found = ok(&document("cacheDuration=\"P1D\"", "", &children).replace(
        "<md:SPSSODescriptor",
        "<ds:Signature/><md:IDPSSODescriptor/><md:Organization/><md:SPSSODescriptor",
    ));
    for part in [
        "signature of the metadata",
        "Extensions",
        "ArtifactResolutionService",
        "AttributeConsumingService",
        "IDPSSODescriptor",
        "the element x",
    ] {
        warned(&found, part);
    }
}

#[test]
fn valid_until_is_enforced() {
    for (entity, role, expected) in [
        ("validUntil=\"2026-11-01T13:00:00Z\"", "", Ok(())),
        ("validUntil=\"2026-11-01T13:00:00\"", "", Ok(())),
        (
            "validUntil=\"2026-11-01T12:00:00Z\"",
            "",
            Err(MetadataError::Expired),
        ),
        (
            "",
            "validUntil=\"2026-11-01T11:00:00Z\"",
            Err(MetadataError::Expired),
        ),
        ("validUntil=\"soon\"", "", Err(MetadataError::ValidUntil)),
    ] {
        let outcome = read_at(&document(entity, role, ACS), NOW).map(|_| ());
        assert_eq!(outcome, expected, "{entity} {role}");
    }
}

#[test]
fn what_cannot_be_used_is_refused_whole() {
    refused(
        &format!(
            "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{}</md:EntitiesDescriptor>",
            document("", "", ACS)
        ),
        MetadataError::Aggregate,
    );
    refused(
        "<EntityDescriptor entityID=\"x\"/>",
        MetadataError::WrongRoot,
    );
    refused("<html/>", MetadataError::WrongRoot);
    refused(
        &document("", "", ACS).replace("entityID=\"https://sp.example\"", ""),
        MetadataError::EntityId,
    );
    refused(
        &document("", "", ACS).replace("entityID=\"https://sp.example\"", "entityID=\" \""),
        MetadataError::EntityId,
    );
    refused(&document("", "", ""), MetadataError::NoPostAcs);
    refused(
        &document("", "", ACS).replace("SPSSO", "IDPSSO"),
        MetadataError::NoServiceProvider,
    );
    refused(
        &format!("<!DOCTYPE md:EntityDescriptor>{}", document("", "", ACS)),
        MetadataError::Xml(XmlError::Doctype),
    );
    let large = document(
        "",
        "",
        &format!("{ACS}<!--{}-->", "x".repeat(2 * 1024 * 1024)),
    );
    refused(&large, MetadataError::Xml(XmlError::TooLarge));
}
