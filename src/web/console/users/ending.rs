//! Suspending, deleting and erasing a user: a page for each that names what ends, and the act itself.

use actix_web::HttpResponse;
use askama::Template;

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::person_erasure;
use crate::service::user_bulk::suspension;
use crate::service::user_consequences::{self, Consequences};
use crate::service::users;
use crate::web::console::access::Console;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::console::users::head::{Head, Tab, path_of};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/users/{id}/suspend`
pub async fn ask_suspend(
    console: Console,
    PathPart(id): PathPart,
) -> Result<HttpResponse, WebError> {
    let ahead =
        |env: &Environment, id: &str| user_consequences::of_change(env, id, (suspension(), None));
    ask(&console, id, (Act::Suspend, ahead)).await
}

/// `POST /admin/users/{id}/suspend`
pub async fn suspend(
    console: Console,
    PathPart(id): PathPart,
    Submitted(_): Submitted,
) -> Result<HttpResponse, WebError> {
    let path = path_of(&id);
    console
        .run(move |env, actor| users::update(env, actor, &id, (suspension(), None)))
        .await?;
    Ok(see_other_after(&path, Done::UserSuspended))
}

/// `GET /admin/users/{id}/delete`
pub async fn ask_delete(
    console: Console,
    PathPart(id): PathPart,
) -> Result<HttpResponse, WebError> {
    ask(&console, id, (Act::Delete, user_consequences::of_deletion)).await
}

/// `POST /admin/users/{id}/delete`
pub async fn delete(
    console: Console,
    PathPart(id): PathPart,
    Submitted(_): Submitted,
) -> Result<HttpResponse, WebError> {
    console
        .run(move |env, actor| users::delete(env, actor, &id, None))
        .await?;
    Ok(see_other_after("/admin/users", Done::UserDeleted))
}

/// `GET /admin/users/{id}/erase`
pub async fn ask_erase(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    ask(&console, id, (Act::Erase, user_consequences::of_deletion)).await
}

/// `POST /admin/users/{id}/erase`
pub async fn erase(
    console: Console,
    PathPart(id): PathPart,
    Submitted(_): Submitted,
) -> Result<HttpResponse, WebError> {
    console
        .run(move |env, actor| person_erasure::erase(env, actor, &id))
        .await?;
    Ok(see_other_after("/admin/users", Done::UserErased))
}

/// What is about to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Suspend,
    Delete,
    Erase,
}

type Ahead = fn(&Environment, &str) -> Result<Consequences, ServiceError>;

async fn ask(
    console: &Console,
    id: String,
    (act, ahead): (Act, Ahead),
) -> Result<HttpResponse, WebError> {
    let (user, consequences) = console
        .run(move |env, _| Ok((users::get(env, &id)?.user, ahead(env, &id)?)))
        .await?;
    console.page(&EndingPage {
        shell: console.shell(Place::Users)?,
        head: Head::new(console, &user, Tab::Details),
        is_deletion: act == Act::Delete,
        is_erasure: act == Act::Erase,
        consequences: &consequences,
    })
}

/// The question.
#[derive(Template)]
#[template(path = "console/users/ending.html")]
struct EndingPage<'a> {
    shell: Shell,
    head: Head,
    is_deletion: bool,
    is_erasure: bool,
    consequences: &'a Consequences,
}
