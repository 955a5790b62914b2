//! `/admin/tokens/{id}/delete`: which program loses its way in, before it does.

use actix_web::HttpResponse;
use askama::Template;

use crate::service::api_tokens::{self, ApiTokenView};
use crate::web::console::access::Console;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/tokens/{id}/delete`
pub async fn ask(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let token = console.run(move |env, _| api_tokens::get(env, &id)).await?;
    console.page(&DeletePage {
        shell: console.shell(Place::Tokens)?,
        token: &token,
    })
}

/// `POST /admin/tokens/{id}/delete`
pub async fn delete(
    console: Console,
    PathPart(id): PathPart,
    _form: Submitted,
) -> Result<HttpResponse, WebError> {
    console
        .run(move |env, actor| api_tokens::delete(env, actor, &id))
        .await?;
    Ok(see_other_after("/admin/tokens", Done::TokenDeleted))
}

/// `/admin/tokens/{id}/delete`
#[derive(Template)]
#[template(path = "console/tokens/delete.html")]
struct DeletePage<'a> {
    shell: Shell,
    token: &'a ApiTokenView,
}
