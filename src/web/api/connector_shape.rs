//! A connector as JSON. The metadata document it was filled from is not repeated: what was taken
//! from it stands in the fields.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access_conditions::AccessConditions;
use crate::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge};
use crate::domain::connector::{AcsEndpoint, CertificateUse, SloEndpoint, SpCertificate};
use crate::service::connectors::ConnectorView;
use crate::web::api::mapping_steps::TransformationJson;
use crate::web::api::shapes::{self, GroupRef, WarningJson};

/// A connector: one service provider and what it receives.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Connector)]
pub struct ConnectorJson {
    id: String,
    name: String,
    slug: String,
    /// `ACTIVE` or `INACTIVE`.
    status: &'static str,
    template: Option<String>,
    sp_entity_id: String,
    acs_urls: Vec<AcsJson>,
    slo_urls: Vec<SloJson>,
    sp_certificates: Vec<CertificateJson>,
    want_authn_requests_signed: bool,
    name_id: NameIdJson,
    /// `ASSERTION`, `RESPONSE` or `BOTH`.
    sign: &'static str,
    signature_algorithm: &'static str,
    encrypt_assertions: bool,
    /// `AES-256-GCM`, `AES-128-GCM`, `AES-256-CBC` or `AES-128-CBC`.
    encryption_algorithm: &'static str,
    /// `RSA-OAEP` or `RSA-OAEP-SHA256`.
    key_transport_algorithm: &'static str,
    encrypt_name_id: bool,
    default_relay_state: String,
    login_url: String,
    require_mfa: bool,
    access_conditions: ConditionsJson,
    attribute_mappings: Vec<MappingJson>,
    /// The groups whose members may open it.
    groups: Vec<GroupRef>,
    warnings: Vec<WarningJson>,
}

/// An AssertionConsumerService.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AcsUrl)]
pub struct AcsJson {
    url: String,
    binding: &'static str,
    index: Option<u16>,
    is_default: bool,
}

/// A SingleLogoutService.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SloUrl)]
pub struct SloJson {
    url: String,
    binding: &'static str,
    response_url: Option<String>,
}

/// A certificate of the service provider: its PEM alone when it is for both uses.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Certificate)]
enum CertificateJson {
    Both(String),
    ForUse {
        pem: String,
        /// `signing` or `encryption`.
        r#use: &'static str,
    },
}

/// What the NameID is made of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NameIdChoice)]
struct NameIdJson {
    /// A user field, or `CUSTOM`: one of the user's own attributes.
    source: &'static str,
    /// Into the user's own attribute; absent for a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    format: &'static str,
}

/// Conditions beside the groups.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessConditions)]
struct ConditionsJson {
    /// Addresses and ranges in CIDR that it opens from; empty: all.
    networks: Vec<String>,
    /// After so many minutes a sign-in has to be made anew.
    sign_in_max_age_minutes: Option<i64>,
    denied_text: String,
    help_url: String,
}

/// One attribute mapping.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AttributeMapping)]
struct MappingJson {
    sp_attribute_name: String,
    /// `BASIC`, `URI` or `UNSPECIFIED`.
    name_format: &'static str,
    source: SourceJson,
    /// `UNION` where the values of all groups count; absent where the newest group's does.
    #[serde(skip_serializing_if = "Option::is_none")]
    merge: Option<&'static str>,
    /// Done to the values one after the other; absent if there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transformations: Vec<TransformationJson>,
}

/// Where a mapping takes its values from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = MappingSource)]
enum SourceJson {
    UserField { field: &'static str },
    Custom { path: String },
    Constant { value: String },
    Groups {},
}

impl From<ConnectorView> for ConnectorJson {
    fn from(view: ConnectorView) -> Self {
        let settings = view.connector.settings;
        let groups = view.groups.into_iter().map(|group| GroupRef {
            id: group.id.as_str().to_owned(),
            name: group.name,
        });
        Self {
            id: view.connector.public_id.as_str().to_owned(),
            name: settings.name,
            slug: settings.slug,
            status: settings.status.as_str(),
            template: settings.template,
            sp_entity_id: settings.sp_entity_id,
            acs_urls: settings.acs.into_iter().map(AcsJson::from).collect(),
            slo_urls: settings.slo.into_iter().map(SloJson::from).collect(),
            sp_certificates: settings
                .certificates
                .into_iter()
                .map(CertificateJson::from)
                .collect(),
            want_authn_requests_signed: settings.want_authn_requests_signed,
            name_id: NameIdJson {
                source: settings.name_id.source.as_str(),
                path: settings.name_id.source.path().map(str::to_owned),
                format: settings.name_id.format.uri(),
            },
            sign: settings.sign.as_str(),
            signature_algorithm: settings.signature_algorithm.as_str(),
            encrypt_assertions: settings.encryption.assertions,
            encryption_algorithm: settings.encryption.algorithm.as_str(),
            key_transport_algorithm: settings.encryption.key_transport.as_str(),
            encrypt_name_id: settings.encryption.name_id,
            default_relay_state: settings.default_relay_state,
            login_url: settings.login_url,
            require_mfa: settings.require_mfa,
            access_conditions: settings.conditions.into(),
            attribute_mappings: settings
                .mappings
                .into_iter()
                .map(MappingJson::from)
                .collect(),
            groups: groups.collect(),
            warnings: shapes::warnings(view.warnings),
        }
    }
}

impl From<AccessConditions> for ConditionsJson {
    fn from(conditions: AccessConditions) -> Self {
        Self {
            networks: conditions.network_texts(),
            sign_in_max_age_minutes: conditions.sign_in_max_age,
            denied_text: conditions.denied_text,
            help_url: conditions.help_url,
        }
    }
}

impl From<AcsEndpoint> for AcsJson {
    fn from(acs: AcsEndpoint) -> Self {
        Self {
            url: acs.url,
            binding: acs.binding.as_str(),
            index: acs.index,
            is_default: acs.is_default,
        }
    }
}

impl From<SloEndpoint> for SloJson {
    fn from(slo: SloEndpoint) -> Self {
        Self {
            url: slo.url,
            binding: slo.binding.as_str(),
            response_url: slo.response_url,
        }
    }
}

impl From<SpCertificate> for CertificateJson {
    fn from(certificate: SpCertificate) -> Self {
        match certificate.use_for {
            CertificateUse::Both => Self::Both(certificate.pem),
            CertificateUse::Signing | CertificateUse::Encryption => Self::ForUse {
                pem: certificate.pem,
                r#use: certificate.use_for.as_str(),
            },
        }
    }
}

impl From<AttributeMapping> for MappingJson {
    fn from(mapping: AttributeMapping) -> Self {
        let source = match mapping.source {
            AttributeSource::UserField(field) => SourceJson::UserField {
                field: field.as_str(),
            },
            AttributeSource::Custom(path) => SourceJson::Custom {
                path: path.as_str().to_owned(),
            },
            AttributeSource::Constant(value) => SourceJson::Constant { value },
            AttributeSource::Groups => SourceJson::Groups {},
        };
        Self {
            sp_attribute_name: mapping.sp_attribute_name,
            name_format: mapping.name_format.as_str(),
            source,
            merge: (mapping.merge != Merge::Newest).then(|| mapping.merge.as_str()),
            transformations: mapping
                .transformations
                .iter()
                .map(TransformationJson::from)
                .collect(),
        }
    }
}
