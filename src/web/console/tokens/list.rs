//! `/admin/tokens`: all tokens, without their secrets.

use actix_web::HttpResponse;
use askama::Template;

use crate::service::api_tokens::{self, ApiTokenView, Validity};
use crate::web::console::access::Console;
use crate::web::console::shell::{Place, Shell};
use crate::web::error::WebError;
use crate::web::filters;

/// `GET /admin/tokens`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let tokens = console.run(|env, _| api_tokens::list(env)).await?;
    console.page(&ListPage {
        shell: console.shell(Place::Tokens)?,
        tokens: &tokens,
    })
}

/// `/admin/tokens`
#[derive(Template)]
#[template(path = "console/tokens/list.html")]
struct ListPage<'a> {
    shell: Shell,
    tokens: &'a [ApiTokenView],
}

impl ListPage<'_> {
    fn ends_soon(&self) -> bool {
        let mut validities = self.tokens.iter().map(|token| token.validity);
        validities.any(|validity| validity == Validity::EndsSoon)
    }
}
