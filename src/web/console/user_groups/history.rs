//! The tab History of a group: what was changed about it, by whom, from what to what (rule C7).

use actix_web::HttpResponse;
use askama::Template;

use crate::service::audit;
use crate::web::console::access::Console;
use crate::web::console::events::{self, Event};
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::user_groups::details::stored;
use crate::web::console::user_groups::head::GroupHead;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/groups/{id}/history`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let view = stored(&console, &id).await?;
    let state = ListState::of_address(&console.address, &[]);
    let mut query = state.query();
    query.q = None;
    query
        .filters
        .insert("objectKind".to_owned(), "group".to_owned());
    query.filters.insert("object".to_owned(), id);
    let page = console.run(move |env, _| audit::list(env, &query)).await?;
    console.page(&HistoryPage {
        shell: console.shell(Place::Groups)?,
        head: Some(GroupHead::new(&view)),
        pager: state.pager(&page),
        events: events::shown(page.items),
    })
}

/// The tab.
#[derive(Template)]
#[template(path = "console/user_groups/history.html")]
struct HistoryPage {
    shell: Shell,
    head: Option<GroupHead>,
    events: Vec<Event>,
    pager: Pager,
}

impl HistoryPage {
    /// The tab that the page is.
    const fn here(&self) -> &'static str {
        "History"
    }
}
