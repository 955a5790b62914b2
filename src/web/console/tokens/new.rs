//! `/admin/tokens/new`: making a token, whose secret is the answer.

use actix_web::HttpResponse;
use askama::Template;
use secrecy::ExposeSecret;

use crate::domain::admin::AdminRole;
use crate::service::api_tokens::{self, Lifetime, TokenWish, USUAL_DAYS};
use crate::service::role_scopes::GroupList;
use crate::web::console::access::Console;
use crate::web::console::administrators::form::roles;
use crate::web::console::faults::Faults;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::shown_once::ShownOncePage;
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;

/// How long a token can be good for: the days, and how they are called.
const LIFETIMES: [(&str, &str); 4] = [
    ("30", "30 days"),
    ("90", "90 days"),
    ("180", "180 days"),
    ("365", "365 days"),
];

/// `GET /admin/tokens/new`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    console.page(&NewPage {
        shell: console.shell(Place::Tokens)?,
        typed_name: "",
        role: AdminRole::ReadOnly.as_str(),
        days: &USUAL_DAYS.to_string(),
        groups: "",
        faults: Faults::default(),
        roles: roles(),
        lifetimes: LIFETIMES,
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
    // Only the choice's own numbers parse; anything else is told at its field.
    let days = fields.text("expires").parse().unwrap_or(0);
    let groups = GroupList::of_lines(fields.text("groups"));
    let make = console
        .submit(move |env, actor| {
            let wish = TokenWish {
                name: &name,
                role: &role,
                lifetime: Lifetime::Days(days),
                groups,
            };
            api_tokens::create(env, actor, wish)
        })
        .await?;
    match make {
        Ok((made, secret)) => console.page(&ShownOncePage {
            shell: console.shell(Place::Tokens)?,
            title: "New API token",
            name: &made.name,
            text: "Programs send it in the header Authorization: Bearer. Copy it now: it is not shown again.",
            secret: secret.expose_secret(),
            back: ("API Tokens", "/admin/tokens"),
        }),
        Err(fault) => {
            let page = NewPage {
                shell: console.shell(Place::Tokens)?,
                typed_name: fields.text("name"),
                role: fields.text("role"),
                days: fields.text("expires"),
                groups: fields.text("groups"),
                faults: Faults::of(&fault),
                roles: roles(),
                lifetimes: LIFETIMES,
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
    /// The number that was chosen.
    days: &'a str,
    /// One name a line.
    groups: &'a str,
    faults: Faults,
    /// The choice of roles.
    roles: [(&'static str, &'static str); 4],
    lifetimes: [(&'static str, &'static str); 4],
}
