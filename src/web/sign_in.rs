//! `/login`: one page for users and administrators. Every wrong attempt gets the same words; what is
//! wrong is known to nobody but the brake.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::logout::ParticipantState;
use crate::service::authentication::{self, SignInOutcome, SignedIn};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::factor_demand::Wish;
use crate::service::logout_view::{self, Progress};
use crate::service::organisation;
use crate::service::passkeys::{self, PasskeyAnswer};
use crate::service::pending;
use crate::service::sign_on;
use crate::web::cookies::CookieKind;
use crate::web::error::{WebError, whole_seconds};
use crate::web::form::Form;
use crate::web::guards::Browser;
use crate::web::language::{Language, fill};
use crate::web::pages::{Brand, LoginPage, Notice, SignedOutView};
use crate::web::path_part::can_name_something;
use crate::web::responses::{blocking, hashing, see_other, with_wait};
use crate::web::second_step;
use crate::web::visit::Visit;

const WRONG: Notice<'static> = Notice {
    tone: "bad",
    text: "The username or the password is wrong. Check both and try again.",
};
const USERS_ONLY: Notice<'static> = Notice {
    tone: "warn",
    text: "You are signed in as an administrator, and applications are for users. Sign in as a user \
           to open it.",
};
/// What the console asks for where nothing else opens it.
const PASSKEY: &str = "passkey";
const BRAKED: &str = "There were too many wrong attempts. Wait {} seconds and try again.";
const NO_PASSKEY: Notice<'static> = Notice {
    tone: "bad",
    text: "This passkey does not open an account here. Try again, or sign in with your password.",
};
const AGAIN: Notice<'static> = Notice {
    tone: "warn",
    text: "What you want to do needs a fresh sign-in. Sign in again, and you are led back.",
};
const BY_PASSKEY: Notice<'static> = Notice {
    tone: "warn",
    text: "The console opens by a passkey only. Sign in with yours, alone or after the password, and you are led back.",
};
const EXPIRED: Notice<'static> = Notice {
    tone: "warn",
    text: "The application's request has expired. Sign in, then open the application again.",
};
const PASSWORD_SET: Notice<'static> = Notice {
    tone: "good",
    text: "Your password is set. Sign in with it now.",
};

/// What stands in the address of the page and of its form.
#[derive(Debug, Default, Deserialize)]
pub struct LoginQuery {
    /// Id of the sign-on that waits for this sign-in.
    request: Option<String>,
    /// Present after a password was set by a one-time link.
    password_set: Option<String>,
    /// Present where somebody who is signed in is asked to sign in again; [`PASSKEY`]: by that.
    again: Option<String>,
}

impl LoginQuery {
    fn request(&self) -> Option<&str> {
        self.request.as_deref().filter(|id| can_name_something(id))
    }

    /// As it is written again.
    fn again(&self) -> Option<&'static str> {
        let again = self.again.as_deref()?;
        Some(if again == PASSKEY { PASSKEY } else { "1" })
    }
}

/// The fields of the form.
#[derive(Deserialize)]
pub struct LoginForm {
    username: String,
    password: String,
    #[serde(default)]
    csrf_token: String,
}

/// `GET /login`
pub async fn show(
    env: web::Data<Environment>,
    query: web::Query<LoginQuery>,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    let mut shown = Shown::default();
    if let Some(id) = query.request().map(str::to_owned) {
        let of = browser.for_sign_on();
        let asked = id.clone();
        let (application, notice) = blocking(&env, move |env| waiting(env, &of, &asked)).await?;
        // Without a name the request is gone: the form leads to the start page then.
        shown.request = application.as_ref().map(|_| id);
        shown.application = application;
        shown.notice = notice;
    } else if query.password_set.is_some() {
        shown.notice = Some(PASSWORD_SET);
    } else if query.again.is_some() {
        shown.again = query.again();
        shown.notice = Some(if shown.again == Some(PASSKEY) {
            BY_PASSKEY
        } else {
            AGAIN
        });
        let token = browser.session.clone().unwrap_or_default();
        let who = blocking(&env, move |env| authentication::session(env, &token)).await?;
        shown.username = who.map(|who| who.username).unwrap_or_default();
    } else {
        let of = browser.for_sign_on();
        let result = blocking(&env, move |env| logout_view::last_result(env, &of)).await?;
        shown.signed_out = result.map(|progress| signed_out(&progress));
    }
    page(&env, StatusCode::OK, (&browser, &shown)).await
}

/// Where the last sign-out of this browser reached.
fn signed_out(progress: &Progress) -> SignedOutView {
    let names = |is_confirmed: bool| -> String {
        let those = progress
            .applications
            .iter()
            .filter(|one| (one.state == ParticipantState::Confirmed) == is_confirmed);
        let names: Vec<&str> = those.map(|one| one.name.as_str()).collect();
        names.join(", ")
    };
    SignedOutView {
        confirmed: names(true),
        unconfirmed: names(false),
    }
}

/// The application that waits for this sign-in, and what is to be said about it.
fn waiting(
    env: &Environment,
    browser: &sign_on::Browser,
    request: &str,
) -> Result<(Option<String>, Option<Notice<'static>>), ServiceError> {
    let Some(application) = pending::connector_name(env, browser, request)? else {
        return Ok((None, Some(EXPIRED)));
    };
    let who = match &browser.session {
        Some(token) => authentication::session(env, token)?,
        None => None,
    };
    let is_administrator = who.is_some_and(|who| who.role.is_some());
    Ok((Some(application), is_administrator.then_some(USERS_ONLY)))
}

/// `POST /login`
pub async fn submit(
    env: web::Data<Environment>,
    request: HttpRequest,
    browser: Browser,
    Form(form): Form<LoginForm>,
) -> Result<HttpResponse, WebError> {
    browser.check_form(&env, &request, &form.csrf_token)?;
    let query: LoginQuery = query_of(&request);
    let mut shown = Shown {
        username: form.username.clone(),
        request: query.request().map(str::to_owned),
        again: query.again(),
        ..Shown::default()
    };
    let attempt = browser.attempt(form.username, form.password);
    let (request, anew) = (shown.request.clone(), shown.again);
    let sign_in = move |env: &Environment| {
        let mut wish = Wish::of_waiting(env, &attempt.client, request.as_deref())?;
        wish.anew |= anew.is_some();
        authentication::sign_in(env, &attempt, wish)
    };
    match hashing(&env, sign_in).await? {
        SignInOutcome::SignedIn { token, who } => {
            lead_in(&browser, shown.request.as_deref(), (&token, &who))
        }
        SignInOutcome::SecondStep { half } => {
            // The form's token was checked, so there is a pre-session.
            let half = half.ok_or(WebError::StaleForm)?;
            let mut answer = see_other(&second_step::address(shown.request.as_deref()));
            answer.add_cookie(&browser.jar.set(CookieKind::Half, &half))?;
            Ok(answer)
        }
        SignInOutcome::Refused => {
            shown.notice = Some(WRONG);
            page(&env, StatusCode::UNAUTHORIZED, (&browser, &shown)).await
        }
        SignInOutcome::Braked { retry_after } => {
            braked(&env, (&browser, &shown), retry_after).await
        }
    }
}

/// The fields of the form that a passkey's answer comes in.
#[derive(Deserialize)]
pub struct PasskeyForm {
    ceremony: String,
    credential: String,
    #[serde(default)]
    csrf_token: String,
}

/// `POST /login/passkey`: a passkey as the only step.
pub async fn submit_passkey(
    env: web::Data<Environment>,
    request: HttpRequest,
    browser: Browser,
    Form(form): Form<PasskeyForm>,
) -> Result<HttpResponse, WebError> {
    browser.check_form(&env, &request, &form.csrf_token)?;
    let query: LoginQuery = query_of(&request);
    let mut shown = Shown {
        request: query.request().map(str::to_owned),
        again: query.again(),
        ..Shown::default()
    };
    let client = browser.client();
    let sign_in = move |env: &Environment| {
        let answer = PasskeyAnswer {
            ceremony: &form.ceremony,
            credential: &form.credential,
            browser: client.pre_session.as_deref().unwrap_or_default(),
        };
        authentication::sign_in_with_passkey(env, &client, answer)
    };
    match blocking(&env, sign_in).await? {
        SignInOutcome::SignedIn { token, who } => {
            lead_in(&browser, shown.request.as_deref(), (&token, &who))
        }
        SignInOutcome::Refused | SignInOutcome::SecondStep { .. } => {
            shown.notice = Some(NO_PASSKEY);
            page(&env, StatusCode::UNAUTHORIZED, (&browser, &shown)).await
        }
        SignInOutcome::Braked { retry_after } => {
            braked(&env, (&browser, &shown), retry_after).await
        }
    }
}

/// Where a step of the sign-in stands, with the id of the sign-on that waits for it.
pub fn step_of(path: &str, request: Option<&str>) -> String {
    request.map_or_else(|| path.to_owned(), |id| format!("{path}?request={id}"))
}

/// What stands in the address of a form; one that says something else says nothing.
pub fn query_of<T: DeserializeOwned + Default>(request: &HttpRequest) -> T {
    web::Query::from_query(request.query_string())
        .map(web::Query::into_inner)
        .unwrap_or_default()
}

/// On with a session that has just begun: to the application that waits, to the page that was wanted,
/// or to the start page.
pub fn lead_in(
    browser: &Browser,
    request: Option<&str>,
    (token, who): (&str, &SignedIn),
) -> Result<HttpResponse, WebError> {
    // The console is for administrators alone; their own account is for all.
    let may_see = |page: &String| who.role.is_some() || page.starts_with("/account");
    let wanted = browser.wanted.clone().filter(may_see);
    let next = match (request, wanted) {
        (Some(id), _) => format!("/saml/continue/{id}"),
        (None, Some(page)) => page,
        (None, None) => "/".to_owned(),
    };
    let mut answer = see_other(&next);
    answer.add_cookie(&browser.jar.set(CookieKind::Session, token))?;
    if browser.wanted.is_some() {
        answer.add_cookie(&browser.jar.clear(CookieKind::Wanted))?;
    }
    Ok(answer)
}

/// What is on the page besides the form.
#[derive(Default)]
struct Shown {
    username: String,
    request: Option<String>,
    /// As it stands in the address.
    again: Option<&'static str>,
    application: Option<String>,
    signed_out: Option<SignedOutView>,
    notice: Option<Notice<'static>>,
}

async fn braked(
    env: &web::Data<Environment>,
    (browser, shown): (&Browser, &Shown),
    retry_after: Duration,
) -> Result<HttpResponse, WebError> {
    let text = wait_text(browser.language, retry_after);
    let notice = Some(Notice {
        tone: "warn",
        text: &text,
    });
    let status = StatusCode::TOO_MANY_REQUESTS;
    let answer = write(env, status, (browser, shown, notice)).await?;
    Ok(with_wait(answer, retry_after))
}

/// What somebody is told whom the brake holds, in the reader's language.
pub fn wait_text(language: Language, retry_after: Duration) -> String {
    let seconds = whole_seconds(retry_after).to_string();
    fill(language.say(BRAKED), &[seconds])
}

async fn page(
    env: &web::Data<Environment>,
    status: StatusCode,
    (browser, shown): (&Browser, &Shown),
) -> Result<HttpResponse, WebError> {
    write(env, status, (browser, shown, shown.notice)).await
}

/// The page in the organisation's name.
async fn write(
    env: &web::Data<Environment>,
    status: StatusCode,
    (browser, shown, notice): (&Browser, &Shown, Option<Notice<'_>>),
) -> Result<HttpResponse, WebError> {
    let organisation = blocking(env, organisation::find).await?;
    let has_passkeys = passkeys::are_available(env);
    let request = shown.request.as_deref();
    let visit = Visit::of(browser)?;
    let address = |path: &str| match (request, shown.again) {
        (None, Some(again)) => format!("{path}?again={again}"),
        _ => step_of(path, request),
    };
    let (action, passkey_action) = (address("/login"), address("/login/passkey"));
    let login = LoginPage {
        brand: &Brand::from(organisation),
        action: &action,
        csrf_token: &visit.csrf_token,
        username: &shown.username,
        application: shown.application.as_deref(),
        signed_out: shown.signed_out.as_ref(),
        passkey_action: has_passkeys.then_some(passkey_action.as_str()),
        notice,
    };
    visit.answer(status, &login)
}
