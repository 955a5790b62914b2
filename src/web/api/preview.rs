//! `POST /connectors/{id}/preview`: rule C2 as JSON. What is shown was decided by the same code
//! that signs on; nothing is computed here.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::app_access::{AccessPaths, BoundMembership};
use crate::domain::name_id_source::{NameIdOrigin, NameIdSource};
use crate::domain::release::{Omission, Overridden, ReleasedAttribute, ValueOrigin};
use crate::service::cause::Cause;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::error::ServiceError;
use crate::service::preview::{self, Preview, PreviewedNameId};
use crate::web::access::Call;
use crate::web::api::answer;
use crate::web::api::mapping_steps::StepJson;
use crate::web::api::shapes::{self, CauseJson, WarningJson};
use crate::web::json_body::ConnectorBody;
use crate::web::problem::Problem;

/// Body of a preview.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviewRequest {
    user_id: String,
    /// A connector that is not saved.
    #[serde(default)]
    draft: Option<ConnectorDraft>,
}

/// What a user would get from an application, and why.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Preview)]
pub struct PreviewJson {
    decision: DecisionJson,
    /// `null` when access is refused.
    name_id: Option<NameIdJson>,
    attributes: Vec<ReleasedJson>,
    omitted: Vec<OmittedJson>,
    warnings: Vec<WarningJson>,
    /// Unsigned and already expired, so that it never signs anybody in; `null` when refused.
    response_xml: Option<String>,
}

/// Allowed or not, and by which groups.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
struct DecisionJson {
    allowed: bool,
    /// `ALLOWED`, `NOT_BOUND`, `USER_NOT_ACTIVE` or `CONNECTOR_INACTIVE`.
    reason: &'static str,
    paths: Vec<CausedPathJson>,
}

/// A group that opens the application, and how the user came into it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessPath)]
pub struct PathJson {
    group_id: String,
    group_name: String,
    /// `DIRECT`, `RULE` or `MANUAL_INCLUDE`.
    source: &'static str,
    since: String,
}

/// The same with the event behind it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CausedAccessPath)]
struct CausedPathJson {
    #[serde(flatten)]
    path: PathJson,
    cause: Option<CauseJson>,
}

/// The NameID.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NameId)]
struct NameIdJson {
    format: &'static str,
    value: String,
    /// `FIELD`, `USER` (an own attribute of the user), `PAIRWISE` or `TRANSIENT`.
    from: &'static str,
    /// The field or the own attribute; absent for what is made here.
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    /// Into the own attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

impl From<PreviewedNameId> for NameIdJson {
    fn from(name_id: PreviewedNameId) -> Self {
        let source = match &name_id.origin {
            NameIdOrigin::Source(source) => Some(source),
            NameIdOrigin::Pairwise | NameIdOrigin::Transient => None,
        };
        Self {
            format: name_id.format,
            value: name_id.value,
            from: name_id.origin.as_str(),
            attribute: source.map(|source| {
                source
                    .attribute_name()
                    .unwrap_or(source.as_str())
                    .to_owned()
            }),
            path: source.and_then(NameIdSource::path).map(str::to_owned),
        }
    }
}

/// A SAML attribute with the origin of its values.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReleasedAttribute)]
struct ReleasedJson {
    name: String,
    /// `BASIC`, `URI` or `UNSPECIFIED`.
    name_format: &'static str,
    values: Vec<String>,
    origins: Vec<OriginJson>,
}

/// What one mapping contributed, and from where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Origin)]
struct OriginJson {
    /// Index into the connector's mappings.
    mapping: usize,
    /// `USER`, `GROUP`, `FIELD`, `CONSTANT`, `GROUPS` or `DEFAULT`.
    from: &'static str,
    group_name: Option<String>,
    /// When the group's attribute was added: the higher of two wins.
    sequence: Option<i64>,
    attribute: Option<String>,
    path: Option<String>,
    /// What each group gave; absent unless the values of all groups count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    merged: Vec<MergedJson>,
    /// The values before the first transformation, and those after each; absent without one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    found: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<StepJson>,
    values: Vec<String>,
    overrode: Vec<OverrodeJson>,
}

/// What one group gave.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Merged)]
struct MergedJson {
    group_name: String,
    values: Vec<String>,
}

/// What lost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Overridden)]
struct OverrodeJson {
    from: &'static str,
    group_name: Option<String>,
    values: Vec<String>,
}

/// A mapping that yields nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Omission)]
struct OmittedJson {
    /// Index into the connector's mappings.
    mapping: usize,
    /// `NO_ATTRIBUTE`, `NO_PATH`, `OBJECT`, `NOTHING_LEFT`, `EMPTY_FIELD`, `TRANSFORMED_AWAY` or
    /// `TOO_LARGE`.
    reason: &'static str,
    detail: &'static str,
    /// How far the transformations got; absent without one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<StepJson>,
}

impl From<Preview> for PreviewJson {
    fn from(preview: Preview) -> Self {
        let release = preview.release;
        Self {
            decision: DecisionJson {
                allowed: preview.access.is_allowed(),
                reason: preview.access.reason.as_str(),
                paths: caused_paths(&preview.access.paths, preview.causes),
            },
            name_id: preview.name_id.map(NameIdJson::from),
            attributes: release
                .attributes
                .into_iter()
                .map(ReleasedJson::from)
                .collect(),
            omitted: release.omitted.into_iter().map(OmittedJson::from).collect(),
            warnings: shapes::warnings(preview.warnings),
            response_xml: preview.response_xml,
        }
    }
}

/// There is one cause for each path, in the same order.
fn caused_paths(paths: &AccessPaths, causes: Vec<Cause>) -> Vec<CausedPathJson> {
    let causes = causes
        .into_iter()
        .map(Some)
        .chain(std::iter::repeat_with(|| None));
    paths
        .iter()
        .cloned()
        .zip(causes)
        .map(|(path, cause)| CausedPathJson {
            path: path.into(),
            cause: cause.map(CauseJson::from),
        })
        .collect()
}

impl From<BoundMembership> for PathJson {
    fn from(membership: BoundMembership) -> Self {
        Self {
            group_id: membership.group_public_id.as_str().to_owned(),
            group_name: membership.group_name,
            source: membership.source.as_str(),
            since: shapes::instant(membership.since),
        }
    }
}

impl From<ReleasedAttribute> for ReleasedJson {
    fn from(attribute: ReleasedAttribute) -> Self {
        Self {
            name: attribute.name,
            name_format: attribute.name_format.as_str(),
            values: attribute.values,
            origins: attribute
                .origins
                .into_iter()
                .map(OriginJson::from)
                .collect(),
        }
    }
}

impl From<ValueOrigin> for OriginJson {
    fn from(origin: ValueOrigin) -> Self {
        Self {
            mapping: origin.mapping,
            from: origin.from.as_str(),
            group_name: origin.group_name,
            sequence: origin.added_seq,
            attribute: origin.attribute,
            path: origin.path,
            merged: origin
                .merged
                .into_iter()
                .map(|group| MergedJson {
                    group_name: group.group_name,
                    values: group.values,
                })
                .collect(),
            found: origin.found,
            steps: origin.steps.into_iter().map(StepJson::from).collect(),
            values: origin.values,
            overrode: origin
                .overrode
                .into_iter()
                .map(OverrodeJson::from)
                .collect(),
        }
    }
}

impl From<Overridden> for OverrodeJson {
    fn from(lost: Overridden) -> Self {
        Self {
            from: lost.from.as_str(),
            group_name: lost.group_name,
            values: lost.values,
        }
    }
}

impl From<Omission> for OmittedJson {
    fn from(omission: Omission) -> Self {
        Self {
            mapping: omission.mapping,
            reason: omission.reason.as_str(),
            detail: omission.reason.sentence(),
            steps: omission.steps.into_iter().map(StepJson::from).collect(),
        }
    }
}

/// `POST /connectors/{id}/preview`
pub async fn preview(
    call: Call,
    id: Path<String>,
    ConnectorBody(request): ConnectorBody<PreviewRequest>,
) -> Result<HttpResponse, Problem> {
    let show = move |env: &_, _: &_| {
        preview::preview(env, &id, &request.user_id, request.draft.as_ref()).map_err(in_draft)
    };
    answer::ok(&PreviewJson::from(call.run(show).await?))
}

/// Only the draft can break rules; its fields stand one level down in this body.
fn in_draft(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Invalid(violations) => ServiceError::Invalid(
            violations
                .into_iter()
                .map(|violation| violation.under("/draft"))
                .collect(),
        ),
        other => other,
    }
}
