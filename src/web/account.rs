//! `/account`: people's own account, of both kinds: who they are here, their password, and the
//! browsers they are signed in with.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use crate::domain::admin::AdminRole;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::own_account::{self, PasswordChange};
use crate::service::own_factors;
use crate::service::person_export;
use crate::web::api::users::json_file;
use crate::web::csrf;
use crate::web::duration;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::guards::{Browser, SignedInAccount, SignedInUser};
use crate::web::language::Language;
use crate::web::pages::{AccountPage, Notice};
use crate::web::responses::{blocking, html, see_other};
use crate::web::sign_in::wait_text;

const CHANGED: &str = "Your password is changed. All other sessions have ended.";
const ENDED: &str = "The session has ended.";
const ADDED: &str =
    "Your authenticator app is set up. From now on a sign-in asks for its code as well.";
const PASSKEY_ADDED: &str =
    "Your passkey is added. Sign in with it alone, or beside your password.";
const FACTOR_ENDED: &str = "The second factor is removed. All other sessions have ended.";
const FORGOTTEN: &str = "The browser is forgotten. It is asked for the second factor again.";
const WRONG: &str = "The present password is wrong. Check it and try again.";

/// What stands in the address after something was done.
#[derive(Debug, Default, Deserialize)]
pub struct AccountQuery {
    done: Option<String>,
}

/// The fields of the password form.
#[derive(Deserialize)]
pub struct PasswordForm {
    current: String,
    password: String,
    #[serde(default)]
    csrf_token: String,
}

/// The fields of the forms that end sessions.
#[derive(Deserialize)]
pub struct SessionsForm {
    /// Id of one session; without it all but this one end.
    session: Option<String>,
    #[serde(default)]
    csrf_token: String,
}

/// `GET /account`
pub async fn show(
    env: web::Data<Environment>,
    query: web::Query<AccountQuery>,
    account: SignedInAccount,
    language: Language,
) -> Result<HttpResponse, WebError> {
    let text = match query.done.as_deref() {
        Some("password") => Some(CHANGED),
        Some("session") => Some(ENDED),
        Some("totp") => Some(ADDED),
        Some("passkey") => Some(PASSKEY_ADDED),
        Some("factor") => Some(FACTOR_ENDED),
        Some("device") => Some(FORGOTTEN),
        _ => None,
    };
    let notice = text.map(|text| Notice { tone: "good", text });
    page(&env, &account, language, Shown::good(notice)).await
}

/// `GET /account/data`: everything that is kept about the person, as one file. Administrators are not
/// of the directory; what is kept about them is the audit.
pub async fn export(
    env: web::Data<Environment>,
    user: SignedInUser,
) -> Result<HttpResponse, WebError> {
    let who = user.who;
    let export =
        move |env: &Environment| person_export::export(env, &who.actor(), who.public_id.as_str());
    Ok(json_file(blocking(&env, export).await?))
}

/// `POST /account/password`
pub async fn change_password(
    env: web::Data<Environment>,
    (request, browser): (HttpRequest, Browser),
    account: SignedInAccount,
    Form(form): Form<PasswordForm>,
) -> Result<HttpResponse, WebError> {
    account.check_form(&env, &request, &form.csrf_token)?;
    let who = account.who.clone();
    let source = browser.address.clone();
    let change = move |env: &Environment| {
        own_account::change_password(env, &who, (&form.current, &form.password), &source)
    };
    let language = browser.language;
    let told;
    let shown = match blocking(&env, change).await {
        Ok(PasswordChange::Done) => return Ok(see_other("/account?done=password")),
        Ok(PasswordChange::Wrong) => Shown::bad(StatusCode::UNAUTHORIZED, Fault::Current(WRONG)),
        Ok(PasswordChange::Braked { retry_after }) => {
            told = wait_text(language, retry_after);
            Shown::bad(StatusCode::TOO_MANY_REQUESTS, Fault::Current(&told))
        }
        Err(WebError::Service(ServiceError::Invalid(violations))) => {
            told = violations
                .into_iter()
                .next()
                .map(|first| first.detail)
                .unwrap_or_default();
            Shown::bad(StatusCode::UNPROCESSABLE_ENTITY, Fault::New(&told))
        }
        Err(error) => return Err(error),
    };
    page(&env, &account, language, shown).await
}

/// `POST /account/sessions`
pub async fn end_sessions(
    env: web::Data<Environment>,
    request: HttpRequest,
    account: SignedInAccount,
    Form(form): Form<SessionsForm>,
) -> Result<HttpResponse, WebError> {
    account.check_form(&env, &request, &form.csrf_token)?;
    let who = account.who.clone();
    let end = move |env: &Environment| match &form.session {
        Some(session) => own_account::end_session(env, &who, session),
        None => own_account::end_other_sessions(env, &who),
    };
    match blocking(&env, end).await {
        // It ended between the look and the click: what was wanted is so.
        Ok(()) | Err(WebError::Service(ServiceError::NotFound { .. })) => {
            Ok(see_other("/account?done=session"))
        }
        Err(error) => Err(error),
    }
}

/// Which field of the password form is at fault, and why.
#[derive(Clone, Copy)]
enum Fault<'a> {
    Current(&'a str),
    New(&'a str),
}

/// What the page says besides the account.
struct Shown<'a> {
    status: StatusCode,
    notice: Option<Notice<'a>>,
    fault: Option<Fault<'a>>,
}

impl<'a> Shown<'a> {
    const fn good(notice: Option<Notice<'a>>) -> Self {
        Self {
            status: StatusCode::OK,
            notice,
            fault: None,
        }
    }

    const fn bad(status: StatusCode, fault: Fault<'a>) -> Self {
        Self {
            status,
            notice: None,
            fault: Some(fault),
        }
    }
}

async fn page(
    env: &web::Data<Environment>,
    account: &SignedInAccount,
    language: Language,
    shown: Shown<'_>,
) -> Result<HttpResponse, WebError> {
    let who = account.who.clone();
    let look = move |env: &Environment| -> Result<_, ServiceError> {
        Ok((own_account::get(env, &who)?, own_factors::get(env, &who)?))
    };
    let (own, factors) = blocking(env, look).await?;
    let session = &account.who.session;
    let page = AccountPage {
        display_name: &account.who.display_name,
        csrf_token: &csrf::form_token(&account.who.session.csrf_secret)?,
        username: &own.username,
        email: &own.email,
        role: account.who.role.map(AdminRole::label),
        factors: &factors,
        sessions: &own.sessions,
        session_idle: &duration::words(language, session.idle),
        session_absolute: &duration::words(language, session.ends_at - session.created_at),
        this_session: &account.who.session.public_id,
        notice: shown.notice,
        current_fault: match shown.fault {
            Some(Fault::Current(text)) => Some(text),
            _ => None,
        },
        new_fault: match shown.fault {
            Some(Fault::New(text)) => Some(text),
            _ => None,
        },
    };
    html(language, shown.status, &page)
}
