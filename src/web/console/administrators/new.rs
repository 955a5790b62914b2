//! `/admin/administrators/new`: making an administrator, with a password or with a one-time link
//! that is shown once.

use actix_web::HttpResponse;
use askama::Template;

use crate::service::administrators;
use crate::web::console::access::Console;
use crate::web::console::administrators::form::{AdministratorForm, roles};
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::shown_once::ShownOncePage;
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;

/// `GET /admin/administrators/new`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    console.page(&NewPage {
        shell: console.shell(Place::Administrators)?,
        form: &AdministratorForm::blank(),
        faults: Faults::default(),
        roles: roles(),
    })
}

/// `POST /admin/administrators`
pub async fn submit(
    console: Console,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let form = AdministratorForm::from_fields(&fields);
    let new = form.draft(fields.text("password"));
    let make = console
        .submit(move |env, actor| administrators::create(env, actor, &new))
        .await?;
    match make {
        Ok((made, None)) => {
            let path = format!("/admin/administrators/{}", made.public_id);
            Ok(see_other_after(&path, Done::AdministratorCreated))
        }
        Ok((made, Some(token))) => console.page(&ShownOncePage {
            shell: console.shell(Place::Administrators)?,
            title: "One-time link",
            name: &made.username,
            text: "Whoever opens this link within 24 hours sets the password of this account. Hand it over now: it is not shown again.",
            secret: &format!("{}/setup/{token}", console.env.settings.base_url),
            back: ("Administrators", "/admin/administrators"),
        }),
        Err(fault) => {
            let page = NewPage {
                shell: console.shell(Place::Administrators)?,
                form: &form,
                faults: Faults::of(&fault),
                roles: roles(),
            };
            console.refused(&fault, &page)
        }
    }
}

/// `/admin/administrators/new`
#[derive(Template)]
#[template(path = "console/administrators/new.html")]
struct NewPage<'a> {
    shell: Shell,
    form: &'a AdministratorForm,
    faults: Faults,
    /// The choice of roles.
    roles: [(&'static str, &'static str); 4],
}
