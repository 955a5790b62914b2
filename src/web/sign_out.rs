//! `/logout`: asks, then ends the session; when applications are to be told, on the page of the logout.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use crate::service::environment::Environment;
use crate::service::logout::{self, SignOut};
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
pub async fn show(
    env: web::Data<Environment>,
    account: SignedInAccount,
    language: Language,
) -> Result<HttpResponse, WebError> {
    let csrf_token = csrf::form_token(&account.who.session.csrf_secret)?;
    let family = account.who.session.family.clone();
    let (told, untold) = blocking(&env, move |env| logout::preview(env, &family)).await?;
    let page = LogoutPage {
        display_name: &account.who.display_name,
        told: &told,
        untold: &untold,
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
    account.check_form(&env, &request, &form.csrf_token)?;
    let brought = browser.for_sign_on();
    let sign_out = blocking(&env, move |env| {
        logout::sign_out(env, &account.token, &brought)
    })
    .await?;
    let (next, pre_session) = match sign_out {
        SignOut::Done { pre_session } => ("/login".to_owned(), pre_session),
        SignOut::Watch {
            logout,
            pre_session,
        } => (format!("/logout/{logout}"), Some(pre_session)),
    };
    let mut answer = see_other(&next);
    answer.add_cookie(&browser.jar.clear(CookieKind::Session))?;
    if browser.half.is_some() {
        answer.add_cookie(&browser.jar.clear(CookieKind::Half))?;
    }
    if let Some(pre_session) = pre_session {
        answer.add_cookie(&browser.jar.set(CookieKind::PreSession, &pre_session))?;
    }
    Ok(answer)
}
