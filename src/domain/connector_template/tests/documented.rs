//! What the pages of each service provider show as right passes its checks, and what they rule out
//! is warned about.

use crate::domain::app_access::AccessPaths;
use crate::domain::attribute_mapping::AttributeSource;
use crate::domain::attribute_release::{ReleaseInput, release};
use crate::domain::connector::{ConnectorSettings, NameIdFormat, SignatureScope};
use crate::domain::connector_checks::{Check, SignedPart};
use crate::domain::connector_template::{
    ConnectorTemplate, all, find, placeholder, settings_warnings, unreplaced, warnings,
};
use crate::domain::release::Release;
use crate::domain::samples::{mapped, settings, user};

/// Attribute name and value.
type Sent = (&'static str, &'static str);

const GIVEN_NAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname";
const SURNAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname";
const NAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
const MAIL: &str = "jason@example.com";
const ROLE: &str = "arn:aws:iam::123456789012:role/A,arn:aws:iam::123456789012:saml-provider/V";

/// Template, entity ID, URL, and what is sent.
const DOCUMENTED: [(&str, &str, &str, &[Sent]); 16] = [
    (
        "atlassian-cloud",
        "https://auth.atlassian.com/saml/1a2b",
        "https://auth.atlassian.com/login/callback?connection=saml-1a2b",
        &[(GIVEN_NAME, "Jason"), (SURNAME, "Lee"), (NAME, "4711")],
    ),
    (
        "aws-iam",
        "urn:amazon:webservices",
        "https://signin.aws.amazon.com/saml",
        &[
            ("https://aws.amazon.com/SAML/Attributes/Role", ROLE),
            (
                "https://aws.amazon.com/SAML/Attributes/RoleSessionName",
                MAIL,
            ),
        ],
    ),
    (
        "aws-identity-center",
        "https://eu-central-1.signin.aws.amazon.com/platform/saml/d-1234567890",
        "https://eu-central-1.signin.aws.amazon.com/platform/saml/acs/1a2b",
        &[],
    ),
    (
        "datadog",
        "https://app.datadoghq.com/account/saml/metadata.xml",
        "https://app.datadoghq.com/account/saml/assertion",
        &[
            ("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", MAIL),
            ("urn:oid:2.5.4.4", "Lee"),
            ("urn:oid:2.5.4.42", "Jason"),
        ],
    ),
    (
        "dropbox",
        "Dropbox",
        "https://www.dropbox.com/saml_login",
        &[],
    ),
    (
        "github-enterprise-cloud",
        "https://github.com/enterprises/octo",
        "https://github.com/enterprises/octo/saml/consume",
        &[("full_name", "Mona Lisa"), ("emails", MAIL)],
    ),
    (
        "github-enterprise-server",
        "https://github.example.com",
        "https://github.example.com/saml/consume",
        &[("username", "monalisa"), ("emails", MAIL)],
    ),
    (
        "gitlab",
        "https://gitlab.com/groups/octo",
        "https://gitlab.com/groups/octo/-/saml/callback",
        &[("email", MAIL), ("first_name", "Jason")],
    ),
    (
        "google-workspace",
        "https://accounts.google.com/samlrp/01abc",
        "https://accounts.google.com/samlrp/01abc/acs",
        &[],
    ),
    (
        "grafana",
        "https://grafana.example.com/saml/metadata",
        "https://grafana.example.com/saml/acs",
        &[("mail", MAIL), ("displayName", "Jason Lee")],
    ),
    (
        "microsoft-365",
        "urn:federation:MicrosoftOnline",
        "https://login.microsoftonline.com/login.srf",
        &[("IDPEmail", MAIL)],
    ),
    (
        "salesforce",
        "https://example.my.salesforce.com",
        "https://example.my.salesforce.com?so=00D000000000001",
        &[],
    ),
    (
        "slack",
        "https://slack.com",
        "https://example.slack.com/sso/saml",
        &[("User.Email", MAIL), ("first_name", "Jason")],
    ),
    (
        "snowflake",
        "https://org-account.snowflakecomputing.com",
        "https://org-account.snowflakecomputing.com/fed/login",
        &[],
    ),
    (
        "zendesk",
        "https://example.zendesk.com",
        "https://example.zendesk.com/access/saml",
        &[
            (GIVEN_NAME, "James"),
            (SURNAME, "Dietrich"),
            ("role", "agent"),
        ],
    ),
    (
        "zoom",
        "example.zoom.us",
        "https://example.zoom.us/saml/SSO",
        &[("urn:oid:0.9.2342.19200300.100.1.3", MAIL)],
    ),
];

fn default_text(template: &ConnectorTemplate, pointer: &str) -> String {
    let defaults: serde_json::Value = serde_json::from_str(template.defaults()).unwrap();
    let text = defaults.pointer(pointer).and_then(|value| value.as_str());
    text.unwrap_or_default().to_owned()
}

/// A connector with what the template fills in.
fn filled(template: &ConnectorTemplate, entity_id: &str, url: &str) -> ConnectorSettings {
    let mut filled = settings();
    filled.template = Some(template.id.clone());
    filled.sp_entity_id = entity_id.to_owned();
    filled.acs[0].url = url.to_owned();
    filled.name_id.format = NameIdFormat::parse(&default_text(template, "/nameId/format")).unwrap();
    filled.sign = SignatureScope::parse(&default_text(template, "/sign")).unwrap();
    filled
}

fn sent(attributes: &[Sent]) -> Release {
    let constant =
        |(name, value): &Sent| mapped(name, AttributeSource::Constant((*value).to_owned()));
    let mappings: Vec<_> = attributes.iter().map(constant).collect();
    release(ReleaseInput {
        user: &user("jason"),
        user_attributes: &[],
        group_attributes: &[],
        memberships: &AccessPaths::default(),
        mappings: &mappings,
    })
}

#[test]
fn every_template_is_documented_here() {
    let here: Vec<&str> = DOCUMENTED.iter().map(|(id, ..)| *id).collect();
    let all: Vec<&str> = all().iter().map(|template| template.id.as_str()).collect();
    assert_eq!(here, all);
}

#[test]
fn what_is_documented_passes() {
    for (id, entity_id, url, attributes) in DOCUMENTED {
        let good = filled(find(id).unwrap(), entity_id, url);
        assert_eq!(good.check(), [], "{id}");
        assert_eq!(unreplaced(&good), [], "{id}");
        assert_eq!(settings_warnings(&good), [], "{id}");
        assert_eq!(warnings(Some(id), &sent(attributes), 1_000), [], "{id}");
    }
}

#[test]
fn without_a_required_attribute_the_preview_warns() {
    let mut tried = 0;
    for (id, _, _, attributes) in DOCUMENTED {
        let template = find(id).unwrap();
        for check in &template.checks {
            let Check::Attribute {
                name,
                required: true,
                ..
            } = check
            else {
                continue;
            };
            let rest: Vec<Sent> = attributes
                .iter()
                .copied()
                .filter(|(sent, _)| sent != name)
                .collect();
            let warnings = warnings(Some(id), &sent(&rest), 1_000);
            assert_eq!(warnings.len(), 1, "{id} {name}");
            assert!(warnings[0].detail.contains(name), "{id} {name}");
            // What it insists on, it fills in.
            assert!(template.defaults().contains(name), "{id} {name}");
            tried += 1;
        }
    }
    assert_eq!(tried, 12);
}

#[test]
fn a_wrong_name_id_format_or_signature_warns() {
    for (id, entity_id, url, _) in DOCUMENTED {
        let template = find(id).unwrap();
        let good = filled(template, entity_id, url);
        let pointers = |settings: &ConnectorSettings| -> Vec<String> {
            let warnings = settings_warnings(settings);
            warnings.into_iter().map(|w| w.pointer).collect()
        };
        for check in &template.checks {
            let mut bad = good.clone();
            let expected = match check {
                Check::NameId { .. } => {
                    bad.name_id.format = NameIdFormat::Transient;
                    "/nameId/format"
                }
                Check::Signed { part } => {
                    bad.sign = match part {
                        SignedPart::Assertion => SignatureScope::Response,
                        SignedPart::Response => SignatureScope::Assertion,
                    };
                    "/sign"
                }
                Check::Acs { .. } => {
                    bad.acs[0].url = "https://example.com/".to_owned();
                    "/acsUrls/0/url"
                }
                Check::Audience { .. } => {
                    bad.sp_entity_id = "urn:example:other".to_owned();
                    "/spEntityId"
                }
                _ => continue,
            };
            assert_eq!(pointers(&bad), [expected], "{id}");
        }
    }
}

/// A placeholder that a check takes for wrong would be told twice, and never be replaced rightly.
#[test]
fn defaults_are_right_but_for_their_placeholders() {
    for template in all() {
        let entity_id = default_text(template, "/spEntityId");
        let url = default_text(template, "/acsUrls/0/url");
        if entity_id.is_empty() {
            continue;
        }
        let made = filled(template, &entity_id, &url);
        assert_eq!(settings_warnings(&made), [], "{}", template.id);
        let words = [&entity_id, &url].map(|text| placeholder(text).is_some());
        let left = words.into_iter().filter(|has| *has).count();
        assert_eq!(unreplaced(&made).len(), left, "{}", template.id);
    }
}
