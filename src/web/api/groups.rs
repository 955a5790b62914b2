//! `/groups` and their members.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::exemption::ExemptionEffect;
use crate::domain::membership_rule::{Condition, MembershipRule};
use crate::service::group_draft::GroupDraft;
use crate::service::group_members::{self, Member};
use crate::service::groups::{self, GroupView};
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::api::shapes::{self, AttributeJson, CauseJson, UserRef, WarningJson};
use crate::web::etag::IfMatch;
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// Exact filters of the list of groups.
pub const FILTERS: &[&str] = &["name", "description", "membershipMethod"];

/// A user group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Group)]
pub struct GroupJson {
    id: String,
    name: String,
    description: String,
    /// `STATIC`, `DYNAMIC_AUTOMATED` or `DYNAMIC_REVIEW_REQUIRED`.
    membership_method: &'static str,
    member_suggestions_notify: bool,
    /// Whether members need a second factor.
    require_mfa: bool,
    /// `null` until the group has had a rule; asleep while the group is static.
    member_query: Option<MemberQueryJson>,
    member_query_exemptions: ExemptionsJson,
    attributes: Vec<AttributeJson>,
    /// How many members the group has.
    member_count: i64,
    /// How many suggestions wait for review.
    suggestion_count: i64,
    warnings: Vec<WarningJson>,
}

/// A membership rule: conditions that must all hold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberQuery)]
struct MemberQueryJson {
    filters: Vec<FilterJson>,
}

/// A condition: one of the values must fit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Filter)]
struct FilterJson {
    field: &'static str,
    operator: &'static str,
    values: Vec<String>,
}

/// Ids of users that the rule does not decide about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Exemptions)]
struct ExemptionsJson {
    include: Vec<String>,
    exclude: Vec<String>,
}

impl From<GroupView> for GroupJson {
    fn from(view: GroupView) -> Self {
        let attributes = view
            .attributes
            .into_iter()
            .map(|held| held.attribute.into());
        let exempted = |effect| {
            let those = view.exempted.iter().filter(|row| row.effect == effect);
            those
                .map(|row| row.user_public_id.as_str().to_owned())
                .collect()
        };
        Self {
            id: view.group.public_id.as_str().to_owned(),
            name: view.group.name,
            description: view.group.description,
            membership_method: view.group.method.as_str(),
            member_suggestions_notify: view.group.notify,
            require_mfa: view.group.require_mfa,
            member_query: view.group.rule.map(MemberQueryJson::from),
            member_query_exemptions: ExemptionsJson {
                include: exempted(ExemptionEffect::Include),
                exclude: exempted(ExemptionEffect::Exclude),
            },
            attributes: attributes.collect(),
            member_count: view.members,
            suggestion_count: view.suggestions,
            warnings: shapes::warnings(view.warnings),
        }
    }
}

impl From<MembershipRule> for MemberQueryJson {
    fn from(rule: MembershipRule) -> Self {
        Self {
            filters: rule.conditions.into_iter().map(FilterJson::from).collect(),
        }
    }
}

impl From<Condition> for FilterJson {
    fn from(condition: Condition) -> Self {
        Self {
            field: condition.attribute.as_str(),
            operator: condition.operator.as_str(),
            values: condition.values,
        }
    }
}

/// A member of a group: why and since when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberJson {
    user: UserRef,
    /// `DIRECT`, `RULE` or `MANUAL_INCLUDE`.
    source: &'static str,
    since: String,
    cause: CauseJson,
}

impl From<Member> for MemberJson {
    fn from(member: Member) -> Self {
        Self {
            user: UserRef {
                id: member.user.as_str().to_owned(),
                username: member.username,
                display_name: member.display_name,
            },
            source: member.source.as_str(),
            since: shapes::instant(member.since),
            cause: member.cause.into(),
        }
    }
}

/// `GET /groups`
pub async fn list(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let page = call.run(move |env, _| groups::list(env, &query)).await?;
    answer::page(page.map(GroupJson::from))
}

/// `POST /groups`
pub async fn create(call: Call, body: JsonBody<GroupDraft>) -> Result<HttpResponse, Problem> {
    let view = call
        .run(|env, actor| groups::create(env, actor, body.value))
        .await?;
    let path = format!("/groups/{}", view.group.public_id);
    answer::created_at(&call, &path, (view.group.version, &GroupJson::from(view)))
}

/// `GET /groups/{id}`
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    show(call.run(move |env, _| groups::get(env, &id)).await?)
}

/// `PATCH /groups/{id}`
pub async fn update(
    call: Call,
    id: Path<String>,
    if_match: IfMatch,
    body: JsonBody<GroupDraft>,
) -> Result<HttpResponse, Problem> {
    let caller = Arc::clone(&call.caller);
    let update = move |env: &_, actor: &_| {
        let demands = || Ok(groups::get(env, &id)?.group.require_mfa);
        let draft = body.value.within_reach(&caller, demands)?;
        let version = if_match.expected(|| Ok(groups::get(env, &id)?.group.version))?;
        groups::update(env, actor, &id, (draft, version))
    };
    show(call.run(update).await?)
}

/// `DELETE /groups/{id}`
pub async fn delete(
    call: Call,
    id: Path<String>,
    if_match: IfMatch,
) -> Result<HttpResponse, Problem> {
    let delete = move |env: &_, actor: &_| {
        let version = if_match.expected(|| Ok(groups::get(env, &id)?.group.version))?;
        groups::delete(env, actor, &id, version)
    };
    call.run(delete).await?;
    Ok(answer::nothing())
}

/// `GET /groups/{id}/members`
pub async fn members(
    call: Call,
    id: Path<String>,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    let page = call
        .run(move |env, _| group_members::list(env, &id, &query))
        .await?;
    answer::page(page.map(MemberJson::from))
}

/// `PUT /groups/{id}/members/{userId}`
pub async fn add_member(call: Call, ids: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (group, user) = ids.into_inner();
    call.run(move |env, actor| group_members::add(env, actor, &group, &user))
        .await?;
    Ok(answer::nothing())
}

/// `DELETE /groups/{id}/members/{userId}`
pub async fn remove_member(
    call: Call,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (group, user) = ids.into_inner();
    call.run(move |env, actor| group_members::remove(env, actor, &group, &user))
        .await?;
    Ok(answer::nothing())
}

fn show(view: GroupView) -> Result<HttpResponse, Problem> {
    answer::ok_at(view.group.version, &GroupJson::from(view))
}
