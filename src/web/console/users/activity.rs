//! The tab Activity of a user: what was done to the user, and what the user did, with what each
//! change changed (rule C7).

use actix_web::HttpResponse;
use askama::Template;

use crate::service::{audit, users};
use crate::web::console::access::Console;
use crate::web::console::events::{self, Event};
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::users::head::{Head, Tab};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/users/{id}/activity`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let state = ListState::of_address(&console.address, &[]);
    let mut query = state.query();
    query.q = None;
    query.filters.insert("about".to_owned(), id.clone());
    let (user, page) = console
        .run(move |env, _| Ok((users::get(env, &id)?.user, audit::list(env, &query)?)))
        .await?;
    console.page(&ActivityPage {
        shell: console.shell(Place::Users)?,
        head: Head::new(&console, &user, Tab::Activity),
        pager: state.pager(&page),
        events: &events::shown(page.items),
    })
}

/// The tab.
#[derive(Template)]
#[template(path = "console/users/activity.html")]
struct ActivityPage<'a> {
    shell: Shell,
    head: Head,
    events: &'a [Event],
    pager: Pager,
}
