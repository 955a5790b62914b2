//! `/setup/{token}`: a one-time link, by mail, from the console or the terminal, sets the
//! password of an account.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::one_time_links;
use crate::web::error::{WebError, sentence};
use crate::web::form::Form;
use crate::web::guards::Browser;
use crate::web::pages::SetupPage;
use crate::web::path_part::PathPart;
use crate::web::responses::{blocking, see_other};
use crate::web::visit::Visit;

/// The fields of the form.
#[derive(Deserialize)]
pub struct SetupForm {
    password: String,
    #[serde(default)]
    csrf_token: String,
}

/// `GET /setup/{token}`
pub async fn show(
    env: web::Data<Environment>,
    PathPart(token): PathPart,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    page(&env, &browser, (token, None)).await
}

/// `POST /setup/{token}`
pub async fn submit(
    env: web::Data<Environment>,
    (request, browser): (HttpRequest, Browser),
    PathPart(token): PathPart,
    Form(form): Form<SetupForm>,
) -> Result<HttpResponse, WebError> {
    browser.check_form(&env, &request, &form.csrf_token)?;
    let used = token.clone();
    let set = move |env: &Environment| one_time_links::use_up(env, &used, &form.password);
    match blocking(&env, set).await {
        Ok(()) => Ok(see_other("/login?password_set=1")),
        Err(WebError::Service(ServiceError::Invalid(violations))) => {
            let fault = violations.first().map(|first| sentence(&first.detail));
            page(&env, &browser, (token, fault)).await
        }
        Err(WebError::Service(ServiceError::NotFound { .. })) => Err(WebError::UsedLink),
        Err(error) => Err(error),
    }
}

async fn page(
    env: &web::Data<Environment>,
    browser: &Browser,
    (token, fault): (String, Option<String>),
) -> Result<HttpResponse, WebError> {
    let action = format!("/setup/{token}");
    let found = blocking(env, move |env| one_time_links::check(env, &token)).await;
    let username = match found {
        Err(WebError::Service(ServiceError::NotFound { .. })) => return Err(WebError::UsedLink),
        found => found?,
    };
    let visit = Visit::of(browser)?;
    let setup = SetupPage {
        action: &action,
        csrf_token: &visit.csrf_token,
        username: &username,
        fault: fault.as_deref(),
    };
    let status = if fault.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    visit.answer(status, &setup)
}
