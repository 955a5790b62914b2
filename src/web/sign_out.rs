//! `/logout`: asks, then ends the session. Applications are not told in this version.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use crate::service::authentication;
use crate::service::environment::Environment;
use crate::web::cookies::CookieKind;
use crate::web::csrf;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::guards::{Browser, SignedInAccount};
use crate::web::language::Language;
use crate::web::pages::LogoutPage;
use crate::web::responses::{blocking, html, see_other};

/// The fields of the form.
#[derive(Deserialize)]
pub struct LogoutForm {
    #[serde(default)]
    csrf_token: String,
}

/// `GET /logout`
pub async fn show(account: SignedInAccount, language: Language) -> Result<HttpResponse, WebError> {
    let csrf_token = csrf::form_token(&account.who.session.csrf_secret)?;
    let page = LogoutPage {
        display_name: &account.who.display_name,
        csrf_token: &csrf_token,
    };
    html(language, StatusCode::OK, &page)
}

/// `POST /logout`
pub async fn submit(
    env: web::Data<Environment>,
    (request, browser): (HttpRequest, Browser),
    account: SignedInAccount,
    Form(form): Form<LogoutForm>,
) -> Result<HttpResponse, WebError> {
    csrf::check_origin(&request, &env.settings.base_url)?;
    csrf::check_form(Some(&account.who.session.csrf_secret), &form.csrf_token)?;
    blocking(&env, move |env| {
        authentication::sign_out(env, &account.token)
    })
    .await?;
    let mut answer = see_other("/login");
    answer.add_cookie(&browser.jar.clear(CookieKind::Session))?;
    Ok(answer)
}
