//! `/admin/tokens/new`: making a token, whose secret is the answer.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::admin::AdminRole;
use crate::service::api_tokens;
use crate::web::console::access::Console;
use crate::web::console::administrators::form::roles;
use crate::web::console::faults::Faults;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::shown_once::ShownOncePage;
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;

/// `GET /admin/tokens/new`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    console.page(&NewPage {
        shell: console.shell(Place::Tokens)?,
        typed_name: "",
        role: AdminRole::ReadOnly.as_str(),
        faults: Faults::default(),
        roles: roles(),
    })
}

/// `POST /admin/tokens`
pub async fn submit(
    console: Console,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let (name, role) = (
        fields.text("name").to_owned(),
        fields.text("role").to_owned(),
    );
    let make = console
        .submit(move |env, actor| api_tokens::create(env, actor, &name, &role))
        .await?;
    match make {
        Ok((made, secret)) => console.page(&ShownOncePage {
            shell: console.shell(Place::Tokens)?,
            title: "New API token",
            name: &made.name,
            text: "Programs send it in the header Authorization: Bearer. Copy it now: it is not shown again.",
            secret: &secret,
            back: ("API Tokens", "/admin/tokens"),
        }),
        Err(fault) => {
            let page = NewPage {
                shell: console.shell(Place::Tokens)?,
                typed_name: fields.text("name"),
                role: fields.text("role"),
                faults: Faults::of(&fault),
                roles: roles(),
            };
            console.refused(&fault, &page)
        }
    }
}

/// `/admin/tokens/new`
#[derive(Template)]
#[template(path = "console/tokens/new.html")]
struct NewPage<'a> {
    shell: Shell,
    typed_name: &'a str,
    role: &'a str,
    faults: Faults,
    /// The choice of roles.
    roles: [(&'static str, &'static str); 4],
}
