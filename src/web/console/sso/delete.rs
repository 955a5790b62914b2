//! `/admin/connectors/{id}/delete`: names what goes, and lets it go.

use actix_web::HttpResponse;
use askama::Template;

use crate::service::bindings;
use crate::service::connectors;
use crate::web::console::access::Console;
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::frame::{Head, Tab};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/connectors/{id}/delete`
pub async fn ask(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let (view, users) = console
        .run(move |env, _| {
            let view = connectors::get(env, &id)?;
            let groups: Vec<String> = view
                .groups
                .iter()
                .map(|group| group.id.as_str().to_owned())
                .collect();
            let users = bindings::reach(env, &id, &groups)?;
            Ok((view, users))
        })
        .await?;
    console.page(&DeletePage {
        shell: console.shell(Place::Sso)?,
        head: Head::of(&view.connector, Tab::General, console.rights()),
        version: view.connector.version,
        groups: i64::try_from(view.groups.len()).unwrap_or(i64::MAX),
        users,
    })
}

/// `POST /admin/connectors/{id}/delete`
pub async fn delete(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let version = fields.version();
    console
        .run(move |env, actor| connectors::delete(env, actor, &id, version))
        .await?;
    Ok(notices::see_other_after(
        "/admin/connectors",
        Done::ConnectorDeleted,
    ))
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/delete.html")]
struct DeletePage {
    shell: Shell,
    head: Head,
    version: i64,
    groups: i64,
    /// Active users who can open it now.
    users: i64,
}
