//! Metadata as the field sends it: what is used, what is left out and said, what is refused.

use super::*;

use crate::domain::attribute_mapping::NameFormat;
use crate::domain::connector::{AcsBinding, CertificateUse};
use crate::domain::encryption::{EncryptionAlgorithm, EncryptionChoice, KeyTransport};
use crate::domain::signing_key::KeyAlgorithm;
use crate::saml::credentials::{KeyPairRequest, certificate_base64, generate};
use crate::saml::urns::{DIGEST_SHA1, DIGEST_SHA256};

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
            binding: AcsBinding::HttpPost,
            index: Some(1),
            is_default: false,
        }]
    );
    assert!(found.slo.is_empty() && found.certificates.is_empty());
    assert!(!found.authn_requests_signed && !found.description.want_assertions_signed);
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
    assert_eq!(plain.description.name_id_formats, vec!["urn:f".to_owned()]);
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
        assert_eq!(found.description.want_assertions_signed, expected, "{text}");
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
               <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST-SimpleSign" Location="https://sp.example/art" index="0" isDefault="true"/>
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
        "HTTP-POST-SimpleSign",
        "SOAP",
        "index one",
        "index 1 is used by two",
        "without Location",
    ] {
        warned(&found, part);
    }
}

/// SAML Metadata 2.4.4: every AssertionConsumerService with a binding of SAML Profiles 4.1 or 4.2.
#[test]
fn endpoints_are_read_with_their_bindings() {
    let endpoint = |binding: &str| {
        format!(
            r#"<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" Location="https://sp.example/{binding}"/>"#
        )
    };
    let all = ["HTTP-POST", "HTTP-Artifact", "PAOS"]
        .map(endpoint)
        .concat();
    let found = ok(&document("", "", &all));
    let bindings: Vec<AcsBinding> = found.acs.iter().map(|one| one.binding).collect();
    assert_eq!(bindings, AcsBinding::ALL);
    assert_eq!(found.warnings, []);
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

const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";

fn key_with_methods(usage: &str, methods: &[String]) -> String {
    let methods: String = methods
        .iter()
        .map(|inner| format!("<md:EncryptionMethod Algorithm={inner}</md:EncryptionMethod>"))
        .collect();
    key(usage, &x509(&certificate())).replace("</md:Key", &format!("{methods}</md:Key"))
}

/// SAML Metadata 2.4.1.1: "Zero or more elements that provide ... an acceptable encryption method".
#[test]
fn an_algorithm_that_is_listed_is_chosen() {
    let check = |usage: &str, methods: &[String], expected: (&str, &str), notes: usize| {
        let found = ok(&document(
            "",
            "",
            &format!("{}{ACS}", key_with_methods(usage, methods)),
        ));
        let mut choice = EncryptionChoice::NONE;
        found.encryption.choose(&mut choice);
        let chosen = (choice.algorithm.as_str(), choice.key_transport.as_str());
        assert_eq!(chosen, expected, "{methods:?}");
        assert_eq!(found.warnings.len(), notes, "{:?}", found.warnings);
    };
    let usual = ("AES-256-GCM", "RSA-OAEP");
    let one = |uri: String| format!("\"{uri}\">");
    let aes = |name: &str| one(format!("{XENC}{name}"));
    let gcm = |name: &str| one(format!("{XENC11}{name}"));
    let sha = |name: &str| format!("<ds:DigestMethod Algorithm=\"{name}\"/>");
    check("", &[], usual, 0);
    let oaep = aes("rsa-oaep-mgf1p");
    check("", &[gcm("aes128-gcm"), gcm("aes256-gcm"), oaep], usual, 0);
    let old = [aes("aes128-cbc"), aes("aes256-cbc"), aes("tripledes-cbc")];
    check("use=\"encryption\"", &old, ("AES-256-CBC", "RSA-OAEP"), 0);
    // What a key for signatures says of encryption is not meant for us.
    check("use=\"signing\"", &old, usual, 0);
    check("", &[aes("tripledes-cbc")], usual, 1);
    check("", &[aes("rsa-1_5")], usual, 1);
    let newer = gcm("rsa-oaep");
    check("", &[newer], ("AES-256-GCM", "RSA-OAEP-SHA256"), 0);
    let mask = format!("<x:MGF xmlns:x=\"{XENC11}\" Algorithm=\"{XENC11}mgf1sha256\"/>");
    let full = format!("\"{XENC11}rsa-oaep\">{}{mask}", sha(DIGEST_SHA256));
    check("", &[full], ("AES-256-GCM", "RSA-OAEP-SHA256"), 0);
    let foreign = format!("\"{XENC11}rsa-oaep\">{}", sha("urn:x"));
    check("", &[foreign], usual, 1);
    let digest = format!("\"{XENC}rsa-oaep-mgf1p\">{}", sha(DIGEST_SHA1));
    check("", &[digest], usual, 0);
}

#[test]
fn a_choice_that_is_listed_stays() {
    let listed = ListedEncryption {
        algorithms: vec![
            EncryptionAlgorithm::Aes256Gcm,
            EncryptionAlgorithm::Aes128Cbc,
        ],
        key_transports: vec![KeyTransport::RsaOaepSha256],
    };
    let mut choice = EncryptionChoice {
        algorithm: EncryptionAlgorithm::Aes128Cbc,
        ..EncryptionChoice::NONE
    };
    listed.choose(&mut choice);
    assert_eq!(choice.algorithm, EncryptionAlgorithm::Aes128Cbc);
    assert_eq!(choice.key_transport, KeyTransport::RsaOaepSha256);
    assert!(!choice.is_on());
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
        "<md:Extensions><x xmlns='urn:x'/></md:Extensions>{ACS}<md:ArtifactResolutionService/><md:AttributeConsumingService index='0'><md:RequestedAttribute/></md:AttributeConsumingService><x xmlns='urn:x'/>"
    );
    let found = ok(&document("cacheDuration=\"P1D\"", "", &children).replace(
        "<md:SPSSODescriptor",
        "<ds:Signature/><md:IDPSSODescriptor/><md:Organization/><md:SPSSODescriptor",
    ));
    for part in [
        "signature of the metadata",
        "the extension x",
        "ArtifactResolutionService",
        "a RequestedAttribute without Name",
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

const UI: &str = "xmlns:mdui='urn:oasis:names:tc:SAML:metadata:ui' xmlns:mdattr='urn:oasis:names:tc:SAML:metadata:attribute' xmlns:saml='urn:oasis:names:tc:SAML:2.0:assertion'";

/// sstc-saml-metadata-ui 2.1: DisplayName, Description, Logo, PrivacyStatementURL.
#[test]
fn what_it_says_to_people_is_read_as_text() {
    let ui = r#"<md:Extensions><mdui:UIInfo>
        <mdui:DisplayName xml:lang="de">Lexikon</mdui:DisplayName>
        <mdui:DisplayName xml:lang="en">&lt;script&gt;alert(1)&lt;/script&gt; Wiki</mdui:DisplayName>
        <mdui:DisplayName>Half<!-- -->hidden</mdui:DisplayName>
        <mdui:Description xml:lang="en">  A wiki.  </mdui:Description>
        <mdui:Keywords xml:lang="en">wiki</mdui:Keywords>
        <mdui:Logo height="16" width="24">javascript:alert(1)</mdui:Logo>
        <mdui:PrivacyStatementURL xml:lang="en">https://sp.example/privacy</mdui:PrivacyStatementURL>
        </mdui:UIInfo></md:Extensions>"#;
    let found = ok(&document(UI, "", &format!("{ui}{ACS}")));
    let description = &found.description;
    assert_eq!(
        description.offered_name(),
        Some("<script>alert(1)</script> Wiki")
    );
    assert_eq!(description.display_names.len(), 2);
    assert_eq!(description.descriptions[0].text, "A wiki.");
    assert_eq!(description.logos[0].url, "javascript:alert(1)");
    assert_eq!(description.logos[0].size, "24×16");
    assert_eq!(
        description.privacy_statement_urls[0].text,
        "https://sp.example/privacy"
    );
    warned(&found, "mdui:DisplayName without plain text");
}

/// BOUNDED-INPUT: what is kept of a stranger's texts has an end.
#[test]
fn texts_for_people_are_cut_and_counted() {
    let names: String = (0..300)
        .map(|number| {
            format!(
                "<mdui:DisplayName>{number}{}</mdui:DisplayName>",
                "x".repeat(2_000)
            )
        })
        .collect();
    let ui = format!("<md:Extensions><mdui:UIInfo>{names}</mdui:UIInfo></md:Extensions>{ACS}");
    let found = ok(&document(UI, "", &ui));
    assert_eq!(found.description.display_names.len(), 200);
    assert_eq!(
        found.description.display_names[0].text.chars().count(),
        1_000
    );
    warned(&found, "beyond the first 200");
}

/// sstc-metadata-attr 2.1: attributes of the entity, such as its categories.
#[test]
fn attributes_of_the_entity_are_read_each_name_once() {
    let category = |value: &str| {
        format!(
            "<saml:Attribute Name='http://macedir.org/entity-category'><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
        )
    };
    let extensions = format!(
        "<md:Extensions><mdattr:EntityAttributes>{}{}</mdattr:EntityAttributes></md:Extensions><md:SPSSODescriptor",
        category("http://refeds.org/category/research-and-scholarship"),
        category("http://refeds.org/category/code-of-conduct/v2")
    );
    let found = ok(&document(UI, "", ACS).replacen("<md:SPSSODescriptor", &extensions, 1));
    let attributes = &found.description.entity_attributes;
    assert_eq!(attributes.len(), 1);
    assert_eq!(attributes[0].values.len(), 2);
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
}

/// SAML Metadata 2.4.4.2: Name, NameFormat, FriendlyName, isRequired.
#[test]
fn requested_attributes_of_all_services_are_offered_once() {
    let services = r#"<md:AttributeConsumingService index="0"><md:ServiceName xml:lang="en">Wiki</md:ServiceName>
        <md:RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="mail"/>
        <md:RequestedAttribute Name="team"/>
        </md:AttributeConsumingService><md:AttributeConsumingService index="1">
        <md:RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" isRequired="1"><saml:AttributeValue>a@b.example</saml:AttributeValue></md:RequestedAttribute>
        <md:RequestedAttribute Name="team" NameFormat="urn:x"/>
        </md:AttributeConsumingService>"#;
    let found = ok(&document(UI, "", &format!("{ACS}{services}")));
    let asked = &found.description.requested_attributes;
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].friendly_name, "mail");
    assert_eq!(asked[0].name_format, NameFormat::Uri);
    assert!(asked[0].is_required && !asked[1].is_required);
    // Nothing said is unspecified (SAML Core 2.7.3.1).
    assert_eq!(asked[1].name_format, NameFormat::Unspecified);
    warned(&found, "NameFormat that is not known");
}

/// SAML Metadata 2.3.2, 2.4.1: validUntil of the entity and of its role; the earliest counts.
#[test]
fn the_earliest_valid_until_is_kept_and_read_again_after_it() {
    let entity = "validUntil=\"2026-12-01T00:00:00Z\"";
    let role = "validUntil=\"2026-11-15T00:00:00Z\"";
    let xml = document(entity, role, ACS);
    let expected = instant::parse("2026-11-15T00:00:00Z");
    assert_eq!(ok(&xml).description.valid_until, expected);
    assert_eq!(
        read_at(&xml, "2027-01-01T00:00:00Z"),
        Err(MetadataError::Expired)
    );
    assert_eq!(read_again(&xml).unwrap().description.valid_until, expected);
}
