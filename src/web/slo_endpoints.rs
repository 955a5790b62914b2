//! `/saml/slo`: messages of single logout, both kinds by both bindings: octets in, the next step of
//! the browser out. What a message means is decided by the service floor.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::logout::ParticipantState;
use crate::service::environment::Environment;
use crate::service::logout::{LogoutError, LogoutStep};
use crate::service::logout_request;
use crate::service::sign_on;
use crate::web::body;
use crate::web::delivery::{self, Errand};
use crate::web::error::WebError;
use crate::web::guards::Browser;
use crate::web::pages::LogoutAnswerPage;
use crate::web::responses::{blocking, html, see_other};
use crate::web::saml_endpoints::{LIMIT, lead_on};

/// `GET /saml/slo`: a message by HTTP-Redirect (SAML Bindings 3.4).
pub async fn redirect(
    env: web::Data<Environment>,
    request: HttpRequest,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    let query = request.query_string().to_owned();
    let receive = move |env: &Environment, browser: &sign_on::Browser| {
        logout_request::receive_redirect(env, &query, browser)
    };
    answer(&env, browser, receive).await
}

/// `POST /saml/slo`: a message by HTTP-POST (SAML Bindings 3.5).
pub async fn post(
    env: web::Data<Environment>,
    request: HttpRequest,
    payload: web::Payload,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    let body = body::read(request.headers(), &mut payload.into_inner(), LIMIT).await?;
    let receive = move |env: &Environment, browser: &sign_on::Browser| {
        logout_request::receive_post(env, &body, browser)
    };
    answer(&env, browser, receive).await
}

async fn answer(
    env: &web::Data<Environment>,
    browser: Browser,
    take: impl FnOnce(&Environment, &sign_on::Browser) -> Result<LogoutStep, LogoutError>
    + Send
    + 'static,
) -> Result<HttpResponse, WebError> {
    let brought = browser.for_sign_on();
    let step = blocking(env, move |env| take(env, &brought)).await?;
    go(&browser, Errand::SignedOut, step)
}

/// The answer that leads the browser to its next step.
pub fn go(browser: &Browser, errand: Errand, step: LogoutStep) -> Result<HttpResponse, WebError> {
    match step {
        LogoutStep::Watch {
            logout,
            pre_session,
        } => lead_on(browser, &format!("/logout/{logout}"), &pre_session),
        LogoutStep::Deliver(delivery) => delivery::deliver(browser.language, errand, &delivery),
        LogoutStep::Noted { application, state } => {
            let page = LogoutAnswerPage {
                application: &application,
                text: state.label(false),
                tone: match state {
                    ParticipantState::Confirmed => "good",
                    _ => "warn",
                },
            };
            html(browser.language, StatusCode::OK, &page)
        }
        LogoutStep::SignedOut => Ok(see_other("/login")),
    }
}
