//! What the page of the own account does to second factors: ending one, making recovery codes,
//! forgetting browsers.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::domain::ids::PublicId;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::own_factors::{self, OwnFactor};
use crate::service::recovery_codes;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::guards::SignedInAccount;
use crate::web::language::Language;
use crate::web::pages::RecoveryCodesPage;
use crate::web::responses::{blocking, html, see_other};

/// The fields of the forms that name nothing.
#[derive(Deserialize)]
pub struct BareForm {
    #[serde(default)]
    csrf_token: String,
}

/// The fields of the forms that end a factor.
#[derive(Deserialize)]
pub struct EndForm {
    /// Id of a passkey; without it the authenticator app ends.
    passkey: Option<String>,
    #[serde(default)]
    csrf_token: String,
}

/// The fields of the form that forgets a browser.
#[derive(Deserialize)]
pub struct DeviceForm {
    device: String,
    #[serde(default)]
    csrf_token: String,
}

/// `POST /account/factors/end`
pub async fn end(
    env: web::Data<Environment>,
    request: HttpRequest,
    account: SignedInAccount,
    Form(form): Form<EndForm>,
) -> Result<HttpResponse, WebError> {
    account.check_form(&env, &request, &form.csrf_token)?;
    let who = account.who.clone();
    let factor = form
        .passkey
        .map_or(OwnFactor::Totp, |id| OwnFactor::Passkey(PublicId::new(id)));
    match blocking(&env, move |env| own_factors::end(env, &who, factor)).await {
        // It was ended between the look and the click: what was wanted is so.
        Ok(()) | Err(WebError::Service(ServiceError::NotFound { .. })) => {
            Ok(see_other("/account?done=factor"))
        }
        Err(error) => Err(error),
    }
}

/// `POST /account/recovery-codes`: answers with the codes, this once.
pub async fn renew_codes(
    env: web::Data<Environment>,
    request: HttpRequest,
    (account, language): (SignedInAccount, Language),
    Form(form): Form<BareForm>,
) -> Result<HttpResponse, WebError> {
    account.check_form(&env, &request, &form.csrf_token)?;
    let who = account.who.clone();
    let codes = blocking(&env, move |env| recovery_codes::renew(env, &who)).await?;
    let page = RecoveryCodesPage {
        display_name: &account.who.display_name,
        codes: &codes,
    };
    html(language, StatusCode::OK, &page)
}

/// `POST /account/devices`
pub async fn forget_device(
    env: web::Data<Environment>,
    request: HttpRequest,
    account: SignedInAccount,
    Form(form): Form<DeviceForm>,
) -> Result<HttpResponse, WebError> {
    account.check_form(&env, &request, &form.csrf_token)?;
    let who = account.who.clone();
    let forget = move |env: &Environment| own_factors::forget_device(env, &who, &form.device);
    blocking(&env, forget).await?;
    Ok(see_other("/account?done=device"))
}
