//! `/forgot`: a new password for somebody who cannot sign in. Who asks gets the same answer whether or
//! not there is such an account.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::organisation;
use crate::service::recovery::{self, Asked};
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::guards::Browser;
use crate::web::pages::{Brand, ForgotPage, Notice};
use crate::web::responses::{blocking, see_other, with_wait};
use crate::web::sign_in::wait_text;
use crate::web::visit::Visit;

/// What stands in the address after the form was sent.
#[derive(Debug, Default, Deserialize)]
pub struct ForgotQuery {
    sent: Option<String>,
}

/// The fields of the form.
#[derive(Deserialize)]
pub struct ForgotForm {
    name: String,
    #[serde(default)]
    csrf_token: String,
}

/// `GET /forgot`
pub async fn show(
    env: web::Data<Environment>,
    query: web::Query<ForgotQuery>,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    let shown = (query.sent.is_some(), None);
    page(&env, &browser, (StatusCode::OK, shown)).await
}

/// `POST /forgot`
pub async fn submit(
    env: web::Data<Environment>,
    (request, browser): (HttpRequest, Browser),
    Form(form): Form<ForgotForm>,
) -> Result<HttpResponse, WebError> {
    browser.check_form(&env, &request, &form.csrf_token)?;
    let source = browser.address.clone();
    let asked = blocking(&env, move |env| -> Result<Option<Asked>, ServiceError> {
        if recovery::help(env)?.can_mail {
            recovery::ask(env, &form.name, &source).map(Some)
        } else {
            Ok(None)
        }
    });
    match asked.await? {
        Some(Asked::Noted) => Ok(see_other("/forgot?sent=1")),
        // What cannot be mailed is said by the page.
        None => Ok(see_other("/forgot")),
        Some(Asked::Braked { retry_after }) => {
            let text = wait_text(browser.language, retry_after);
            let notice = Notice {
                tone: "warn",
                text: &text,
            };
            let shown = (StatusCode::TOO_MANY_REQUESTS, (false, Some(notice)));
            let answer = page(&env, &browser, shown).await?;
            Ok(with_wait(answer, retry_after))
        }
    }
}

async fn page(
    env: &web::Data<Environment>,
    browser: &Browser,
    (status, (is_sent, notice)): (StatusCode, (bool, Option<Notice<'_>>)),
) -> Result<HttpResponse, WebError> {
    let read =
        |env: &Environment| Ok::<_, ServiceError>((organisation::find(env)?, recovery::help(env)?));
    let (organisation, help) = blocking(env, read).await?;
    let visit = Visit::of(browser)?;
    let page = ForgotPage {
        brand: &Brand::from(organisation),
        csrf_token: &visit.csrf_token,
        can_mail: help.can_mail,
        contact: &help.contact,
        is_sent,
        notice,
    };
    visit.answer(status, &page)
}
