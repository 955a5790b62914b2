//! `/admin/reviews`: what waits for review in all groups, by group (rule A33).

use actix_web::HttpResponse;
use askama::Template;

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::groups::{self, GroupView};
use crate::service::listing::{ListQuery, Page};
use crate::service::review::{self, Suggestion};
use crate::web::console::access::Console;
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::error::WebError;
use crate::web::filters;

/// Groups on one page, and suggestions shown of each.
const GROUPS: u32 = 20;
const OF_EACH: u32 = 10;

/// `GET /admin/reviews`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let state = ListState::of_address(&console.address, &[]);
    let query = ListQuery {
        limit: Some(GROUPS),
        ..state.query()
    };
    let page = console.run(move |env, _| waiting(env, &query)).await?;
    console.page(&ReviewsPage {
        shell: console.shell(Place::Reviews)?,
        pager: state.pager(&page),
        state: &state,
        groups: &page.items,
    })
}

/// A group with the first of its suggestions.
struct WaitingGroup {
    view: GroupView,
    first: Vec<Suggestion>,
}

impl WaitingGroup {
    /// How many more there are than those shown.
    fn more(&self) -> i64 {
        let shown = i64::try_from(self.first.len()).unwrap_or(i64::MAX);
        self.view.suggestions - shown
    }
}

fn waiting(env: &Environment, query: &ListQuery) -> Result<Page<WaitingGroup>, ServiceError> {
    let page = groups::waiting(env, query)?;
    let some = ListQuery {
        limit: Some(OF_EACH),
        ..ListQuery::default()
    };
    let mut items = Vec::with_capacity(page.items.len());
    for view in page.items {
        let first = review::list(env, view.group.public_id.as_str(), &some)?.items;
        items.push(WaitingGroup { view, first });
    }
    Ok(Page {
        items,
        next: page.next,
        total: page.total,
    })
}

/// The page.
#[derive(Template)]
#[template(path = "console/reviews.html")]
struct ReviewsPage<'a> {
    shell: Shell,
    state: &'a ListState,
    groups: &'a [WaitingGroup],
    pager: Pager,
}
