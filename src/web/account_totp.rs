//! `/account/totp`: an authenticator app for the own account. The secret is shown until a code of it
//! has come back; then never again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::service::environment::Environment;
use crate::service::own_factors;
use crate::web::csrf;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::guards::SignedInAccount;
use crate::web::language::Language;
use crate::web::pages::{AccountTotpPage, EnrolmentView};
use crate::web::qr::QrImage;
use crate::web::responses::{blocking, html, see_other};

const WRONG: &str = "The code does not fit. Check that the app shows this account, and that the clock of \
                     your phone is right.";

/// The fields of the form.
#[derive(Deserialize)]
pub struct TotpForm {
    code: String,
    #[serde(default)]
    csrf_token: String,
}

/// `GET /account/totp`
pub async fn show(
    env: web::Data<Environment>,
    account: SignedInAccount,
    language: Language,
) -> Result<HttpResponse, WebError> {
    page(&env, &account, language, None).await
}

/// `POST /account/totp`
pub async fn submit(
    env: web::Data<Environment>,
    request: HttpRequest,
    (account, language): (SignedInAccount, Language),
    Form(form): Form<TotpForm>,
) -> Result<HttpResponse, WebError> {
    account.check_form(&env, &request, &form.csrf_token)?;
    let who = account.who.clone();
    let confirm = move |env: &Environment| own_factors::confirm_totp(env, &who, &form.code);
    if blocking(&env, confirm).await? {
        return Ok(see_other("/account?done=totp"));
    }
    page(&env, &account, language, Some(WRONG)).await
}

async fn page(
    env: &web::Data<Environment>,
    account: &SignedInAccount,
    language: Language,
    fault: Option<&str>,
) -> Result<HttpResponse, WebError> {
    let who = account.who.clone();
    let enrolment = blocking(env, move |env| own_factors::totp_enrolment(env, &who)).await?;
    let Some(enrolment) = enrolment else {
        // There is one already; the account page says so.
        return Ok(see_other("/account"));
    };
    let qr = QrImage::of(&enrolment.address);
    let page = AccountTotpPage {
        display_name: &account.who.display_name,
        csrf_token: &csrf::form_token(&account.who.session.csrf_secret)?,
        enrolment: EnrolmentView {
            secret: &enrolment.secret,
            qr: qr.as_ref(),
        },
        fault,
    };
    let status = if fault.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    html(language, status, &page)
}
