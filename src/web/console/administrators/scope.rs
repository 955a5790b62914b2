//! `POST /admin/administrators/{id}/groups`: limiting a role to some user groups, which are named one a
//! line.

use actix_web::HttpResponse;

use crate::service::role_scopes::{self, GroupList};
use crate::web::console::access::Console;
use crate::web::console::administrators::details;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::path_part::PathPart;

/// `POST /admin/administrators/{id}/groups`
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let typed = fields.text("groups").to_owned();
    let groups = GroupList::of_lines(&typed);
    let path = format!("/admin/administrators/{id}");
    let asked = id.clone();
    let set = console
        .submit(move |env, actor| role_scopes::set(env, actor, &asked, groups.as_ref()))
        .await?;
    match set {
        Ok(_) => Ok(see_other_after(&path, Done::AdministratorUpdated)),
        Err(fault) => {
            let found = details::find(&console, id).await?;
            let typed = Some(typed.as_str());
            let page = details::page(&console, &found, (Faults::of(&fault), typed))?;
            console.refused(&fault, &page)
        }
    }
}
