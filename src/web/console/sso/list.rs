//! `/admin/connectors`: all applications, with search and filters in the address.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, Utc};

use crate::domain::connector::ConnectorStatus;
use crate::domain::connector_template;
use crate::service::connectors::{self, ConnectorView};
use crate::service::sp_certificates;
use crate::web::arch::Arch;
use crate::web::console::access::Console;
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::frame::template_name;
use crate::web::error::WebError;
use crate::web::filters;

const FILTERS: &[&str] = &["status", "template"];

/// `GET /admin/connectors`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let state = ListState::of_address(&console.address, FILTERS);
    let query = state.query();
    let page = console
        .run(move |env, _| connectors::list(env, &query))
        .await?;
    let pager = state.pager(&page);
    let now = console.env.now();
    let views = page.items.into_iter();
    let rows: Vec<Row> = views.map(|view| Row::of(view, now)).collect();
    console.page(&ListPage {
        shell: console.shell(Place::Sso)?,
        state: &state,
        statuses: statuses(),
        templates: templates(),
        rows: &rows,
        pager: &pager,
    })
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/list.html")]
struct ListPage<'a> {
    shell: Shell,
    state: &'a ListState,
    statuses: Vec<(&'static str, &'static str)>,
    templates: Vec<(&'static str, &'static str)>,
    rows: &'a [Row],
    pager: &'a Pager,
}

/// One application.
struct Row {
    id: String,
    name: String,
    slug: String,
    arch: Arch,
    entity_id: String,
    template: Option<&'static str>,
    is_active: bool,
    status: &'static str,
    groups: i64,
    /// Days until one of its certificates ends, if that is soon; below zero: it has ended.
    days_left: Option<i64>,
}

impl Row {
    fn of(view: ConnectorView, now: DateTime<Utc>) -> Self {
        let settings = view.connector.settings;
        Self {
            days_left: sp_certificates::fewest_days(&settings, now),
            id: view.connector.public_id.as_str().to_owned(),
            arch: Arch::of(&settings.name, &settings.slug),
            name: settings.name,
            slug: settings.slug,
            entity_id: settings.sp_entity_id,
            template: settings.template.as_deref().and_then(template_name),
            is_active: settings.status == ConnectorStatus::Active,
            status: settings.status.label(),
            groups: i64::try_from(view.groups.len()).unwrap_or(i64::MAX),
        }
    }
}

/// The choices of the filter by status; none is all.
fn statuses() -> Vec<(&'static str, &'static str)> {
    let known = ConnectorStatus::ALL.map(|status| (status.as_str(), status.label()));
    std::iter::once(("", "All")).chain(known).collect()
}

fn templates() -> Vec<(&'static str, &'static str)> {
    let known = connector_template::all()
        .iter()
        .map(|template| (template.id.as_str(), template.name.as_str()));
    std::iter::once(("", "All")).chain(known).collect()
}
