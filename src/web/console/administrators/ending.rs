//! `/admin/administrators/{id}/delete`: what goes with an administrator, before it goes.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::admin::Administrator;
use crate::service::administrators;
use crate::web::console::access::Console;
use crate::web::console::administrators::details::find;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/administrators/{id}/delete`
pub async fn ask(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let found = find(&console, id).await?.administrator;
    console.page(&page(&console, &found, Faults::default())?)
}

/// `POST /admin/administrators/{id}/delete`
pub async fn delete(
    console: Console,
    PathPart(id): PathPart,
    _form: Submitted,
) -> Result<HttpResponse, WebError> {
    let found = find(&console, id.clone()).await?.administrator;
    let deleted = console
        .submit(move |env, actor| administrators::delete(env, actor, &id))
        .await?;
    match deleted {
        Ok(()) => Ok(see_other_after(
            "/admin/administrators",
            Done::AdministratorDeleted,
        )),
        Err(fault) => {
            let page = page(&console, &found, Faults::of(&fault))?;
            console.refused(&fault, &page)
        }
    }
}

fn page<'a>(
    console: &Console,
    administrator: &'a Administrator,
    faults: Faults,
) -> Result<DeletePage<'a>, WebError> {
    Ok(DeletePage {
        shell: console.shell(Place::Administrators)?,
        is_oneself: administrator.public_id.as_str() == console.visitor.caller.actor.id,
        administrator,
        faults,
    })
}

/// `/admin/administrators/{id}/delete`
#[derive(Template)]
#[template(path = "console/administrators/delete.html")]
struct DeletePage<'a> {
    shell: Shell,
    administrator: &'a Administrator,
    is_oneself: bool,
    faults: Faults,
}
