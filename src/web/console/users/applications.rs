//! The tab Applications of a user: every application, whether it opens, and by which groups or why
//! not (rule C2).

use actix_web::HttpResponse;
use askama::Template;

use crate::service::users::{self, ConnectorOfUser};
use crate::web::console::access::Console;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::users::head::{Head, Tab};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/users/{id}/applications`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let (user, mut applications) = console
        .run(move |env, _| Ok((users::get(env, &id)?.user, users::connectors(env, &id)?)))
        .await?;
    // What opens stands first; both parts stay by name.
    applications.sort_by_key(|application| !application.decision.is_allowed());
    console.page(&ApplicationsPage {
        shell: console.shell(Place::Users)?,
        head: Head::new(&console, &user, Tab::Applications),
        applications: &applications,
    })
}

/// The tab.
#[derive(Template)]
#[template(path = "console/users/applications.html")]
struct ApplicationsPage<'a> {
    shell: Shell,
    head: Head,
    applications: &'a [ConnectorOfUser],
}
