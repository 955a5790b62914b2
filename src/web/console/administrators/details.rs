//! `/admin/administrators/{id}`: one administrator; who may, changes the role or takes
//! the second factors away.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::admin::Administrator;
use crate::service::administrators;
use crate::service::factor_reset::{self, FactorView};
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
    let (found, factors) = load(&console, id).await?;
    console.page(&page(&console, (&found, &factors), Faults::default())?)
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
    let (before, factors) = load(&console, id.clone()).await?;
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
            let page = page(&console, (&before, &factors), Faults::of(&fault))?;
            console.refused(&fault, &page)
        }
    }
}

/// The administrator that an address names.
pub async fn find(console: &Console, id: String) -> Result<Administrator, WebError> {
    console
        .run(move |env, _| administrators::get(env, &id))
        .await
}

async fn load(console: &Console, id: String) -> Result<(Administrator, Vec<FactorView>), WebError> {
    console
        .run(move |env, _| {
            let factors = factor_reset::of_administrator(env, &id)?;
            Ok((administrators::get(env, &id)?, factors))
        })
        .await
}

fn page<'a>(
    console: &Console,
    (administrator, factors): (&'a Administrator, &'a [FactorView]),
    faults: Faults,
) -> Result<DetailsPage<'a>, WebError> {
    Ok(DetailsPage {
        shell: console.shell(Place::Administrators)?,
        is_oneself: administrator.public_id.as_str() == console.visitor.caller.actor.id,
        administrator,
        factors,
        faults,
        roles: roles(),
    })
}

/// `/admin/administrators/{id}`
#[derive(Template)]
#[template(path = "console/administrators/details.html")]
struct DetailsPage<'a> {
    shell: Shell,
    administrator: &'a Administrator,
    factors: &'a [FactorView],
    is_oneself: bool,
    faults: Faults,
    /// The choice of roles.
    roles: [(&'static str, &'static str); 4],
}
