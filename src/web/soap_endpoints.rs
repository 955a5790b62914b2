//! The endpoints that speak SOAP with programs: envelopes in, envelopes out. What a message means is
//! decided by the service floor; nothing here reads XML.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::service::artifact_resolution;
use crate::service::enhanced_client::{self, EcpAnswer};
use crate::service::environment::Environment;
use crate::service::sign_on::SignOnError;
use crate::service::soap_fault;
use crate::web::body;
use crate::web::delivery::soap;
use crate::web::error::{WebError, whole_seconds};
use crate::web::guards::Browser;
use crate::web::responses::{blocking, hashing, with_wait};
use crate::web::saml_endpoints::LIMIT;

/// `POST /saml/artifact`: a service provider fetches a response (SAML Profiles 5).
pub async fn artifact(
    env: web::Data<Environment>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, WebError> {
    let body = body::read(request.headers(), &mut payload.into_inner(), LIMIT).await?;
    let resolve = move |env: &Environment| artifact_resolution::resolve(env, &body);
    match blocking(&env, resolve).await {
        Ok(envelope) => Ok(soap(StatusCode::OK, envelope)),
        Err(error) => refuse(error),
    }
}

/// `POST /saml/ecp`: sign-on of a client that is no browser (SAML Profiles 4.2), by HTTP Basic.
pub async fn ecp(
    env: web::Data<Environment>,
    request: HttpRequest,
    payload: web::Payload,
    client: Browser,
) -> Result<HttpResponse, WebError> {
    // Nothing is read for somebody who brings no credentials.
    let Some((username, password)) = basic(&request) else {
        return challenge();
    };
    let body = body::read(request.headers(), &mut payload.into_inner(), LIMIT).await?;
    let mut attempt = client.attempt(username, password);
    attempt.client.previous_session = None;
    // There is no page for a second step, and no browser that could be remembered.
    attempt.client.pre_session = None;
    attempt.client.device = None;
    let sign_on = move |env: &Environment| enhanced_client::sign_on(env, &body, &attempt);
    match hashing(&env, sign_on).await {
        Ok(EcpAnswer::Envelope(envelope)) => Ok(soap(StatusCode::OK, envelope)),
        Ok(EcpAnswer::Unauthorized) => challenge(),
        Ok(EcpAnswer::Braked { retry_after }) => {
            let seconds = whole_seconds(retry_after);
            let text = format!("Too many wrong attempts: wait {seconds} seconds and try again");
            let answer = soap(StatusCode::TOO_MANY_REQUESTS, soap_fault::saying(&text)?);
            Ok(with_wait(answer, retry_after))
        }
        Err(error) => refuse(error),
    }
}

/// A request at fault is told in the caller's own language; a failure of ours is told as anywhere.
fn refuse(error: WebError) -> Result<HttpResponse, WebError> {
    match error {
        WebError::SignOn(SignOnError::Request(fault)) => {
            tracing::info!(reason = %fault, "a SOAP request was refused");
            Ok(soap(StatusCode::FORBIDDEN, soap_fault::of(&fault)?))
        }
        other => Err(other),
    }
}

fn challenge() -> Result<HttpResponse, WebError> {
    let text = "the username and the password of a user are needed, by HTTP Basic";
    let mut answer = soap(StatusCode::UNAUTHORIZED, soap_fault::saying(text)?);
    let basic = HeaderValue::from_static("Basic realm=\"Sign-on\", charset=\"UTF-8\"");
    answer.headers_mut().insert(WWW_AUTHENTICATE, basic);
    Ok(answer)
}

/// Name and password of exactly one `Authorization: Basic` header (RFC 7617).
fn basic(request: &HttpRequest) -> Option<(String, String)> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}
