//! `/admin/reports`: which reports there are.

use actix_web::HttpResponse;
use askama::Template;

use crate::web::console::access::Console;
use crate::web::console::shell::{Place, Shell};
use crate::web::error::WebError;
use crate::web::filters;

/// `GET /admin/reports`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    console.page(&ReportsPage {
        shell: console.shell(Place::Reports)?,
    })
}

/// `/admin/reports`
#[derive(Template)]
#[template(path = "console/reports/start.html")]
struct ReportsPage {
    shell: Shell,
}
