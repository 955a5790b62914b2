//! Passkeys as the browser's script meets them: questions to the authenticator as JSON, asked with a
//! form's token; the answers come in ordinary forms. Beside them `/account/passkeys`, where one is added.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::domain::second_factor::AdminMfa;
use crate::service::environment::Environment;
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

/// What stands in the address of the page.
#[derive(Deserialize)]
pub struct AddQuery {
    /// Present where the console asks for a passkey.
    r#for: Option<String>,
}

/// `GET /account/passkeys`
pub async fn show(
    account: SignedInAccount,
    query: web::Query<AddQuery>,
    language: Language,
) -> Result<HttpResponse, WebError> {
    let is_needed = query.r#for.as_deref() == Some("console");
    page(&account, language, (StatusCode::OK, is_needed))
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
        let asked = env.admin_mfa == AdminMfa::Passkey && account.who.role.is_some();
        let console = browser
            .wanted
            .filter(|path| asked && path.starts_with("/admin"));
        return Ok(see_other(
            console.as_deref().unwrap_or("/account?done=passkey"),
        ));
    }
    page(
        &account,
        language,
        (StatusCode::UNPROCESSABLE_ENTITY, false),
    )
}

fn page(
    account: &SignedInAccount,
    language: Language,
    (status, is_needed): (StatusCode, bool),
) -> Result<HttpResponse, WebError> {
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
