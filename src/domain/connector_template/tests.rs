//! The data files themselves, and what they answer.

use std::collections::BTreeSet;

use crate::domain::attribute_mapping::NameFormat;
use crate::domain::attribute_path::AttributePath;
use crate::domain::connector::{NameIdFormat, SignatureAlgorithm, SignatureScope};
use crate::domain::connector_template::{
    ASSERTION_LIMIT, ConnectorTemplate, SOURCES, all, assertion_limit, find, placeholder,
    settings_warnings, unreplaced, warnings,
};
use crate::domain::endpoint_url;
use crate::domain::name_id_source::NameIdSource;
use crate::domain::release::Release;
use crate::domain::samples::settings;
use crate::domain::user::UserField;

#[test]
fn every_file_of_the_folder_is_a_template() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/connectors");
    let mut on_disk = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let template: ConnectorTemplate = serde_json::from_str(&text).unwrap();
        assert_eq!(path.file_stem().unwrap(), template.id.as_str());
        assert!(!template.documentation.is_empty(), "{}", template.id);
        on_disk.insert(template.id);
    }
    let listed: BTreeSet<String> = all().iter().map(|template| template.id.clone()).collect();
    assert_eq!(listed, on_disk);
    assert_eq!(all().len(), SOURCES.len());
}

/// Defaults are not validated when a template is used half filled, so they are here.
#[test]
fn defaults_say_nothing_that_a_connector_would_be_refused_for() {
    for template in all() {
        let defaults: serde_json::Value = serde_json::from_str(template.defaults()).unwrap();
        let text = |pointer: &str| defaults.pointer(pointer).and_then(|v| v.as_str());
        assert!(text("/name").is_some());
        assert!(NameIdFormat::parse(text("/nameId/format").unwrap()).is_some());
        let (source, path) = (text("/nameId/source").unwrap(), text("/nameId/path"));
        let is_field = UserField::parse(source).is_some() && path.is_none();
        let is_attribute = source == NameIdSource::OWN_ATTRIBUTE
            && path.is_some_and(|path| AttributePath::parse(path).is_ok());
        assert!(is_field || is_attribute, "{}", template.id);
        assert!(SignatureScope::parse(text("/sign").unwrap()).is_some());
        assert!(SignatureAlgorithm::parse(text("/signatureAlgorithm").unwrap()).is_some());
        for acs in defaults["acsUrls"].as_array().into_iter().flatten() {
            assert_eq!(endpoint_url::check(acs["url"].as_str().unwrap()), Ok(()));
        }
        for mapping in defaults["attributeMappings"].as_array().unwrap() {
            assert!(NameFormat::parse(mapping["nameFormat"].as_str().unwrap()).is_some());
            let source = &mapping["source"];
            match source["type"].as_str().unwrap() {
                "USER_FIELD" => {
                    assert!(UserField::parse(source["field"].as_str().unwrap()).is_some());
                }
                "CUSTOM" => {
                    assert!(AttributePath::parse(source["path"].as_str().unwrap()).is_ok());
                }
                "CONSTANT" => assert!(source["value"].is_string()),
                other => assert_eq!(other, "GROUPS"),
            }
        }
    }
}

#[test]
fn aws_iam_fills_what_its_documentation_names() {
    let template = find("aws-iam").unwrap();
    let defaults: serde_json::Value = serde_json::from_str(template.defaults()).unwrap();
    assert_eq!(defaults["spEntityId"], "urn:amazon:webservices");
    assert_eq!(
        defaults["acsUrls"][0]["url"],
        "https://signin.aws.amazon.com/saml"
    );
    let names: Vec<_> = defaults["attributeMappings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mapping| mapping["spAttributeName"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "https://aws.amazon.com/SAML/Attributes/Role",
            "https://aws.amazon.com/SAML/Attributes/RoleSessionName",
            "https://aws.amazon.com/SAML/Attributes/SessionDuration",
        ]
    );
}

#[test]
fn the_api_answers_a_template_whole() {
    for template in all() {
        let answered = serde_json::to_value(template).unwrap();
        let keys: Vec<_> = answered.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "name", "documentation", "defaults", "checks"]);
        assert!(answered["checks"][0]["kind"].is_string());
        let again: ConnectorTemplate = serde_json::from_str(&answered.to_string()).unwrap();
        assert_eq!(again.checks, template.checks);
    }
}

#[test]
fn c8_the_assertion_limit_is_the_templates_or_one_mebibyte() {
    assert_eq!(assertion_limit(None), ASSERTION_LIMIT);
    assert_eq!(assertion_limit(Some("unknown")), ASSERTION_LIMIT);
    assert_eq!(assertion_limit(Some("aws-iam")), ASSERTION_LIMIT);
    assert_eq!(assertion_limit(Some("aws-identity-center")), 50_000);
}

#[test]
fn without_a_template_nothing_is_warned_about() {
    assert_eq!(warnings(None, &Release::default(), 2_000_000), []);
    assert_eq!(settings_warnings(&settings()), []);
    let mut aws = settings();
    aws.template = Some("aws-iam".to_owned());
    aws.signature_algorithm = SignatureAlgorithm::EcdsaSha256;
    assert_eq!(settings_warnings(&aws).len(), 1);
    assert_eq!(warnings(Some("aws-iam"), &Release::default(), 1).len(), 2);
}

#[test]
fn a_placeholder_is_a_word_in_capitals() {
    for (text, word) in [
        ("https://YOUR-COMPANY.zoom.us", Some("YOUR-COMPANY")),
        ("https://a.example/saml-YOUR-ID", Some("YOUR-ID")),
        ("https://YOUR-BIG-HOST/x", Some("YOUR-BIG-HOST")),
        ("https://your-company.zoom.us", None),
        ("", None),
    ] {
        assert_eq!(placeholder(text), word, "{text}");
    }
}

#[test]
fn a_connector_of_a_template_keeps_no_placeholder() {
    let mut zoom = settings();
    zoom.sp_entity_id = "https://YOUR-COMPANY.zoom.us".to_owned();
    zoom.acs[0].url = "https://YOUR-COMPANY.zoom.us/saml/SSO".to_owned();
    assert_eq!(unreplaced(&zoom), [], "it was not made from a template");
    zoom.template = Some("zoom".to_owned());
    let left = unreplaced(&zoom);
    let pointers: Vec<_> = left.iter().map(|left| left.pointer.as_str()).collect();
    assert_eq!(pointers, ["/spEntityId", "/acsUrls/0/url"]);
    assert!(left[0].detail.contains("YOUR-COMPANY"), "{left:?}");
    zoom.sp_entity_id = "https://example.zoom.us".to_owned();
    zoom.acs[0].url = "https://example.zoom.us/saml/SSO".to_owned();
    assert_eq!(unreplaced(&zoom), []);
}

mod documented;
