//! `/admin/audit` (rule C7): who did what, narrowed by actor, kinds and days, each event with what it
//! changed; and the same as a file.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;
use chrono::{Days, NaiveDate};

use crate::domain::audit::NewAuditEvent;
use crate::service::audit;
use crate::service::audit_document::EventJson;
use crate::service::listing::ListQuery;
use crate::web::api::shapes;
use crate::web::console::access::Console;
use crate::web::console::events::{self, Event};
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::csv;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::json_items::{self, Shape};
use crate::web::path_part::PathPart;

/// The names of the use case; `from` and `to` are days here, both included.
const FILTERS: &[&str] = &["actor", "object", "objectKind", "kind", "from", "to"];
const COLUMNS: &[&str] = &[
    "id",
    "at",
    "actorKind",
    "actor",
    "kind",
    "objectKind",
    "object",
    "before",
    "after",
];

/// `GET /admin/audit`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let list = ListState::of_address(&console.address, FILTERS);
    let query = in_instants(list.query());
    let page = console.run(move |env, _| audit::list(env, &query)).await?;
    console.page(&AuditPage {
        shell: console.shell(Place::Audit)?,
        pager: list.pager(&page),
        events: &events::shown(page.items),
        kinds: &with_all(events::meanings()),
        list: &list,
    })
}

/// `GET /admin/audit/{id}`
pub async fn one(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let event = console.run(move |env, _| audit::get(env, &id)).await?;
    console.page(&EventPage {
        shell: console.shell(Place::Audit)?,
        events: &events::shown(vec![event]),
    })
}

/// `GET /admin/audit.csv`
pub async fn csv(console: Console) -> Result<HttpResponse, WebError> {
    let query = whole(&console);
    csv::answer(&console.env, ("audit.csv", COLUMNS), move |env, sink| {
        audit::all(env, &query, |events| {
            sink.rows(events.into_iter().map(|stored| cells(stored.event)))
        })
    })
    .await
}

/// `GET /admin/audit.jsonl`
pub async fn json_lines(console: Console) -> Result<HttpResponse, WebError> {
    let query = whole(&console);
    let file = ("audit.jsonl", Shape::Lines);
    json_items::answer(&console.env, file, move |env, items| {
        audit::all(env, &query, |events| {
            items.add(events.into_iter().map(EventJson::new))
        })
    })
    .await
}

/// `/admin/audit`
#[derive(Template)]
#[template(path = "console/audit/list.html")]
struct AuditPage<'a> {
    shell: Shell,
    list: &'a ListState,
    events: &'a [Event],
    kinds: &'a [(&'static str, &'static str)],
    pager: Pager,
}

/// `/admin/audit/{id}`
#[derive(Template)]
#[template(path = "console/audit/event.html")]
struct EventPage<'a> {
    shell: Shell,
    /// The one event, as the list draws it.
    events: &'a [Event],
}

/// Kinds of objects, with their words.
const OBJECTS: &[(&str, &str)] = &[
    ("", "All"),
    ("user", "User"),
    ("group", "Group"),
    ("connector", "Application"),
    ("administrator", "Administrator"),
    ("token", "API token"),
    ("key", "Signing key"),
    ("session", "Session"),
    ("settings", "Settings"),
];

fn with_all(
    kinds: impl Iterator<Item = (&'static str, &'static str)>,
) -> Vec<(&'static str, &'static str)> {
    std::iter::once(("", "All")).chain(kinds).collect()
}

fn whole(console: &Console) -> ListQuery {
    let list = ListState::of_address(&console.address, FILTERS);
    ListQuery {
        limit: None,
        cursor: None,
        ..in_instants(list.query())
    }
}

/// Days as the use case understands them: from the beginning of the first to the end of the last,
/// in UTC. What is no day narrows nothing.
fn in_instants(mut query: ListQuery) -> ListQuery {
    let mut day = |name: &str| -> Option<NaiveDate> { query.filters.remove(name)?.parse().ok() };
    let from = day("from");
    let until = day("to").and_then(|last| last.checked_add_days(Days::new(1)));
    let instants: BTreeMap<String, String> = [("from", from), ("to", until)]
        .into_iter()
        .filter_map(|(name, day)| Some((name.to_owned(), format!("{}T00:00:00Z", day?))))
        .collect();
    query.filters.extend(instants);
    query
}

fn cells(event: NewAuditEvent) -> Vec<String> {
    vec![
        event.public_id,
        shapes::instant(event.at),
        event.actor.kind.as_str().to_owned(),
        event.actor.name,
        event.kind,
        event.object.kind,
        event.object.name,
        event.before.unwrap_or_default(),
        event.after.unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests;
