//! Deleting a group: a page that says whom and what it hits, and the deed.

use actix_web::HttpResponse;
use askama::Template;

use crate::service::error::ServiceError;
use crate::service::group_applications::{self, ApplicationOfGroup};
use crate::service::groups;
use crate::web::console::access::Console;
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::console::user_groups::details::stored;
use crate::web::console::user_groups::head::GroupHead;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/groups/{id}/delete`
pub async fn ask(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let page = DeletePage::of(&console, id, false).await?;
    console.page(&page)
}

/// `POST /admin/groups/{id}/delete`
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let (group, version) = (id.clone(), fields.version());
    let work = move |env: &_, actor: &_| groups::delete(env, actor, &group, version);
    match console.submit(work).await? {
        Ok(()) => Ok(notices::see_other_after(
            "/admin/groups",
            Done::GroupDeleted,
        )),
        Err(fault) => {
            let is_changed = matches!(fault, ServiceError::Stale);
            let page = DeletePage::of(&console, id, is_changed).await?;
            console.refused(&fault, &page)
        }
    }
}

/// The page that asks.
#[derive(Template)]
#[template(path = "console/user_groups/delete.html")]
struct DeletePage {
    shell: Shell,
    head: GroupHead,
    version: Option<i64>,
    applications: Vec<ApplicationOfGroup>,
    attributes: i64,
    /// Somebody changed the group since the page was read.
    is_changed: bool,
}

impl DeletePage {
    async fn of(console: &Console, id: String, is_changed: bool) -> Result<Self, WebError> {
        let view = stored(console, &id).await?;
        let applications = console
            .run(move |env, _| group_applications::list(env, &id))
            .await?;
        Ok(Self {
            shell: console.shell(Place::Groups)?,
            head: GroupHead::new(&view),
            version: Some(view.group.version),
            applications,
            attributes: i64::try_from(view.attributes.len()).unwrap_or(i64::MAX),
            is_changed,
        })
    }
}
