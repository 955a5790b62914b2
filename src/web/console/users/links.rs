//! `POST /admin/users/{id}/link`: sends a user a one-time link, an invitation or a reset. Where no
//! mail goes out the link is shown this once, to be handed over.

use actix_web::HttpResponse;

use crate::service::account_links;
use crate::service::users;
use crate::web::console::access::Console;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::Place;
use crate::web::console::shown_once::ShownOncePage;
use crate::web::console::submitted::Submitted;
use crate::web::console::users::head::path_of;
use crate::web::console::users::security;
use crate::web::error::WebError;
use crate::web::path_part::PathPart;

/// What is said above a link that is handed over.
pub const HAND_OVER: &str = "Whoever opens this link within 30 minutes sets the password of this account. Hand it over now: it is not shown again.";

/// What the button says: `invite` or `reset`.
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let is_invitation = fields.button().0 == "invite";
    send(&console, id, is_invitation).await
}

/// Sends it and says so.
pub async fn send(
    console: &Console,
    id: String,
    is_invitation: bool,
) -> Result<HttpResponse, WebError> {
    let of = id.clone();
    let sent = console
        .submit(move |env, actor| {
            let made = if is_invitation {
                account_links::invite(env, actor, &of)?
            } else {
                account_links::reset(env, actor, &of)?
            };
            Ok((users::get(env, &of)?.user, made))
        })
        .await?;
    let (user, made) = match sent {
        Ok(sent) => sent,
        Err(fault) => return security::refused(console, id, &fault).await,
    };
    let path = format!("{}/security", path_of(&id));
    let Some(address) = made.address else {
        let done = if is_invitation {
            Done::InvitationSent
        } else {
            Done::ResetSent
        };
        return Ok(see_other_after(&path, done));
    };
    console.page(&ShownOncePage {
        shell: console.shell(Place::Users)?,
        title: "One-time link",
        name: &user.username,
        text: HAND_OVER,
        secret: &address,
        back: ("Users", "/admin/users"),
    })
}
