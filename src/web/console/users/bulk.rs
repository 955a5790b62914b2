//! What is done to several users of the list at once. The page before it names them and how many
//! they are; the ticked users stand in its address.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::user_bulk::{self, GroupName};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::{Fields, Submitted};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::responses::see_other;

const LIST: &str = "/admin/users";
/// As many as a page of the list could ever hold.
const LARGEST: usize = 500;

/// `GET /admin/users/suspend?id=..`
pub async fn ask_suspend(console: Console, request: HttpRequest) -> Result<HttpResponse, WebError> {
    ask(&console, ticked_in(&request), (false, None)).await
}

/// `POST /admin/users/suspend`
pub async fn suspend(
    console: Console,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let ids = ticked(&fields);
    console
        .run(move |env, actor| user_bulk::suspend(env, actor, &ids))
        .await?;
    Ok(see_other_after(LIST, Done::UsersSuspended))
}

/// `GET /admin/users/add-to-group?id=..`
pub async fn ask_add(console: Console, request: HttpRequest) -> Result<HttpResponse, WebError> {
    ask(&console, ticked_in(&request), (true, None)).await
}

/// `POST /admin/users/add-to-group`
pub async fn add(console: Console, Submitted(fields): Submitted) -> Result<HttpResponse, WebError> {
    let ids = ticked(&fields);
    let (group, those) = (fields.text("group").to_owned(), ids.clone());
    let added = console
        .submit(move |env, actor| user_bulk::add_to_group(env, actor, &group, &those))
        .await?;
    match added {
        Ok(()) => Ok(see_other_after(LIST, Done::UsersAdded)),
        Err(fault) => ask(&console, ids, (true, Some(fault))).await,
    }
}

fn ticked_in(request: &HttpRequest) -> Vec<String> {
    let query = url::form_urlencoded::parse(request.query_string().as_bytes());
    ticked(&Fields::new(query.into_owned().collect()))
}

fn ticked(fields: &Fields) -> Vec<String> {
    fields.all("id").take(LARGEST).map(str::to_owned).collect()
}

async fn ask(
    console: &Console,
    ids: Vec<String>,
    (is_addition, fault): (bool, Option<ServiceError>),
) -> Result<HttpResponse, WebError> {
    let (users, groups) = console
        .run(move |env, _| {
            let groups = if is_addition {
                user_bulk::static_groups(env)?
            } else {
                Vec::new()
            };
            Ok((user_bulk::named(env, &ids)?, groups))
        })
        .await?;
    if users.is_empty() {
        return Ok(see_other(LIST));
    }
    let page = BulkPage {
        shell: console.shell(Place::Users)?,
        number: i64::try_from(users.len()).unwrap_or(i64::MAX),
        users: &users,
        groups: &groups,
        is_addition,
        faults: fault.as_ref().map(Faults::of).unwrap_or_default(),
    };
    match fault {
        Some(fault) => console.refused(&fault, &page),
        None => console.page(&page),
    }
}

/// The question.
#[derive(Template)]
#[template(path = "console/users/bulk.html")]
struct BulkPage<'a> {
    shell: Shell,
    users: &'a [User],
    number: i64,
    groups: &'a [GroupName],
    is_addition: bool,
    faults: Faults,
}
