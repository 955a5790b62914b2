//! `/login/code`: the second step of a sign-in. Asks for a code, or lets a first factor be set up where
//! one is required; without a half sign-in of this browser there is nothing here.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::service::credential::Factor;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::organisation;
use crate::service::passkeys::PasskeyAnswer;
use crate::service::second_step::{self, StepOutcome, StepView};
use crate::web::cookies::CookieKind;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::guards::Browser;
use crate::web::pages::{Brand, EnrolmentView, Notice, SecondStepPage};
use crate::web::path_part::can_name_something;
use crate::web::qr::QrImage;
use crate::web::responses::{blocking, see_other, with_wait};
use crate::web::sign_in::{lead_in, query_of, step_of, wait_text};
use crate::web::visit::Visit;

const WRONG: &str = "The code is wrong or was used already. Wait for the next one and try again.";
const WRONG_RECOVERY: &str =
    "This recovery code is wrong or was used already. Check it, or take another one.";

/// What stands in the address of the page and of its form.
#[derive(Debug, Default, Deserialize)]
pub struct StepQuery {
    /// Id of the sign-on that waits for this sign-in.
    request: Option<String>,
    /// Present where a recovery code is wanted.
    recovery: Option<String>,
}

impl StepQuery {
    fn request(&self) -> Option<&str> {
        self.request.as_deref().filter(|id| can_name_something(id))
    }
}

/// The fields of the form.
#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
    /// Present if a passkey answers instead.
    ceremony: Option<String>,
    credential: Option<String>,
    /// Present if the browser is to be remembered.
    remember: Option<String>,
    #[serde(default)]
    csrf_token: String,
}

/// The address of the page.
pub fn address(request: Option<&str>) -> String {
    step_of("/login/code", request)
}

/// `GET /login/code`
pub async fn show(
    env: web::Data<Environment>,
    query: web::Query<StepQuery>,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    page(&env, (&browser, &query), (StatusCode::OK, None)).await
}

/// `POST /login/code`
pub async fn submit(
    env: web::Data<Environment>,
    request: HttpRequest,
    browser: Browser,
    Form(form): Form<CodeForm>,
) -> Result<HttpResponse, WebError> {
    browser.check_form(&env, &request, &form.csrf_token)?;
    let query: StepQuery = query_of(&request);
    let Some(half) = browser.half.clone() else {
        return Ok(gone(query.request()));
    };
    let client = browser.client();
    let finish = move |env: &Environment| {
        let remember = form.remember.is_some();
        let factor = match (&form.ceremony, &form.credential) {
            (Some(ceremony), Some(credential)) if !credential.is_empty() => {
                Factor::Passkey(PasskeyAnswer {
                    ceremony,
                    credential,
                    browser: client.pre_session.as_deref().unwrap_or_default(),
                })
            }
            _ => Factor::Code(&form.code),
        };
        second_step::finish(env, &client, (&half, factor, remember))
    };
    match blocking(&env, finish).await? {
        StepOutcome::SignedIn { token, who, device } => {
            let mut answer = lead_in(&browser, query.request(), (&token, &who))?;
            answer.add_cookie(&browser.jar.clear(CookieKind::Half))?;
            if let Some(device) = device {
                answer.add_cookie(&browser.jar.set(CookieKind::Device, &device))?;
            }
            Ok(answer)
        }
        StepOutcome::Wrong => {
            let text = if query.recovery.is_some() {
                WRONG_RECOVERY
            } else {
                WRONG
            };
            let notice = Notice { tone: "bad", text };
            let shown = (StatusCode::UNAUTHORIZED, Some(notice));
            page(&env, (&browser, &query), shown).await
        }
        StepOutcome::Braked { retry_after } => {
            let text = wait_text(browser.language, retry_after);
            let notice = Notice {
                tone: "warn",
                text: &text,
            };
            let shown = (StatusCode::TOO_MANY_REQUESTS, Some(notice));
            let answer = page(&env, (&browser, &query), shown).await?;
            Ok(with_wait(answer, retry_after))
        }
        StepOutcome::Gone => Ok(gone(query.request())),
    }
}

/// Back to the first step.
fn gone(request: Option<&str>) -> HttpResponse {
    see_other(&step_of("/login", request))
}

async fn page(
    env: &web::Data<Environment>,
    (browser, query): (&Browser, &StepQuery),
    (status, notice): (StatusCode, Option<Notice<'_>>),
) -> Result<HttpResponse, WebError> {
    let Some(half) = browser.half.clone() else {
        return Ok(gone(query.request()));
    };
    let client = browser.client();
    let show = move |env: &Environment| -> Result<_, ServiceError> {
        let organisation = organisation::find(env)?;
        Ok(second_step::show(env, &client, &half)?.map(|view| (view, organisation)))
    };
    let Some((view, organisation)) = blocking(env, show).await? else {
        return Ok(gone(query.request()));
    };
    let StepView {
        username,
        has_totp,
        has_passkeys,
        recovery_codes,
        enrolment,
    } = view;
    let qr = enrolment.as_ref().and_then(|one| QrImage::of(&one.address));
    let visit = Visit::of(browser)?;
    let (plain, recovery) = addresses(query.request());
    let by_recovery_code = query.recovery.is_some() && enrolment.is_none();
    let (action, other_way) = if by_recovery_code {
        (&recovery, &plain)
    } else {
        (&plain, &recovery)
    };
    let step = SecondStepPage {
        brand: &Brand::from(organisation),
        action,
        other_way,
        csrf_token: &visit.csrf_token,
        username: &username,
        by_recovery_code,
        has_totp,
        has_passkeys,
        has_recovery_codes: recovery_codes > 0,
        enrolment: enrolment.as_ref().map(|one| EnrolmentView {
            secret: &one.secret,
            qr: qr.as_ref(),
        }),
        notice,
    };
    visit.answer(status, &step)
}

/// The page for the code of an app, and the one for a recovery code.
fn addresses(request: Option<&str>) -> (String, String) {
    let plain = address(request);
    let joint = if request.is_some() { '&' } else { '?' };
    let recovery = format!("{plain}{joint}recovery=1");
    (plain, recovery)
}
