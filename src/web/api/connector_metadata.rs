//! `/connectors/{id}/metadata`: what an application's metadata says, the difference that new metadata would
//! make, and its approval.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::violation::Violation;
use crate::service::connectors;
use crate::service::error::ServiceError;
use crate::service::metadata_difference::{Change, Said};
use crate::service::metadata_fetch;
use crate::service::metadata_update::{self, Approval, Proposal, StoredMetadata};
use crate::service::sp_certificates::SpCertificateView;
use crate::web::access::Call;
use crate::web::api::answer;
use crate::web::api::connector_shape::{AcsJson, ConnectorJson, SloJson};
use crate::web::api::description_shape::DescriptionJson;
use crate::web::api::shapes::{self, WarningJson};
use crate::web::etag::IfMatch;
use crate::web::json_body::ConnectorBody;
use crate::web::problem::Problem;

/// New metadata, to be compared.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetadataDraft {
    #[serde(default)]
    metadata_xml: Option<String>,
    /// Where it is to be fetched from; instead of the text.
    #[serde(default)]
    metadata_url: Option<String>,
}

/// The approval of a difference.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalDraft {
    metadata_xml: String,
    digest: String,
    #[serde(default)]
    take_name: bool,
    /// The address to remember.
    #[serde(default)]
    metadata_url: Option<String>,
}

/// `GET /connectors/{id}/metadata`
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let found = call
        .run(move |env, _| metadata_update::stored(env, &id))
        .await?;
    answer::ok_at(found.connector.version, &ConnectorMetadataJson::from(found))
}

/// `POST /connectors/{id}/metadata/difference`
pub async fn difference(
    call: Call,
    id: Path<String>,
    ConnectorBody(draft): ConnectorBody<MetadataDraft>,
) -> Result<HttpResponse, Problem> {
    let caller = Arc::clone(&call.caller);
    let propose = move |env: &_, _: &_| {
        let fetched = match (&draft.metadata_xml, &draft.metadata_url) {
            (Some(_), None) => None,
            (None, Some(url)) => Some(metadata_fetch::fetch(env, &caller, url)?),
            _ => {
                let violation = Violation::new("", "Give metadataXml or metadataUrl, one of them.");
                return Err(ServiceError::Invalid(vec![violation]));
            }
        };
        let xml = fetched.as_ref().or(draft.metadata_xml.as_ref());
        let xml = xml.map_or("", String::as_str);
        Ok((metadata_update::propose(env, &id, xml)?, fetched))
    };
    let (found, fetched) = call.run(propose).await?;
    let version = found.connector.version;
    answer::ok_at(version, &DifferenceJson::of(found, fetched))
}

/// `PUT /connectors/{id}/metadata`
pub async fn approve(
    call: Call,
    id: Path<String>,
    if_match: IfMatch,
    ConnectorBody(draft): ConnectorBody<ApprovalDraft>,
) -> Result<HttpResponse, Problem> {
    let apply = move |env: &_, actor: &_| {
        let version = if_match.expected(|| Ok(connectors::get(env, &id)?.connector.version))?;
        let approval = Approval {
            metadata_xml: draft.metadata_xml,
            digest: draft.digest,
            takes_name: draft.take_name,
            metadata_url: draft.metadata_url,
        };
        metadata_update::apply(env, actor, &id, (approval, version))
    };
    let view = call.run(apply).await?;
    answer::ok_at(view.connector.version, &ConnectorJson::from(view))
}

/// What the metadata of a connector says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectorMetadata)]
pub struct ConnectorMetadataJson {
    /// As it was received; null when the connector was made without metadata.
    metadata_xml: Option<String>,
    /// The address that it came from, if that is remembered.
    metadata_url: Option<String>,
    description: DescriptionJson,
    warnings: Vec<WarningJson>,
}

impl From<StoredMetadata> for ConnectorMetadataJson {
    fn from(found: StoredMetadata) -> Self {
        Self {
            description: DescriptionJson::of(found.description, &found.connector),
            warnings: shapes::warnings(found.warnings),
            metadata_xml: found.connector.settings.metadata_xml,
            metadata_url: found.connector.settings.metadata_url,
        }
    }
}

/// The difference that new metadata would make.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetadataDifference)]
pub struct DifferenceJson {
    /// Stands for exactly this difference; to be sent with the approval.
    digest: String,
    /// The text that was fetched, to be sent with the approval; null when the caller sent it.
    metadata_xml: Option<String>,
    /// False: there is nothing to approve.
    has_something: bool,
    changes: Vec<ChangeJson>,
    /// What the new metadata says of itself.
    description: DescriptionJson,
    /// What would be ignored, and what else is worth knowing.
    warnings: Vec<WarningJson>,
}

impl DifferenceJson {
    fn of(found: Proposal, fetched: Option<String>) -> Self {
        Self {
            metadata_xml: fetched,
            has_something: found.has_something(),
            digest: found.digest,
            changes: found.changes.into_iter().map(ChangeJson::from).collect(),
            description: DescriptionJson::of(found.description, &found.connector),
            warnings: shapes::warnings(found.warnings),
        }
    }
}

/// One thing that differs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MetadataChange)]
struct ChangeJson {
    /// A field of the connector, such as `acsUrls`, or an element of the metadata, such as `DisplayName`.
    subject: &'static str,
    /// Whether a setting changes; otherwise the metadata merely says something else.
    is_setting: bool,
    /// `ADDED`, `REMOVED` or `CHANGED`.
    kind: &'static str,
    before: Option<SaidJson>,
    after: Option<SaidJson>,
}

impl From<Change> for ChangeJson {
    fn from(change: Change) -> Self {
        Self {
            subject: change.subject.as_str(),
            is_setting: change.subject.is_setting(),
            kind: change.kind(),
            before: change.before.map(SaidJson::from),
            after: change.after.map(SaidJson::from),
        }
    }
}

/// One side of a difference: what it is of tells its shape.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = MetadataSaid)]
enum SaidJson {
    Acs(AcsJson),
    Slo(SloJson),
    Certificate(SaidCertificateJson),
    Flag(bool),
    Text(String),
}

/// A certificate by what people compare it by.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SaidCertificate)]
struct SaidCertificateJson {
    /// `both`, `signing` or `encryption`.
    r#use: &'static str,
    fingerprint_sha256: String,
    subject: String,
    not_after: Option<String>,
}

impl From<SpCertificateView> for SaidCertificateJson {
    fn from(said: SpCertificateView) -> Self {
        Self {
            r#use: said.use_for.as_str(),
            fingerprint_sha256: said.fingerprint,
            subject: said.subject,
            not_after: said.not_after.map(shapes::instant),
        }
    }
}

impl From<Said> for SaidJson {
    fn from(said: Said) -> Self {
        match said {
            Said::Acs(acs) => Self::Acs(acs.into()),
            Said::Slo(slo) => Self::Slo(slo.into()),
            Said::Certificate(certificate) => Self::Certificate(certificate.into()),
            Said::Flag(flag) => Self::Flag(flag),
            Said::Text(text) => Self::Text(text),
        }
    }
}
