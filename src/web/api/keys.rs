//! `/keys`: the public halves of the signing keys, and the switch from one to the next. A private half
//! may come in, and never leaves the key ring.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::key_drafts::{self, KeyDraft, NewKeyDraft, SwitchDraft};
use crate::service::key_rollover::{self, ConnectorOfKey};
use crate::service::key_views::{self, KeyView};
use crate::web::access::{Call, List};
use crate::web::api::{answer, shapes};
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// Exact filters of the list of keys.
pub const FILTERS: &[&str] = &["id", "algorithm", "state"];
/// Exact filters of the list of a key's connectors.
pub const CONNECTOR_FILTERS: &[&str] = &["id", "name", "signsWith"];

/// The public half of a signing key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Key)]
pub struct KeyJson {
    id: String,
    /// `rsa-2048`, `rsa-3072`, `rsa-4096` or `ecdsa-p256`.
    algorithm: &'static str,
    /// `NEXT`, `ACTIVE` or `RETIRED`.
    state: &'static str,
    created_at: String,
    not_after: String,
    /// From when all sign with it that have no date of their own; null: not decided.
    signs_from: Option<String>,
    /// The private half lies in a hardware security module.
    is_in_hsm: bool,
    /// Serial number of the certificate, hexadecimal.
    serial: String,
    /// Fingerprint of the certificate.
    fingerprint_sha256: String,
    /// PEM.
    certificate: String,
}

impl From<KeyView> for KeyJson {
    fn from(key: KeyView) -> Self {
        Self {
            id: key.id.as_str().to_owned(),
            algorithm: key.algorithm.as_str(),
            state: key.state.as_str(),
            created_at: shapes::instant(key.created_at),
            not_after: shapes::instant(key.not_after),
            signs_from: key.signs_from.map(shapes::instant),
            is_in_hsm: key.is_in_hsm,
            serial: key.serial,
            fingerprint_sha256: key.fingerprint,
            certificate: key.certificate,
        }
    }
}

/// A connector that signs with keys of one type.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectorOfKey)]
pub struct ConnectorOfKeyJson {
    id: String,
    name: String,
    /// The id of the key that signs for it now.
    signs_with: String,
    has_switched: bool,
    /// The date of its own for this key; null: it switches with all.
    signs_from: Option<String>,
}

impl From<ConnectorOfKey> for ConnectorOfKeyJson {
    fn from(one: ConnectorOfKey) -> Self {
        Self {
            id: one.id.as_str().to_owned(),
            name: one.name,
            signs_with: one.signs_with.as_str().to_owned(),
            has_switched: one.has_switched,
            signs_from: one.own.map(shapes::instant),
        }
    }
}

/// `GET /keys`
pub async fn list(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let keys = call.run(|env, _| key_views::list(env)).await?;
    answer::page_of_whole(keys.into_iter().map(KeyJson::from).collect(), &query)
}

/// `POST /keys`
pub async fn create(call: Call, body: JsonBody<NewKeyDraft>) -> Result<HttpResponse, Problem> {
    let make = move |env: &_, actor: &_| key_drafts::create(env, actor, &body.value);
    let made = KeyJson::from(call.run(make).await?);
    answer::created(&call, &format!("/keys/{}", made.id), &made)
}

/// `GET /keys/{id}`
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let key = call.run(move |env, _| key_views::get(env, &id)).await?;
    answer::ok(&KeyJson::from(key))
}

/// `PATCH /keys/{id}`
pub async fn update(
    call: Call,
    id: Path<String>,
    body: JsonBody<KeyDraft>,
) -> Result<HttpResponse, Problem> {
    let change = move |env: &_, actor: &_| key_drafts::change(env, actor, (&id, &body.value));
    answer::ok(&KeyJson::from(call.run(change).await?))
}

/// `GET /keys/{id}/connectors`
pub async fn connectors(
    call: Call,
    id: Path<String>,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    let found = call
        .run(move |env, _| key_rollover::connectors_of(env, &id))
        .await?;
    let items = found.into_iter().map(ConnectorOfKeyJson::from).collect();
    answer::page_of_whole(items, &query)
}

/// `PUT /keys/{id}/connectors/{connectorId}`
pub async fn switch(
    call: Call,
    path: Path<(String, String)>,
    body: JsonBody<SwitchDraft>,
) -> Result<HttpResponse, Problem> {
    let (key, connector) = path.into_inner();
    let switch =
        move |env: &_, actor: &_| key_drafts::switch(env, actor, ((&key, &connector), &body.value));
    call.run(switch).await?;
    Ok(answer::nothing())
}

/// `DELETE /keys/{id}/connectors/{connectorId}`
pub async fn follow(call: Call, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (key, connector) = path.into_inner();
    call.run(move |env, actor| key_rollover::follow(env, actor, (&key, &connector)))
        .await?;
    Ok(answer::nothing())
}
