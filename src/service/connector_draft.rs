//! What can be said about a connector from outside: REST resource, forms and templates fill this
//! one shape. Turning it into valid settings is `connector_settings.rs`.

use serde::Deserialize;

use crate::domain::connector_template::ConnectorTemplate;
use crate::service::error::InternalError;
use crate::service::patch::Field;

/// A merge patch of a connector.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConnectorDraft {
    pub name: Field<String>,
    pub slug: Field<String>,
    pub status: Field<String>,
    pub template: Field<String>,
    pub sp_entity_id: Field<String>,
    pub acs_urls: Field<Vec<AcsDraft>>,
    pub slo_urls: Field<Vec<SloDraft>>,
    pub sp_certificates: Field<Vec<CertificateDraft>>,
    pub want_authn_requests_signed: Field<bool>,
    pub name_id: Field<NameIdDraft>,
    pub sign: Field<String>,
    pub signature_algorithm: Field<String>,
    pub encrypt_assertions: Field<bool>,
    pub encryption_algorithm: Field<String>,
    pub key_transport_algorithm: Field<String>,
    pub encrypt_name_id: Field<bool>,
    pub default_relay_state: Field<String>,
    pub login_url: Field<String>,
    pub require_mfa: Field<bool>,
    pub access_conditions: Field<ConditionsDraft>,
    pub attribute_mappings: Field<Vec<MappingDraft>>,
    /// Fills entity id, endpoints, certificates and signing wish.
    pub metadata_xml: Field<String>,
    /// Where the metadata came from; remembered.
    pub metadata_url: Field<String>,
}

impl ConnectorDraft {
    /// What a template fills in where a new connector says nothing.
    pub fn of_template(template: &ConnectorTemplate) -> Result<Self, InternalError> {
        Ok(serde_json::from_str(template.defaults())?)
    }
}

/// Conditions beside the groups, as they arrive; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConditionsDraft {
    /// Addresses and ranges in CIDR.
    pub networks: Field<Vec<String>>,
    pub sign_in_max_age_minutes: Field<i64>,
    pub denied_text: Field<String>,
    pub help_url: Field<String>,
}

/// An AssertionConsumerService as it arrives.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcsDraft {
    pub url: String,
    #[serde(default)]
    pub binding: Option<String>,
    #[serde(default)]
    pub index: Option<u16>,
    #[serde(default)]
    pub is_default: Option<bool>,
}

/// A SingleLogoutService as it arrives.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SloDraft {
    pub url: String,
    #[serde(default)]
    pub binding: Option<String>,
    #[serde(default)]
    pub response_url: Option<String>,
}

/// A certificate as it arrives: a PEM for both uses, or a PEM with its use.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum CertificateDraft {
    Pem(String),
    WithUse(CertificateWithUse),
}

/// `{pem, use}`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateWithUse {
    pub pem: String,
    #[serde(rename = "use", default)]
    pub use_for: Option<String>,
}

/// NameID choice as it arrives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameIdDraft {
    #[serde(default)]
    pub source: Option<String>,
    /// For the source `CUSTOM`.
    #[serde(default)]
    pub path: Option<String>,
    #[serde(default)]
    pub format: Option<String>,
}

/// An attribute mapping as it arrives.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MappingDraft {
    pub sp_attribute_name: String,
    #[serde(default)]
    pub name_format: Option<String>,
    pub source: SourceDraft,
    /// What counts when several groups have the attribute.
    #[serde(default)]
    pub merge: Option<String>,
    #[serde(default)]
    pub transformations: Option<Vec<TransformationDraft>>,
}

/// A transformation as it arrives.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum TransformationDraft {
    Lower {},
    Upper {},
    Before {
        text: String,
    },
    After {
        text: String,
    },
    Join {
        text: String,
    },
    Split {
        text: String,
    },
    Replace {
        find: String,
        with: String,
    },
    Keep {
        test: String,
        text: String,
    },
    Match {
        pattern: String,
        #[serde(default)]
        form: String,
    },
    Default {
        value: String,
    },
    Template {
        template: String,
    },
}

/// Where a mapping takes its values from, as it arrives.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum SourceDraft {
    UserField { field: String },
    Custom { path: String },
    Constant { value: String },
    Groups {},
}
