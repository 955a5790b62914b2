//! `/groups/{id}/suggestions`: what waits for review, and what becomes of it.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::service::review::{self, Reviewed, Suggestion};
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::api::shapes::{self, CauseJson, UserRef};
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// Exact filters of the list of suggestions.
pub const FILTERS: &[&str] = &["op"];

/// A membership that waits to be added or removed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub struct SuggestionJson {
    /// `add` or `remove`.
    op: &'static str,
    user: UserRef,
    cause: CauseJson,
    since: String,
}

impl From<Suggestion> for SuggestionJson {
    fn from(suggestion: Suggestion) -> Self {
        Self {
            op: suggestion.op.as_str(),
            user: UserRef {
                id: suggestion.user.as_str().to_owned(),
                username: suggestion.username,
                display_name: suggestion.display_name,
            },
            cause: suggestion.cause.into(),
            since: shapes::instant(suggestion.since),
        }
    }
}

/// Body of a verdict.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Selection {
    user_ids: Vec<String>,
}

/// What came of a verdict; ids of users.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Reviewed)]
pub struct ReviewedJson {
    /// Accepted or rejected by this call.
    suggestions_found: Vec<String>,
    /// Nothing waited for these any more.
    suggestions_not_found: Vec<String>,
}

impl From<Reviewed> for ReviewedJson {
    fn from(reviewed: Reviewed) -> Self {
        Self {
            suggestions_found: reviewed.found,
            suggestions_not_found: reviewed.not_found,
        }
    }
}

/// `GET /groups/{id}/suggestions`
pub async fn list(
    call: Call,
    id: Path<String>,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    let page = call
        .run(move |env, _| review::list(env, &id, &query))
        .await?;
    answer::page(page.map(SuggestionJson::from))
}

/// `POST /groups/{id}/suggestions/accept`
pub async fn accept(
    call: Call,
    id: Path<String>,
    body: JsonBody<Selection>,
) -> Result<HttpResponse, Problem> {
    let accept = move |env: &_, actor: &_| review::accept(env, actor, &id, &body.value.user_ids);
    answer::ok(&ReviewedJson::from(call.run(accept).await?))
}

/// `POST /groups/{id}/suggestions/reject`
pub async fn reject(
    call: Call,
    id: Path<String>,
    body: JsonBody<Selection>,
) -> Result<HttpResponse, Problem> {
    let reject = move |env: &_, actor: &_| review::reject(env, actor, &id, &body.value.user_ids);
    answer::ok(&ReviewedJson::from(call.run(reject).await?))
}
