//! `/reports/memberships`: who is in which group, why and since when (rule A10), as JSON or CSV.

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::reports::{self, MembershipRow};
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::api::shapes::{self, CauseJson, GroupRef, UserRef};
use crate::web::csv;
use crate::web::problem::Problem;

/// Group and user by id or name; method and source in the spelling of the API.
pub const FILTERS: &[&str] = &["group", "user", "method", "source"];

/// The columns of the report as CSV.
pub const COLUMNS: &[&str] = &["group", "method", "user", "source", "since", "cause"];

/// One membership.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportedMembership)]
pub struct MembershipJson {
    group: GroupRef,
    /// `STATIC`, `DYNAMIC_AUTOMATED` or `DYNAMIC_REVIEW_REQUIRED`.
    method: &'static str,
    user: UserRef,
    /// `DIRECT`, `RULE` or `MANUAL_INCLUDE`.
    source: &'static str,
    since: String,
    cause: CauseJson,
}

impl From<MembershipRow> for MembershipJson {
    fn from(row: MembershipRow) -> Self {
        let membership = row.membership;
        Self {
            group: GroupRef {
                id: membership.group.as_str().to_owned(),
                name: membership.group_name,
            },
            method: membership.method.as_str(),
            user: UserRef {
                id: membership.user.as_str().to_owned(),
                username: membership.username,
                display_name: membership.display_name,
            },
            source: membership.source.as_str(),
            since: shapes::instant(membership.since),
            cause: row.cause.into(),
        }
    }
}

/// `GET /reports/memberships`
pub async fn memberships(
    call: Call,
    request: HttpRequest,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    if csv::is_wanted(&request) {
        csv::refuse_paging(&query)?;
        let table = ("memberships.csv", COLUMNS);
        let answer = csv::answer(&call.env, table, move |env, sink| {
            reports::all_memberships(env, &query, |rows| sink.rows(rows.into_iter().map(cells)))
        })
        .await;
        return Ok(answer?);
    }
    let page = call
        .run(move |env, _| reports::memberships(env, &query))
        .await?;
    answer::page(page.map(MembershipJson::from))
}

/// A membership as a row of them.
pub fn cells(row: MembershipRow) -> Vec<String> {
    let membership = row.membership;
    vec![
        membership.group_name,
        membership.method.as_str().to_owned(),
        membership.username,
        membership.source.as_str().to_owned(),
        shapes::instant(membership.since),
        row.cause.text,
    ]
}
