//! `/admins`: administrators, accounts of their own.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::admin::Administrator;
use crate::service::administrators::{self, NewAdministrator};
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// Exact filters of the list of administrators.
pub const FILTERS: &[&str] = &["username", "email", "role"];

/// An administrator.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Administrator)]
pub struct AdministratorJson {
    id: String,
    username: String,
    email: String,
    /// `administrator`, `manager`, `help-desk` or `read-only`.
    role: &'static str,
}

/// A new administrator.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreatedAdministrator)]
pub struct CreatedJson {
    id: String,
    username: String,
    email: String,
    role: &'static str,
    /// A link that sets the password, once; `null` when a password was given.
    setup_url: Option<String>,
}

impl From<Administrator> for AdministratorJson {
    fn from(administrator: Administrator) -> Self {
        Self {
            id: administrator.public_id.as_str().to_owned(),
            username: administrator.username,
            email: administrator.email,
            role: administrator.role.as_str(),
        }
    }
}

/// Body of `POST /admins`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdministratorDraft {
    username: String,
    email: String,
    role: String,
    #[serde(default)]
    password: Option<String>,
}

/// Body of `PATCH /admins/{id}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    role: String,
}

/// `GET /admins`
pub async fn list(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let page = call
        .run(move |env, _| administrators::list(env, &query))
        .await?;
    answer::page(page.map(AdministratorJson::from))
}

/// `POST /admins`
pub async fn create(
    call: Call,
    body: JsonBody<AdministratorDraft>,
) -> Result<HttpResponse, Problem> {
    let AdministratorDraft {
        username,
        email,
        role,
        password,
    } = body.value;
    let new = NewAdministrator {
        username,
        email,
        role,
        password,
    };
    let (made, link) = call
        .run(move |env, actor| administrators::create(env, actor, &new))
        .await?;
    let made = AdministratorJson::from(made);
    let base_url = &call.env.settings.base_url;
    let json = CreatedJson {
        setup_url: link.map(|token| format!("{base_url}/setup/{token}")),
        id: made.id,
        username: made.username,
        email: made.email,
        role: made.role,
    };
    answer::created(&call, &format!("/admins/{}", json.id), &json)
}

/// `GET /admins/{id}`
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let found = call
        .run(move |env, _| administrators::get(env, &id))
        .await?;
    answer::ok(&AdministratorJson::from(found))
}

/// `PATCH /admins/{id}`
pub async fn set_role(
    call: Call,
    id: Path<String>,
    body: JsonBody<RoleChange>,
) -> Result<HttpResponse, Problem> {
    let set = move |env: &_, actor: &_| administrators::set_role(env, actor, &id, &body.value.role);
    answer::ok(&AdministratorJson::from(call.run(set).await?))
}

/// `DELETE /admins/{id}`
pub async fn delete(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    call.run(move |env, actor| administrators::delete(env, actor, &id))
        .await?;
    Ok(answer::nothing())
}
