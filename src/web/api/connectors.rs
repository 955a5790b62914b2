//! `/connectors` and the groups bound to them.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::service::bindings;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::connectors::{self, ConnectorView};
use crate::service::metadata_fetch;
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::api::connector_shape::ConnectorJson;
use crate::web::etag::IfMatch;
use crate::web::json_body::ConnectorBody;
use crate::web::problem::Problem;

/// Exact filters of the list of connectors.
pub const FILTERS: &[&str] = &["name", "slug", "status", "template", "spEntityId"];

/// `GET /connectors`
pub async fn list(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let page = call
        .run(move |env, _| connectors::list(env, &query))
        .await?;
    answer::page(page.map(ConnectorJson::from))
}

/// `POST /connectors`
pub async fn create(
    call: Call,
    ConnectorBody(draft): ConnectorBody<ConnectorDraft>,
) -> Result<HttpResponse, Problem> {
    let caller = Arc::clone(&call.caller);
    let create = move |env: &_, actor: &_| {
        let draft = metadata_fetch::fill(env, &caller, draft)?;
        connectors::create(env, actor, draft)
    };
    let view = call.run(create).await?;
    let path = format!("/connectors/{}", view.connector.public_id);
    answer::created_at(
        &call,
        &path,
        (view.connector.version, &ConnectorJson::from(view)),
    )
}

/// `GET /connectors/{id}`
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    show(call.run(move |env, _| connectors::get(env, &id)).await?)
}

/// `PATCH /connectors/{id}`
pub async fn update(
    call: Call,
    id: Path<String>,
    if_match: IfMatch,
    ConnectorBody(draft): ConnectorBody<ConnectorDraft>,
) -> Result<HttpResponse, Problem> {
    let update = move |env: &_, actor: &_| {
        let version = if_match.expected(|| Ok(connectors::get(env, &id)?.connector.version))?;
        connectors::update(env, actor, &id, (draft, version))
    };
    show(call.run(update).await?)
}

/// `DELETE /connectors/{id}`
pub async fn delete(
    call: Call,
    id: Path<String>,
    if_match: IfMatch,
) -> Result<HttpResponse, Problem> {
    let delete = move |env: &_, actor: &_| {
        let version = if_match.expected(|| Ok(connectors::get(env, &id)?.connector.version))?;
        connectors::delete(env, actor, &id, version)
    };
    call.run(delete).await?;
    Ok(answer::nothing())
}

/// `PUT /connectors/{id}/groups/{groupId}`
pub async fn bind(call: Call, ids: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (connector, group) = ids.into_inner();
    call.run(move |env, actor| bindings::bind(env, actor, &connector, &[group]))
        .await?;
    Ok(answer::nothing())
}

/// `DELETE /connectors/{id}/groups/{groupId}`
pub async fn unbind(call: Call, ids: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (connector, group) = ids.into_inner();
    call.run(move |env, actor| bindings::unbind(env, actor, &connector, &group))
        .await?;
    Ok(answer::nothing())
}

fn show(view: ConnectorView) -> Result<HttpResponse, Problem> {
    answer::ok_at(view.connector.version, &ConnectorJson::from(view))
}
