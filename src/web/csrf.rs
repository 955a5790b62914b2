//! Cross-site request forgery: every form of ours carries a token that only a page of ours, read by
//! the same browser, can hold; and a request that names a foreign origin is refused outright.

use actix_web::HttpRequest;
use actix_web::http::header::ORIGIN;

use crate::service::secrets::{keyed_hash, same_secret};
use crate::web::error::WebError;

/// Keeps a form token from being anything else that is derived from the same secret.
const PURPOSE: &str = "vestibule form token v1";

/// The value of the hidden field `csrf_token` under the session's or the pre-session's secret.
pub fn form_token(secret: &str) -> Result<String, WebError> {
    Ok(keyed_hash(secret, PURPOSE)?)
}

/// Lets a form pass that a page of ours sent to this browser: from here, and with the token of `secret`.
pub fn check(
    request: &HttpRequest,
    base_url: &str,
    (secret, submitted): (Option<&str>, &str),
) -> Result<(), WebError> {
    check_origin(request, base_url)?;
    check_form(secret, submitted)
}

/// Lets a form pass whose token belongs to `secret`; without a secret none does.
pub fn check_form(secret: Option<&str>, submitted: &str) -> Result<(), WebError> {
    let expected = form_token(secret.ok_or(WebError::StaleForm)?)?;
    if same_secret(&expected, submitted) {
        Ok(())
    } else {
        Err(WebError::StaleForm)
    }
}

/// Refuses a request that says it comes from elsewhere. Clients that send no `Origin` are judged
/// by their token alone.
pub fn check_origin(request: &HttpRequest, base_url: &str) -> Result<(), WebError> {
    let Some(origin) = request.headers().get(ORIGIN) else {
        return Ok(());
    };
    let own = url::Url::parse(base_url).map(|url| url.origin().ascii_serialization());
    match (origin.to_str(), own) {
        (Ok(origin), Ok(own)) if origin == own => Ok(()),
        _ => Err(WebError::ForeignOrigin),
    }
}

#[cfg(test)]
mod tests;
