//! `/admin/connectors/{id}/activity`: what was done to the application, and what was sent to it.

use actix_web::HttpResponse;
use askama::Template;

use crate::service::audit;
use crate::service::connectors;
use crate::web::console::access::Console;
use crate::web::console::events::{self, Event};
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::frame::{Head, Tab};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// The kinds of events that name an application begin with one of these.
const KINDS: [&str; 3] = ["connector.", "assertion.", "sign_on."];

/// `GET /admin/connectors/{id}/activity`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let state = ListState::of_address(&console.address, &["kind"]);
    let mut query = state.query();
    query.q = None;
    query
        .filters
        .insert("objectKind".to_owned(), "connector".to_owned());
    query.filters.insert("object".to_owned(), id.clone());
    let (connector, page) = console
        .run(move |env, _| {
            Ok((
                connectors::get(env, &id)?.connector,
                audit::list(env, &query)?,
            ))
        })
        .await?;
    let pager = state.pager(&page);
    console.page(&ActivityPage {
        shell: console.shell(Place::Sso)?,
        head: Head::of(&connector, Tab::Activity, console.rights()),
        kinds: kinds(),
        kind: state.filter("kind"),
        events: &events::shown(page.items),
        pager: &pager,
    })
}

/// The choices of the filter; none is all.
fn kinds() -> Vec<(&'static str, &'static str)> {
    let of_application = |kind: &str| KINDS.iter().any(|start| kind.starts_with(start));
    let known = events::meanings().filter(|(kind, _)| of_application(kind));
    std::iter::once(("", "All")).chain(known).collect()
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/activity.html")]
struct ActivityPage<'a> {
    shell: Shell,
    head: Head,
    kinds: Vec<(&'static str, &'static str)>,
    kind: &'a str,
    events: &'a [Event],
    pager: &'a Pager,
}
