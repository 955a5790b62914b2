//! `/admin/reports/memberships` (rule A10): the list with its filters, and the same as CSV or JSON.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::membership::MembershipSource;
use crate::domain::user_group::MembershipMethod;
use crate::service::listing::{ListQuery, Page};
use crate::service::reports::{self, MembershipRow};
use crate::web::api::reports::{COLUMNS, FILTERS, MembershipJson, cells};
use crate::web::console::access::Console;
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::csv;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::json_items::{self, Shape};

/// `GET /admin/reports/memberships`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let list = ListState::of_address(&console.address, FILTERS);
    let query = known(list.query());
    let page = console
        .run(move |env, _| reports::memberships(env, &query))
        .await?;
    console.page(&MembershipsPage {
        shell: console.shell(Place::Reports)?,
        pager: list.pager(&page),
        list: &list,
        page: &page,
    })
}

/// `GET /admin/reports/memberships.csv`
pub async fn csv(console: Console) -> Result<HttpResponse, WebError> {
    let query = whole(&console);
    let table = ("memberships.csv", COLUMNS);
    csv::answer(&console.env, table, move |env, sink| {
        reports::all_memberships(env, &query, |rows| sink.rows(rows.into_iter().map(cells)))
    })
    .await
}

/// `GET /admin/reports/memberships.json`
pub async fn json(console: Console) -> Result<HttpResponse, WebError> {
    let query = whole(&console);
    let file = ("memberships.json", Shape::Array);
    json_items::answer(&console.env, file, move |env, items| {
        reports::all_memberships(env, &query, |rows| {
            items.add(rows.into_iter().map(|row| Ok(MembershipJson::from(row))))
        })
    })
    .await
}

/// `/admin/reports/memberships`
#[derive(Template)]
#[template(path = "console/reports/memberships.html")]
struct MembershipsPage<'a> {
    shell: Shell,
    list: &'a ListState,
    page: &'a Page<MembershipRow>,
    pager: Pager,
}

/// The whole list that the address describes.
fn whole(console: &Console) -> ListQuery {
    let list = ListState::of_address(&console.address, FILTERS);
    ListQuery {
        limit: None,
        cursor: None,
        ..known(list.query())
    }
}

/// Only choices that the form offers; an old bookmark is no failure.
fn known(mut query: ListQuery) -> ListQuery {
    query.filters.retain(|name, value| match name.as_str() {
        "method" => MembershipMethod::parse(value).is_some(),
        "source" => MembershipSource::parse(value).is_some(),
        _ => true,
    });
    query
}

/// Spelling of the API, and the words.
const METHODS: [(&str, &str); 4] = {
    let [fixed, automated, reviewed] = MembershipMethod::ALL;
    [
        ("", "All"),
        (fixed.as_str(), fixed.label()),
        (automated.as_str(), automated.label()),
        (reviewed.as_str(), reviewed.label()),
    ]
};
const SOURCES: [(&str, &str); 4] = {
    let [direct, rule, included] = MembershipSource::ALL;
    [
        ("", "All"),
        (direct.as_str(), direct.label()),
        (rule.as_str(), rule.label()),
        (included.as_str(), included.label()),
    ]
};

#[cfg(test)]
mod tests;
