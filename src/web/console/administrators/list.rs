//! `/admin/administrators`: all of them, with their roles.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::admin::Administrator;
use crate::domain::ids::PublicId;
use crate::service::administrators;
use crate::service::listing::Page;
use crate::web::console::access::Console;
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::error::WebError;
use crate::web::filters;

/// `GET /admin/administrators`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let list = ListState::of_address(&console.address, &[]);
    let query = list.query();
    let page = console
        .run(move |env, _| administrators::list(env, &query))
        .await?;
    console.page(&ListPage {
        shell: console.shell(Place::Administrators)?,
        own_id: &PublicId::new(console.visitor.caller.actor.id.as_str()),
        pager: list.pager(&page),
        list: &list,
        page: &page,
    })
}

/// `/admin/administrators`
#[derive(Template)]
#[template(path = "console/administrators/list.html")]
struct ListPage<'a> {
    shell: Shell,
    list: &'a ListState,
    page: &'a Page<Administrator>,
    pager: Pager,
    /// Who looks at the page.
    own_id: &'a PublicId,
}
