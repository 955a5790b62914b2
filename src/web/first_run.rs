//! `/first-run/{token}`: the page that makes the first administrator, whose address the terminal
//! told. Who fills it in is signed in at once and goes on to the first application.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use crate::domain::secret::shown_by_name;
use crate::service::authentication::{self, SignInOutcome};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::factor_demand::Wish;
use crate::service::first_run::{self, FirstAdministrator};
use crate::web::console::faults::Faults;
use crate::web::cookies::CookieKind;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::guards::Browser;
use crate::web::pages::FirstRunPage;
use crate::web::path_part::PathPart;
use crate::web::responses::{blocking, see_other};
use crate::web::second_step;
use crate::web::visit::Visit;

/// Where the first administrator goes on.
const NEXT: &str = "/admin/connectors/new";

/// The fields of the form.
#[derive(Default, Deserialize)]
pub struct FirstRunForm {
    username: String,
    email: String,
    password: String,
    #[serde(default)]
    csrf_token: String,
}

shown_by_name!(FirstRunForm);

/// `GET /first-run/{token}`
pub async fn show(
    env: web::Data<Environment>,
    PathPart(token): PathPart,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    let asked = token.clone();
    blocking(&env, move |env| first_run::check(env, &asked))
        .await
        .map_err(used)?;
    page(
        &browser,
        &token,
        (&FirstRunForm::default(), &Faults::default()),
    )
}

/// `POST /first-run/{token}`
pub async fn submit(
    env: web::Data<Environment>,
    (request, browser): (HttpRequest, Browser),
    PathPart(token): PathPart,
    Form(form): Form<FirstRunForm>,
) -> Result<HttpResponse, WebError> {
    browser.check_form(&env, &request, &form.csrf_token)?;
    let first = FirstAdministrator {
        username: form.username.clone(),
        email: form.email.clone(),
        password: form.password.clone(),
    };
    let used_token = token.clone();
    let complete = move |env: &Environment| first_run::complete(env, &used_token, first);
    match blocking(&env, complete).await {
        Ok(_made) => sign_in(&env, browser, form).await,
        Err(WebError::Service(fault @ (ServiceError::Invalid(_) | ServiceError::Conflict(_)))) => {
            page(&browser, &token, (&form, &Faults::of(&fault)))
        }
        Err(error) => Err(used(error)),
    }
}

async fn sign_in(
    env: &web::Data<Environment>,
    browser: Browser,
    form: FirstRunForm,
) -> Result<HttpResponse, WebError> {
    let attempt = browser.attempt(form.username, form.password);
    let wish = Wish::default();
    let outcome = blocking(env, move |env| authentication::sign_in(env, &attempt, wish)).await?;
    let jar = browser.jar;
    match outcome {
        SignInOutcome::SignedIn { token, .. } => {
            let mut answer = see_other(NEXT);
            answer.add_cookie(&jar.set(CookieKind::Session, &token))?;
            Ok(answer)
        }
        // An administrator sets up a second factor first.
        SignInOutcome::SecondStep { half: Some(half) } => {
            let mut answer = see_other(&second_step::address(None));
            answer.add_cookie(&jar.set(CookieKind::Half, &half))?;
            answer.add_cookie(&jar.set(CookieKind::Wanted, NEXT))?;
            Ok(answer)
        }
        _ => Ok(see_other("/login")),
    }
}

fn page(
    browser: &Browser,
    token: &str,
    (form, faults): (&FirstRunForm, &Faults),
) -> Result<HttpResponse, WebError> {
    let visit = Visit::of(browser)?;
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = FirstRunPage {
        action: &format!("/first-run/{token}"),
        csrf_token: &visit.csrf_token,
        username: &form.username,
        email: &form.email,
        faults,
    };
    visit.answer(status, &page)
}

fn used(error: WebError) -> WebError {
    match error {
        WebError::Service(ServiceError::NotFound { .. }) => WebError::UsedLink,
        other => other,
    }
}
