//! `/groups/{id}/attributes`: the custom attributes that members inherit, one by one. Replacing the
//! whole list at once is a change of the group itself.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::violation::Warning;
use crate::service::group_attributes;
use crate::service::group_draft::AttributePatch;
use crate::service::groups::GroupAttributeView;
use crate::service::patch::AttributeDraft;
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::api::shapes::{self, AttributeJson, WarningJson};
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// Exact filters of the list of attributes.
pub const FILTERS: &[&str] = &["name", "type"];

/// An attribute as a group carries it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroupAttribute)]
pub struct GroupAttributeJson {
    #[serde(flatten)]
    attribute: AttributeJson,
    /// Its place in the order in which attributes were added: of two groups, the higher wins.
    sequence: i64,
    /// False while the group is dynamic.
    inherited: bool,
    warnings: Vec<WarningJson>,
}

impl GroupAttributeJson {
    fn new(view: GroupAttributeView, warnings: Vec<Warning>) -> Self {
        Self {
            attribute: view.attribute.into(),
            sequence: view.sequence,
            inherited: view.inherited,
            warnings: shapes::warnings(warnings),
        }
    }
}

/// `GET /groups/{id}/attributes`
pub async fn list(
    call: Call,
    id: Path<String>,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    let held = call
        .run(move |env, _| group_attributes::list(env, &id))
        .await?;
    let items = held
        .into_iter()
        .map(|view| GroupAttributeJson::new(view, Vec::new()));
    answer::page_of_whole(items.collect(), &query)
}

/// `POST /groups/{id}/attributes`
pub async fn create(
    call: Call,
    id: Path<String>,
    body: JsonBody<AttributeDraft>,
) -> Result<HttpResponse, Problem> {
    let group = id.clone();
    let add = move |env: &_, actor: &_| group_attributes::add(env, actor, &group, &body.value);
    let (view, warnings) = call.run(add).await?;
    let name = in_path(view.attribute.name.as_str());
    let path = format!("/groups/{id}/attributes/{name}");
    answer::created(&call, &path, &GroupAttributeJson::new(view, warnings))
}

/// `PATCH /groups/{id}/attributes/{name}`
pub async fn update(
    call: Call,
    place: Path<(String, String)>,
    body: JsonBody<AttributePatch>,
) -> Result<HttpResponse, Problem> {
    let (group, name) = place.into_inner();
    let patch =
        move |env: &_, actor: &_| group_attributes::patch(env, actor, (&group, &name), body.value);
    let (view, warnings) = call.run(patch).await?;
    answer::ok(&GroupAttributeJson::new(view, warnings))
}

/// `DELETE /groups/{id}/attributes/{name}`
pub async fn delete(call: Call, place: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (group, name) = place.into_inner();
    call.run(move |env, actor| group_attributes::delete(env, actor, &group, &name))
        .await?;
    Ok(answer::nothing())
}

/// The name as a path segment: percent-encoded, blanks too.
fn in_path(name: &str) -> String {
    url::form_urlencoded::byte_serialize(name.as_bytes())
        .map(|part| if part == "+" { "%20" } else { part })
        .collect()
}
