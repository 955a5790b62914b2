//! Passkeys as the browser's script meets them: questions to the authenticator as JSON, asked with a
//! form's token; the answers come in ordinary forms. Beside them `/account/passkeys`, where one is added.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::domain::second_factor::AdminMfa;
use crate::service::environment::Environment;
use crate::service::own_factors;
use crate::service::passkeys::{self, PasskeyAnswer, Question};
use crate::service::second_step;
use crate::web::csrf;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::guards::{Browser, SignedInAccount};
use crate::web::language::Language;
use crate::web::pages::AccountPasskeysPage;
use crate::web::responses::{blocking, html, see_other};

/// The fields of a question's request.
#[derive(Deserialize)]
pub struct QuestionForm {
    /// Present in the second step of a sign-in.
    second: Option<String>,
    #[serde(default)]
    csrf_token: String,
}

/// The fields of the form that adds one.
#[derive(Deserialize)]
pub struct AddForm {
    name: String,
    ceremony: String,
    credential: String,
    #[serde(default)]
    csrf_token: String,
}

/// `POST /login/passkey/question`
pub async fn question(
    env: web::Data<Environment>,
    request: HttpRequest,
    browser: Browser,
    Form(form): Form<QuestionForm>,
) -> Result<HttpResponse, WebError> {
    browser.check_form(&env, &request, &form.csrf_token)?;
    let client = browser.client();
    let half = browser.half.clone().unwrap_or_default();
    let ask = move |env: &Environment| match (&form.second, &client.pre_session) {
        (Some(_), _) => second_step::ask_passkey(env, &client, &half),
        (None, Some(token)) => passkeys::ask_for_any(env, token).map(Some),
        (None, None) => Ok(None),
    };
    let question = blocking(&env, ask).await?;
    question.map_or(Err(WebError::NoSuchPage), |question| Ok(told(&question)))
}

/// `POST /account/passkeys/question`
pub async fn question_to_add(
    env: web::Data<Environment>,
    request: HttpRequest,
    account: SignedInAccount,
    Form(form): Form<QuestionForm>,
) -> Result<HttpResponse, WebError> {
    account.check_form(&env, &request, &form.csrf_token)?;
    let ask = move |env: &Environment| passkeys::ask_to_add(env, &account.who, &account.token);
    Ok(told(&blocking(&env, ask).await?))
}

/// `GET /account/passkeys`
pub async fn show(
    env: web::Data<Environment>,
    account: SignedInAccount,
    language: Language,
) -> Result<HttpResponse, WebError> {
    page(&env, (&account, language), StatusCode::OK).await
}

/// `POST /account/passkeys`
pub async fn add(
    env: web::Data<Environment>,
    request: HttpRequest,
    (account, browser, language): (SignedInAccount, Browser, Language),
    Form(form): Form<AddForm>,
) -> Result<HttpResponse, WebError> {
    account.check_form(&env, &request, &form.csrf_token)?;
    let (who, token) = (account.who.clone(), account.token.clone());
    let add = move |env: &Environment| {
        let answer = PasskeyAnswer {
            ceremony: &form.ceremony,
            credential: &form.credential,
            browser: &token,
        };
        passkeys::add(env, &who, (answer, &form.name))
    };
    if blocking(&env, add).await? {
        // Whom the console sent here goes on there.
        let console = browser.wanted.filter(|path| path.starts_with("/admin"));
        return Ok(see_other(if asks_for_passkeys(&env, &account) {
            console.as_deref().unwrap_or("/admin")
        } else {
            "/account?done=passkey"
        }));
    }
    page(&env, (&account, language), StatusCode::UNPROCESSABLE_ENTITY).await
}

/// Whether the console opens to this account by a passkey only.
fn asks_for_passkeys(env: &Environment, account: &SignedInAccount) -> bool {
    env.admin_mfa == AdminMfa::Passkey && account.who.role.is_some()
}

async fn page(
    env: &web::Data<Environment>,
    (account, language): (&SignedInAccount, Language),
    status: StatusCode,
) -> Result<HttpResponse, WebError> {
    let who = account.who.clone();
    let is_needed = asks_for_passkeys(env, account)
        && !blocking(env, move |env| own_factors::has_passkey(env, &who)).await?;
    let page = AccountPasskeysPage {
        display_name: &account.who.display_name,
        csrf_token: &csrf::form_token(&account.who.session.csrf_secret)?,
        is_refused: status != StatusCode::OK,
        is_needed,
    };
    html(language, status, &page)
}

/// The options are JSON already.
fn told(question: &Question) -> HttpResponse {
    let ceremony = serde_json::Value::from(question.ceremony.as_str());
    let options = &question.options;
    HttpResponse::Ok()
        .content_type("application/json")
        .body(format!(r#"{{"ceremony":{ceremony},"options":{options}}}"#))
}
