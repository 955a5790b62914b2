//! Step-up: what is dangerous in other hands asks for a sign-in that is fresh, and that proved the second
//! factor where the account has one. Who comes with an older one is led to the sign-in page and back to
//! the page where it was asked, never through the form again: nothing is done that was not sent after the
//! fresh sign-in.

use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::REFERER;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest, Route};

use crate::domain::second_factor::AdminMfa;
use crate::service::authentication::SignedIn;
use crate::service::environment::Environment;
use crate::service::own_factors::{self, MayChange};
use crate::web::cookies::{CookieJar, CookieKind};
use crate::web::error::WebError;
use crate::web::guards::SignedInAccount;
use crate::web::responses::blocking;

/// Puts the guard of `Need::FreshSession` before the handler of a route.
pub fn guard(route: Route) -> Route {
    route.wrap(from_fn(check))
}

/// Whether somebody's sign-in is fresh enough.
pub fn is_fresh(env: &Environment, who: &SignedIn) -> bool {
    who.session.is_fresh_at(env.now())
}

async fn check(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(request.request()).await {
        Ok(()) => next.call(request).await,
        Err(error) => refused(request, error),
    }
}

/// What a guard of pages answers whom it does not let in; where a sign-in would help, with the way back.
/// Answered here, so that what stands around the routes sees an answer and no error.
pub fn refused(
    request: ServiceRequest,
    error: WebError,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let wanted = wanted(&error, request.request());
    let mut answer = request.error_response(error);
    if let Some(cookie) = wanted {
        answer
            .response_mut()
            .add_cookie(&cookie)
            .map_err(WebError::Answer)?;
    }
    Ok(answer)
}

async fn admit(request: &HttpRequest) -> Result<(), WebError> {
    let account = SignedInAccount::from_request(request, &mut Payload::None).await?;
    let env = request.app_data::<Data<Environment>>();
    let env = env.ok_or(WebError::NotSetUp)?;
    let who = account.who;
    if !is_fresh(env, &who) {
        return Err(WebError::StepUp);
    }
    refusal(blocking(env, move |env| own_factors::may_change(env, &who)).await?)
}

/// What is answered to a session that may not change its factors.
pub fn refusal(may: MayChange) -> Result<(), WebError> {
    match may {
        MayChange::Yes => Ok(()),
        MayChange::AfterSignIn => Err(WebError::StepUp),
        MayChange::AfterPasskey => Err(WebError::PasskeyNeeded { has_one: true }),
    }
}

/// Remembers where somebody is to be led back to after the sign-in: the page that was asked for, or
/// for a form the page that it stood on.
fn wanted(error: &WebError, request: &HttpRequest) -> Option<Cookie<'static>> {
    let env = request.app_data::<Data<Environment>>()?;
    let path = match (error, request.method()) {
        (WebError::Stranger | WebError::StepUp | WebError::PasskeyNeeded { .. }, &Method::GET) => {
            Some(request.path().to_owned())
        }
        (WebError::StepUp | WebError::PasskeyNeeded { .. }, _) => {
            page_of_form(request, &env.settings.base_url)
        }
        _ => None,
    };
    let jar = CookieJar::new(env.settings.is_plain_loopback);
    let path = path.filter(|path| leads_back(path))?;
    if path == "/account/passkeys" && env.admin_mfa == AdminMfa::Passkey {
        // Whom the console sent there goes back to the console, which knows what is lacking still.
        let before = jar.read(request, CookieKind::Wanted);
        if before.is_some_and(|before| before.starts_with("/admin")) {
            return None;
        }
    }
    Some(jar.set(CookieKind::Wanted, &path))
}

fn page_of_form(request: &HttpRequest, base_url: &str) -> Option<String> {
    let referer = request.headers().get(REFERER)?.to_str().ok()?;
    let rest = referer.strip_prefix(base_url)?;
    let path = rest.split(['?', '#']).next()?;
    path.starts_with('/').then(|| path.to_owned())
}

/// Only an address of the console or of the own account is followed, and none that a browser could
/// read as another host's.
pub fn leads_back(path: &str) -> bool {
    let starts = ["/admin/", "/account/"];
    let is_ours = path == "/account" || starts.iter().any(|start| path.starts_with(start));
    is_ours
        && path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte))
}

#[cfg(test)]
mod tests;
