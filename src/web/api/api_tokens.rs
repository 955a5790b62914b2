//! `/tokens`: API tokens. The secret is in the answer that makes it, and nowhere else.

use actix_web::HttpResponse;
use actix_web::web::Path;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::service::api_tokens::{self, ApiTokenView, Lifetime, TokenWish};
use crate::service::role_scopes::GroupList;
use crate::web::access::{Call, List};
use crate::web::api::role_scopes::groups_of;
use crate::web::api::shapes::GroupRef;
use crate::web::api::{answer, shapes};
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// Exact filters of the list of tokens.
pub const FILTERS: &[&str] = &["id", "name", "role"];

/// An API token without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Token)]
pub struct TokenJson {
    id: String,
    name: String,
    /// `administrator`, `manager`, `help-desk` or `read-only`.
    role: &'static str,
    /// The user groups that it is limited to; `null`: everywhere.
    groups: Option<Vec<GroupRef>>,
    /// How it begins, so that it can be found in files.
    prefix: String,
    created_at: String,
    /// `null`: it ends when it is deleted.
    expires_at: Option<String>,
    last_used_at: Option<String>,
}

/// A new token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreatedToken)]
pub struct CreatedJson {
    id: String,
    name: String,
    role: &'static str,
    groups: Option<Vec<GroupRef>>,
    prefix: String,
    created_at: String,
    expires_at: Option<String>,
    /// The secret; shown this once.
    token: String,
}

impl From<ApiTokenView> for TokenJson {
    fn from(token: ApiTokenView) -> Self {
        Self {
            id: token.id.as_str().to_owned(),
            name: token.name,
            role: token.role.as_str(),
            groups: groups_of(token.scope),
            prefix: token.prefix,
            created_at: shapes::instant(token.created_at),
            expires_at: token.expires_at.map(shapes::instant),
            last_used_at: token.last_used_at.map(shapes::instant),
        }
    }
}

/// Body of `POST /tokens`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TokenDraft {
    name: String,
    role: String,
    /// 90 unless given.
    expires_in_days: Option<u16>,
    /// Ids of the user groups that a Manager or Help Desk is limited to.
    groups: Option<Vec<String>>,
}

/// `GET /tokens`
pub async fn list(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let tokens = call.run(|env, _| api_tokens::list(env)).await?;
    answer::page_of_whole(tokens.into_iter().map(TokenJson::from).collect(), &query)
}

/// `POST /tokens`
pub async fn create(call: Call, body: JsonBody<TokenDraft>) -> Result<HttpResponse, Problem> {
    let draft = body.value;
    let make = move |env: &_, actor: &_| {
        let wish = TokenWish {
            name: &draft.name,
            role: &draft.role,
            lifetime: draft
                .expires_in_days
                .map_or_else(Lifetime::default, Lifetime::Days),
            groups: draft.groups.clone().map(GroupList::Ids),
        };
        api_tokens::create(env, actor, wish)
    };
    let (view, token) = call.run(make).await?;
    let made = TokenJson::from(view);
    let path = format!("/tokens/{}", made.id);
    let json = CreatedJson {
        id: made.id,
        name: made.name,
        role: made.role,
        groups: made.groups,
        prefix: made.prefix,
        created_at: made.created_at,
        expires_at: made.expires_at,
        token: token.expose_secret().to_owned(),
    };
    answer::created(&call, &path, &json)
}

/// `GET /tokens/{id}`
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let token = call.run(move |env, _| api_tokens::get(env, &id)).await?;
    answer::ok(&TokenJson::from(token))
}

/// `DELETE /tokens/{id}`
pub async fn delete(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    call.run(move |env, actor| api_tokens::delete(env, actor, &id))
        .await?;
    Ok(answer::nothing())
}
