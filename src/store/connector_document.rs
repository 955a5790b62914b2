//! The part of a connector that is never searched for, as one JSON document: endpoints,
//! certificates, NameID, signing, encryption and mappings. Choices are spelled as the API spells them; what
//! cannot be read back is corrupt, never a default.

use serde::{Deserialize, Serialize};

use crate::domain::access_conditions::AccessConditions;
use crate::domain::address_range::AddressRange;
use crate::domain::attribute_path::AttributePath;
use crate::domain::connector::{
    AcsBinding, AcsEndpoint, CertificateUse, ConnectorSettings, EndpointBinding, NameIdChoice,
    NameIdFormat, SignatureAlgorithm, SignatureScope, SloEndpoint, SpCertificate,
};
use crate::domain::encryption::{EncryptionAlgorithm, EncryptionChoice, KeyTransport};
use crate::domain::name_id_source::NameIdSource;
use crate::domain::user::UserField;
use crate::store::mapping_document::MappingDocument;

/// The document. Field names are the stored format: renaming one needs a migration.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::store) struct ConnectorDocument {
    acs: Vec<AcsDocument>,
    slo: Vec<SloDocument>,
    certificates: Vec<CertificateDocument>,
    want_authn_requests_signed: bool,
    name_id_source: String,
    /// Absent where the source is a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_id_path: Option<String>,
    name_id_format: String,
    sign: String,
    signature_algorithm: String,
    /// Absent in what was stored before there was encryption: nothing is encrypted.
    encryption: Option<EncryptionDocument>,
    /// Absent in what was stored before there were second factors.
    #[serde(default)]
    require_mfa: bool,
    /// Absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<ConditionsDocument>,
    default_relay_state: String,
    login_url: String,
    mappings: Vec<MappingDocument>,
    /// Absent where no address is remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_url: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AcsDocument {
    url: String,
    binding: String,
    index: Option<u16>,
    is_default: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SloDocument {
    url: String,
    binding: String,
    response_url: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CertificateDocument {
    pem: String,
    #[serde(rename = "use")]
    use_for: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EncryptionDocument {
    assertions: bool,
    name_id: bool,
    algorithm: String,
    key_transport: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConditionsDocument {
    networks: Vec<String>,
    sign_in_max_age: Option<i64>,
    denied_text: String,
    help_url: String,
}

/// The fields of [`ConnectorSettings`] that have columns of their own.
pub(in crate::store) struct SettingsHead {
    pub name: String,
    pub slug: String,
    pub status: crate::domain::connector::ConnectorStatus,
    pub template: Option<String>,
    pub sp_entity_id: String,
    pub metadata_xml: Option<String>,
}

impl ConnectorDocument {
    /// What is stored for these settings.
    pub(in crate::store) fn of(settings: &ConnectorSettings) -> Self {
        Self {
            acs: settings.acs.iter().map(AcsDocument::of).collect(),
            slo: settings.slo.iter().map(SloDocument::of).collect(),
            certificates: settings
                .certificates
                .iter()
                .map(CertificateDocument::of)
                .collect(),
            want_authn_requests_signed: settings.want_authn_requests_signed,
            name_id_source: settings.name_id.source.as_str().to_owned(),
            name_id_path: settings.name_id.source.path().map(str::to_owned),
            name_id_format: settings.name_id.format.uri().to_owned(),
            sign: settings.sign.as_str().to_owned(),
            signature_algorithm: settings.signature_algorithm.as_str().to_owned(),
            encryption: Some(EncryptionDocument::of(settings.encryption)),
            require_mfa: settings.require_mfa,
            conditions: ConditionsDocument::of(&settings.conditions),
            default_relay_state: settings.default_relay_state.clone(),
            login_url: settings.login_url.clone(),
            mappings: settings.mappings.iter().map(MappingDocument::of).collect(),
            metadata_url: settings.metadata_url.clone(),
        }
    }

    /// The settings again; `None` if a choice is not one this version knows.
    pub(in crate::store) fn into_settings(self, head: SettingsHead) -> Option<ConnectorSettings> {
        Some(ConnectorSettings {
            name: head.name,
            slug: head.slug,
            status: head.status,
            template: head.template,
            sp_entity_id: head.sp_entity_id,
            acs: all(self.acs, AcsDocument::into_endpoint)?,
            slo: all(self.slo, SloDocument::into_endpoint)?,
            certificates: all(self.certificates, CertificateDocument::into_certificate)?,
            want_authn_requests_signed: self.want_authn_requests_signed,
            name_id: NameIdChoice {
                source: name_id_source(&self.name_id_source, self.name_id_path.as_deref())?,
                format: NameIdFormat::parse(&self.name_id_format)?,
            },
            sign: SignatureScope::parse(&self.sign)?,
            signature_algorithm: SignatureAlgorithm::parse(&self.signature_algorithm)?,
            encryption: match self.encryption {
                Some(document) => document.into_choice()?,
                None => EncryptionChoice::NONE,
            },
            require_mfa: self.require_mfa,
            conditions: match self.conditions {
                Some(document) => document.into_conditions()?,
                None => AccessConditions::NONE,
            },
            default_relay_state: self.default_relay_state,
            login_url: self.login_url,
            mappings: all(self.mappings, MappingDocument::into_mapping)?,
            metadata_xml: head.metadata_xml,
            metadata_url: self.metadata_url,
        })
    }
}

fn name_id_source(source: &str, path: Option<&str>) -> Option<NameIdSource> {
    match path {
        None => UserField::parse(source).map(NameIdSource::Field),
        Some(path) if source == NameIdSource::OWN_ATTRIBUTE => AttributePath::parse(path)
            .ok()
            .map(NameIdSource::OwnAttribute),
        Some(_) => None,
    }
}

fn all<T, U>(documents: Vec<T>, read: impl Fn(T) -> Option<U>) -> Option<Vec<U>> {
    documents.into_iter().map(read).collect()
}

impl AcsDocument {
    fn of(endpoint: &AcsEndpoint) -> Self {
        Self {
            url: endpoint.url.clone(),
            binding: endpoint.binding.as_str().to_owned(),
            index: endpoint.index,
            is_default: endpoint.is_default,
        }
    }

    fn into_endpoint(self) -> Option<AcsEndpoint> {
        Some(AcsEndpoint {
            binding: AcsBinding::parse(&self.binding)?,
            url: self.url,
            index: self.index,
            is_default: self.is_default,
        })
    }
}

impl SloDocument {
    fn of(endpoint: &SloEndpoint) -> Self {
        Self {
            url: endpoint.url.clone(),
            binding: endpoint.binding.as_str().to_owned(),
            response_url: endpoint.response_url.clone(),
        }
    }

    fn into_endpoint(self) -> Option<SloEndpoint> {
        Some(SloEndpoint {
            binding: EndpointBinding::parse(&self.binding)?,
            url: self.url,
            response_url: self.response_url,
        })
    }
}

impl CertificateDocument {
    fn of(certificate: &SpCertificate) -> Self {
        Self {
            pem: certificate.pem.clone(),
            use_for: certificate.use_for.as_str().to_owned(),
        }
    }

    fn into_certificate(self) -> Option<SpCertificate> {
        Some(SpCertificate {
            use_for: CertificateUse::parse(&self.use_for)?,
            pem: self.pem,
        })
    }
}

impl EncryptionDocument {
    fn of(choice: EncryptionChoice) -> Self {
        Self {
            assertions: choice.assertions,
            name_id: choice.name_id,
            algorithm: choice.algorithm.as_str().to_owned(),
            key_transport: choice.key_transport.as_str().to_owned(),
        }
    }

    fn into_choice(self) -> Option<EncryptionChoice> {
        Some(EncryptionChoice {
            assertions: self.assertions,
            name_id: self.name_id,
            algorithm: EncryptionAlgorithm::parse(&self.algorithm)?,
            key_transport: KeyTransport::parse(&self.key_transport)?,
        })
    }
}

impl ConditionsDocument {
    fn of(conditions: &AccessConditions) -> Option<Self> {
        (*conditions != AccessConditions::NONE).then(|| Self {
            networks: conditions.network_texts(),
            sign_in_max_age: conditions.sign_in_max_age,
            denied_text: conditions.denied_text.clone(),
            help_url: conditions.help_url.clone(),
        })
    }

    fn into_conditions(self) -> Option<AccessConditions> {
        Some(AccessConditions {
            networks: all(self.networks, |text| AddressRange::parse(&text))?,
            sign_in_max_age: self.sign_in_max_age,
            denied_text: self.denied_text,
            help_url: self.help_url,
        })
    }
}
