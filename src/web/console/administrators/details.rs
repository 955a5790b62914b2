//! `/admin/administrators/{id}`: one administrator; who may, changes the role or takes
//! the second factors away.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::admin::Administrator;
use crate::domain::role_scope::{self, RoleScope};
use crate::service::factor_reset::{self, FactorView};
use crate::service::{administrators, role_scopes};
use crate::web::console::access::Console;
use crate::web::console::administrators::form::roles;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/administrators/{id}`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let found = find(&console, id).await?;
    console.page(&page(&console, &found, (Faults::default(), None))?)
}

/// `POST /admin/administrators/{id}/factors`: takes the second factors away.
pub async fn reset_factors(
    console: Console,
    PathPart(id): PathPart,
    _form: Submitted,
) -> Result<HttpResponse, WebError> {
    let path = format!("/admin/administrators/{id}");
    console
        .run(move |env, actor| factor_reset::reset_administrator(env, actor, &id))
        .await?;
    Ok(see_other_after(&path, Done::FactorsReset))
}

/// `POST /admin/administrators/{id}`
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let before = find(&console, id.clone()).await?;
    let role = fields.text("role").to_owned();
    let saved = console
        .submit(move |env, actor| administrators::set_role(env, actor, &id, &role))
        .await?;
    match saved {
        Ok(after) => {
            let path = format!("/admin/administrators/{}", after.public_id);
            Ok(see_other_after(&path, Done::AdministratorUpdated))
        }
        Err(fault) => {
            let page = page(&console, &before, (Faults::of(&fault), None))?;
            console.refused(&fault, &page)
        }
    }
}

/// What there is to know of one administrator.
pub struct Found {
    pub administrator: Administrator,
    scope: RoleScope,
    factors: Vec<FactorView>,
}

/// The administrator that an address names.
pub async fn find(console: &Console, id: String) -> Result<Found, WebError> {
    console
        .run(move |env, _| {
            let (administrator, scope) = role_scopes::get(env, &id)?;
            let factors = factor_reset::of_administrator(env, &id)?;
            Ok(Found {
                administrator,
                scope,
                factors,
            })
        })
        .await
}

/// The page. `typed`: what stood in the field of the groups, if it was not taken.
pub fn page<'a>(
    console: &Console,
    found: &'a Found,
    (faults, typed): (Faults, Option<&str>),
) -> Result<DetailsPage<'a>, WebError> {
    let Found {
        administrator,
        scope,
        factors,
    } = found;
    let names = scope.groups().iter().map(|group| group.name.as_str());
    let names: Vec<&str> = names.collect();
    Ok(DetailsPage {
        shell: console.shell(Place::Administrators)?,
        is_oneself: administrator.public_id.as_str() == console.visitor.caller.actor.id,
        can_be_limited: role_scope::can_be_limited(administrator.role),
        groups: typed.map_or_else(|| names.join("\n"), str::to_owned),
        administrator,
        scope,
        factors,
        faults,
        roles: roles(),
    })
}

/// `/admin/administrators/{id}`
#[derive(Template)]
#[template(path = "console/administrators/details.html")]
pub struct DetailsPage<'a> {
    shell: Shell,
    administrator: &'a Administrator,
    scope: &'a RoleScope,
    can_be_limited: bool,
    /// One name a line.
    groups: String,
    factors: &'a [FactorView],
    is_oneself: bool,
    faults: Faults,
    /// The choice of roles.
    roles: [(&'static str, &'static str); 4],
}
