//! `/users`: the people of the directory. A password comes in and never goes out.

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::admin::{Action, Object};
use crate::domain::user::User;
use crate::service::account_links;
use crate::service::factor_reset::{self, FactorView};
use crate::service::one_time_links::OneTimeLink;
use crate::service::person_erasure;
use crate::service::person_export;
use crate::service::reports;
use crate::service::user_draft::UserDraft;
use crate::service::user_record::UserView;
use crate::service::users::{self, ConnectorOfUser, GroupOfUser};
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::api::preview::PathJson;
use crate::web::api::shapes::{self, AttributeJson, CauseJson, GroupRef, WarningJson};
use crate::web::csv;
use crate::web::etag::IfMatch;
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// Exact filters of the list of users.
pub const FILTERS: &[&str] = &[
    "id",
    "username",
    "email",
    "firstName",
    "lastName",
    "displayName",
    "state",
    "company",
    "costCenter",
    "department",
    "description",
    "employeeType",
    "jobTitle",
    "location",
    "manager",
];

/// The fields of a user as CSV; attributes are a JSON list, as in the JSON form.
pub const CSV_COLUMNS: &[&str] = &[
    "id",
    "username",
    "email",
    "firstName",
    "lastName",
    "displayName",
    "state",
    "activateAt",
    "suspendAt",
    "company",
    "costCenter",
    "department",
    "description",
    "employeeType",
    "jobTitle",
    "location",
    "manager",
    "attributes",
];

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub struct UserJson {
    id: String,
    username: String,
    email: String,
    first_name: String,
    last_name: String,
    display_name: String,
    /// `STAGED`, `ACTIVATED` or `SUSPENDED`.
    state: &'static str,
    /// From then on the user is active; RFC 3339.
    activate_at: Option<String>,
    /// From then on the user is suspended; RFC 3339.
    suspend_at: Option<String>,
    company: String,
    cost_center: String,
    department: String,
    description: String,
    employee_type: String,
    job_title: String,
    location: String,
    /// The manager's username.
    manager: String,
    attributes: Vec<AttributeJson>,
    warnings: Vec<WarningJson>,
}

impl From<UserView> for UserJson {
    fn from(view: UserView) -> Self {
        let User {
            public_id,
            directory,
            state,
            schedule,
            ..
        } = view.user;
        Self {
            id: public_id.as_str().to_owned(),
            username: view.user.username,
            email: view.user.email,
            first_name: view.user.first_name,
            last_name: view.user.last_name,
            display_name: view.user.display_name,
            state: state.as_str(),
            activate_at: schedule.activate_at.map(shapes::instant),
            suspend_at: schedule.suspend_at.map(shapes::instant),
            company: directory.company,
            cost_center: directory.cost_center,
            department: directory.department,
            description: directory.description,
            employee_type: directory.employee_type,
            job_title: directory.job_title,
            location: directory.location,
            manager: directory.manager,
            attributes: view
                .attributes
                .into_iter()
                .map(AttributeJson::from)
                .collect(),
            warnings: shapes::warnings(view.warnings),
        }
    }
}

/// A link that sets a password once, by mail or in hand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OneTimeLink)]
pub struct OneTimeLinkJson {
    /// It was mailed to the user; nobody else sees it.
    mailed: bool,
    /// Where it leads, told once; `null` when it was mailed.
    link: Option<String>,
    expires_at: String,
}

impl From<OneTimeLink> for OneTimeLinkJson {
    fn from(made: OneTimeLink) -> Self {
        Self {
            mailed: made.address.is_none(),
            link: made.address,
            expires_at: shapes::instant(made.expires_at),
        }
    }
}

/// What became of a person who was erased.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erasure)]
pub struct ErasureJson {
    /// What stands in the audit for the person.
    pseudonym: String,
}

/// Everything that is kept about a person; the fields may grow.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PersonExport)]
pub struct PersonExportJson {
    exported_at: String,
    id: String,
    state: String,
    password_set_at: Option<String>,
    /// Fields and attributes.
    account: serde_json::Value,
    groups: Vec<serde_json::Value>,
    sessions: Vec<serde_json::Value>,
    assertions: Vec<serde_json::Value>,
    /// Audit events that the person caused or that are about the person, newest first.
    events: Vec<serde_json::Value>,
}

/// A group of a user: why and since when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroupOfUser)]
pub struct GroupOfUserJson {
    group: GroupRef,
    /// `DIRECT`, `RULE` or `MANUAL_INCLUDE`.
    source: &'static str,
    since: String,
    cause: CauseJson,
}

impl From<GroupOfUser> for GroupOfUserJson {
    fn from(group: GroupOfUser) -> Self {
        Self {
            group: GroupRef {
                id: group.group.as_str().to_owned(),
                name: group.group_name,
            },
            source: group.source.as_str(),
            since: shapes::instant(group.since),
            cause: group.cause.into(),
        }
    }
}

/// An application of a user: whether it opens and by which groups.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectorOfUser)]
pub struct ConnectorOfUserJson {
    connector: ConnectorRef,
    allowed: bool,
    /// `ALLOWED`, `NOT_BOUND`, `USER_NOT_ACTIVE` or `CONNECTOR_INACTIVE`.
    reason: &'static str,
    paths: Vec<PathJson>,
}

/// A connector as other resources name one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectorRef)]
struct ConnectorRef {
    id: String,
    slug: String,
    name: String,
}

impl From<ConnectorOfUser> for ConnectorOfUserJson {
    fn from(of_user: ConnectorOfUser) -> Self {
        Self {
            connector: ConnectorRef {
                id: of_user.connector.as_str().to_owned(),
                slug: of_user.slug,
                name: of_user.name,
            },
            allowed: of_user.decision.is_allowed(),
            reason: of_user.decision.reason.as_str(),
            paths: of_user
                .decision
                .paths
                .iter()
                .cloned()
                .map(PathJson::from)
                .collect(),
        }
    }
}

/// Body of `PUT /users/{id}/password`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    password: String,
}

/// `GET /users`
pub async fn list(
    call: Call,
    request: HttpRequest,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    if csv::is_wanted(&request) {
        csv::refuse_paging(&query)?;
        let table = ("users.csv", CSV_COLUMNS);
        let answer = csv::answer(&call.env, table, move |env, sink| {
            reports::all_users(env, &query, |views| {
                sink.rows(views.into_iter().map(csv_cells))
            })
        })
        .await;
        return Ok(answer?);
    }
    let page = call.run(move |env, _| users::list(env, &query)).await?;
    answer::page(page.map(UserJson::from))
}

/// `POST /users`
pub async fn create(call: Call, body: JsonBody<UserDraft>) -> Result<HttpResponse, Problem> {
    let view = call
        .run(|env, actor| users::create(env, actor, body.value))
        .await?;
    let path = format!("/users/{}", view.user.public_id);
    answer::created_at(&call, &path, (view.user.version, &UserJson::from(view)))
}

/// `GET /users/{id}`
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    show(call.run(move |env, _| users::get(env, &id)).await?)
}

/// `PATCH /users/{id}`. The route lets everybody in who may suspend; anything but a suspension
/// needs the right to edit.
pub async fn update(
    call: Call,
    id: Path<String>,
    if_match: IfMatch,
    body: JsonBody<UserDraft>,
) -> Result<HttpResponse, Problem> {
    if !body.is(&serde_json::json!({"state": "SUSPENDED"})) {
        call.caller.require(Action::Edit, Object::User)?;
    }
    let update = move |env: &_, actor: &_| {
        let version = if_match.expected(|| Ok(users::get(env, &id)?.user.version))?;
        users::update(env, actor, &id, (body.value, version))
    };
    show(call.run(update).await?)
}

/// `DELETE /users/{id}`
pub async fn delete(
    call: Call,
    id: Path<String>,
    if_match: IfMatch,
) -> Result<HttpResponse, Problem> {
    let delete = move |env: &_, actor: &_| {
        let version = if_match.expected(|| Ok(users::get(env, &id)?.user.version))?;
        users::delete(env, actor, &id, version)
    };
    call.run(delete).await?;
    Ok(answer::nothing())
}

/// `GET /users/{id}/export`
pub async fn export(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let document = call
        .run(move |env, actor| person_export::export(env, actor, &id))
        .await?;
    Ok(json_file(document))
}

/// The document as a file, for REST and pages alike.
pub fn json_file(document: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"person.json\""))
        .body(document)
}

/// `POST /users/{id}/erase`
pub async fn erase(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let pseudonym = call
        .run(move |env, actor| person_erasure::erase(env, actor, &id))
        .await?;
    answer::ok(&ErasureJson { pseudonym })
}

/// `POST /users/{id}/invitation`
pub async fn invite(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let made = call
        .run(move |env, actor| account_links::invite(env, actor, &id))
        .await?;
    answer::ok(&OneTimeLinkJson::from(made))
}

/// `POST /users/{id}/password-reset`
pub async fn reset_password(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let made = call
        .run(move |env, actor| account_links::reset(env, actor, &id))
        .await?;
    answer::ok(&OneTimeLinkJson::from(made))
}

/// `PUT /users/{id}/password`
pub async fn set_password(
    call: Call,
    id: Path<String>,
    body: JsonBody<NewPassword>,
) -> Result<HttpResponse, Problem> {
    let set = move |env: &_, actor: &_| users::set_password(env, actor, &id, &body.value.password);
    call.run(set).await?;
    Ok(answer::nothing())
}

/// A second factor of a user: its kind and times, never what it is made of.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Factor)]
pub struct FactorJson {
    /// `TOTP`, `PASSKEY` or `RECOVERY_CODES`.
    kind: &'static str,
    added: Option<String>,
    last_used: Option<String>,
}

impl From<FactorView> for FactorJson {
    fn from(factor: FactorView) -> Self {
        Self {
            kind: factor.kind,
            added: factor.added.map(shapes::instant),
            last_used: factor.last_used.map(shapes::instant),
        }
    }
}

/// `GET /users/{id}/factors`
pub async fn factors(
    call: Call,
    id: Path<String>,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    let found = call
        .run(move |env, _| factor_reset::of_user(env, &id))
        .await?;
    answer::page_of_whole(found.into_iter().map(FactorJson::from).collect(), &query)
}

/// `DELETE /users/{id}/factors`
pub async fn reset_factors(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    call.run(move |env, actor| factor_reset::reset_user(env, actor, &id))
        .await?;
    Ok(answer::nothing())
}

/// `GET /users/{id}/groups`
pub async fn groups(
    call: Call,
    id: Path<String>,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    let groups = call.run(move |env, _| users::groups(env, &id)).await?;
    answer::page_of_whole(
        groups.into_iter().map(GroupOfUserJson::from).collect(),
        &query,
    )
}

/// `GET /users/{id}/connectors`
pub async fn connectors(
    call: Call,
    id: Path<String>,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    let found = call.run(move |env, _| users::connectors(env, &id)).await?;
    answer::page_of_whole(
        found.into_iter().map(ConnectorOfUserJson::from).collect(),
        &query,
    )
}

/// The cells of [`CSV_COLUMNS`].
pub fn csv_cells(view: UserView) -> Vec<String> {
    let user = &view.user;
    let directory = &user.directory;
    let date = |date: Option<_>| date.map(shapes::instant).unwrap_or_default();
    let (activate_at, suspend_at) = (
        date(user.schedule.activate_at),
        date(user.schedule.suspend_at),
    );
    let fields = [
        user.public_id.as_str(),
        &user.username,
        &user.email,
        &user.first_name,
        &user.last_name,
        &user.display_name,
        user.state.as_str(),
        &activate_at,
        &suspend_at,
        &directory.company,
        &directory.cost_center,
        &directory.department,
        &directory.description,
        &directory.employee_type,
        &directory.job_title,
        &directory.location,
        &directory.manager,
    ];
    let mut cells: Vec<String> = fields.into_iter().map(str::to_owned).collect();
    let attributes: Vec<AttributeJson> = view
        .attributes
        .into_iter()
        .map(AttributeJson::from)
        .collect();
    cells.push(match attributes.as_slice() {
        [] => String::new(),
        // What was stored as JSON is written as JSON.
        some => serde_json::to_string(some).unwrap_or_default(),
    });
    cells
}

fn show(view: UserView) -> Result<HttpResponse, Problem> {
    answer::ok_at(view.user.version, &UserJson::from(view))
}
