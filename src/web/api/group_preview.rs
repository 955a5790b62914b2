//! `POST /groups/preview`: whom a rule would add and remove, saved or not (rules A19, A27, A28,
//! A48). Writes nothing.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::ids::PublicId;
use crate::domain::rule_lint::Lint;
use crate::service::error::ServiceError;
use crate::service::group_draft::MemberQueryDraft;
use crate::service::group_fields::parse_rule;
use crate::service::rule_preview::{self, Forecast, PreviewResult, PreviewedUser};
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::api::shapes::UserRef;
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// Body of a preview.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupPreviewRequest {
    member_query: MemberQueryDraft,
    /// The group whose rule it is to be; without one, a group that is not saved yet.
    #[serde(default)]
    group_id: Option<String>,
}

/// What saving the rule would do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GroupPreview)]
pub struct GroupPreviewJson {
    #[serde(flatten)]
    by_rule: ForecastJson,
    /// The same with the exemptions of the group.
    after_exemptions: ForecastJson,
    lint: Vec<LintJson>,
}

/// Counts, and a page of the users behind them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Forecast)]
struct ForecastJson {
    /// How many would be members.
    matching: i64,
    joins: i64,
    leaves: i64,
    stays: i64,
    items: Vec<PreviewedJson>,
    /// The cursor of the next page; `null` on the last.
    next: Option<String>,
    exemptions_reflected: bool,
}

/// A user, and what saving would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewedUser)]
struct PreviewedJson {
    user: UserRef,
    /// `joins`, `leaves` or `stays`.
    change: &'static str,
}

/// A remark on a rule, which may be saved all the same.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lint)]
struct LintJson {
    /// `CONTRADICTION`, `NOBODY_MEETS`, `NEAR_MISS`, `MATCHES_EVERYBODY`, `NO_CONDITIONS`,
    /// `UNKNOWN_STATE` or `UNKNOWN_MANAGER`.
    code: &'static str,
    /// RFC 6901 pointer into the request.
    pointer: String,
    detail: String,
}

impl From<PreviewResult> for GroupPreviewJson {
    fn from(preview: PreviewResult) -> Self {
        Self {
            by_rule: ForecastJson::new(preview.by_rule, false),
            after_exemptions: ForecastJson::new(preview.after_exemptions, true),
            lint: preview.lint.into_iter().map(LintJson::from).collect(),
        }
    }
}

impl ForecastJson {
    fn new(forecast: Forecast, exemptions_reflected: bool) -> Self {
        Self {
            matching: forecast.matching,
            joins: forecast.joins,
            leaves: forecast.leaves,
            stays: forecast.stays,
            items: forecast
                .items
                .into_iter()
                .map(PreviewedJson::from)
                .collect(),
            next: forecast.next,
            exemptions_reflected,
        }
    }
}

impl From<PreviewedUser> for PreviewedJson {
    fn from(row: PreviewedUser) -> Self {
        Self {
            user: UserRef {
                id: row.user.as_str().to_owned(),
                username: row.username,
                display_name: row.display_name,
            },
            change: row.change.as_str(),
        }
    }
}

impl From<Lint> for LintJson {
    fn from(lint: Lint) -> Self {
        Self {
            code: lint.code.as_str(),
            pointer: lint.pointer,
            detail: lint.detail,
        }
    }
}

/// `POST /groups/preview`
pub async fn preview(
    call: Call,
    List(page): List,
    body: JsonBody<GroupPreviewRequest>,
) -> Result<HttpResponse, Problem> {
    let show = move |env: &_, _: &_| {
        let rule = parse_rule(body.value.member_query).map_err(ServiceError::Invalid)?;
        let group = body.value.group_id.map(PublicId::new);
        rule_preview::preview(env, &rule, group.as_ref(), &page)
    };
    answer::ok(&GroupPreviewJson::from(call.run(show).await?))
}
