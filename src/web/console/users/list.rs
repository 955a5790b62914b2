//! `/admin/users`: the people of the directory, searched and filtered by the address, and the same
//! as CSV for those who see reports.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::user::{User, UserField};
use crate::service::listing::{ListQuery, Page};
use crate::service::{reports, users};
use crate::web::api::users::{CSV_COLUMNS, csv_cells};
use crate::web::console::access::Console;
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::csv;
use crate::web::error::WebError;
use crate::web::filters;

/// Exact filters of the list: the state and the other rule attributes but the long description.
const FILTERS: &[&str] = &[
    STATE,
    "department",
    "location",
    "jobTitle",
    "company",
    "costCenter",
    "employeeType",
    "manager",
];
/// The filter that is a choice.
const STATE: &str = "state";
/// So many free-text filters stand open; the others are behind "More filters".
const OPEN: usize = 2;

/// `GET /admin/users`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let state = ListState::of_address(&console.address, FILTERS);
    let query = state.query();
    let page = console
        .run(move |env, _| users::people(env, &query))
        .await?;
    console.page(&ListPage {
        shell: console.shell(Place::Users)?,
        pager: state.pager(&page),
        export: state.elsewhere("/admin/users/export"),
        page: &page,
        state: &state,
    })
}

/// `GET /admin/users/export`
pub async fn export(console: Console) -> Result<HttpResponse, WebError> {
    let query = ListQuery {
        limit: None,
        cursor: None,
        ..ListState::of_address(&console.address, FILTERS).query()
    };
    csv::answer(
        &console.env,
        ("users.csv", CSV_COLUMNS),
        move |env, sink| {
            reports::all_users(env, &query, |views| {
                sink.rows(views.into_iter().map(csv_cells))
            })
        },
    )
    .await
}

/// `/admin/users`
#[derive(Template)]
#[template(path = "console/users/list.html")]
struct ListPage<'a> {
    shell: Shell,
    state: &'a ListState,
    page: &'a Page<User>,
    pager: Pager,
    /// Where the same list is downloaded.
    export: String,
}

impl ListPage<'_> {
    /// The free-text filters that stand open.
    fn first_filters(&self) -> impl Iterator<Item = Filter<'_>> {
        self.filters().take(OPEN)
    }

    /// Those behind "More filters".
    fn more_filters(&self) -> impl Iterator<Item = Filter<'_>> {
        self.filters().skip(OPEN)
    }

    /// Whether one of the latter is set.
    fn has_more(&self) -> bool {
        self.more_filters().any(|filter| !filter.value.is_empty())
    }

    fn filters(&self) -> impl Iterator<Item = Filter<'_>> {
        let texts = FILTERS.iter().filter(|name| **name != STATE);
        texts.filter_map(|name| {
            Some(Filter {
                name,
                label: UserField::parse(name)?.label(),
                value: self.state.filter(name),
            })
        })
    }
}

/// A free-text filter.
struct Filter<'a> {
    name: &'a str,
    label: &'static str,
    value: &'a str,
}
