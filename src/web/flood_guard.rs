//! The brake on floods around the routes: a source that asks for too much is answered 429 with Retry-After before
//! anything is read or looked up. Of one-time links only wrong ones count, and a right one passes whatever others
//! send from the same source. How much is too much is the service's to say.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::service::brake::Verdict;
use crate::service::environment::Environment;
use crate::service::flood::Flood;
use crate::web::error::WebError;

/// Lets a request pass, and counts it where requests are counted.
pub fn admit(request: &HttpRequest, client: Option<IpAddr>) -> Result<(), WebError> {
    let (Some(env), Some(client)) = (request.app_data::<Data<Environment>>(), client) else {
        return Ok(());
    };
    let verdict = match guard_of(request.match_info().as_str()) {
        None => Verdict::Go,
        Some(flood) => env.floods.take(flood, client, env.now()),
    };
    match verdict {
        Verdict::Go => Ok(()),
        Verdict::Wait(retry_after) => Err(WebError::TooMany { retry_after }),
    }
}

/// Counts a failure, once it is known to be one; gives what is answered instead when it is one too many.
pub fn judge(
    request: &HttpRequest,
    client: Option<IpAddr>,
    failure: Option<&WebError>,
) -> Option<WebError> {
    if !matches!(failure, Some(WebError::UsedLink)) {
        return None;
    }
    let env = request.app_data::<Data<Environment>>()?;
    match env.floods.take(Flood::WrongLink, client?, env.now()) {
        Verdict::Go => None,
        Verdict::Wait(retry_after) => Some(WebError::TooMany { retry_after }),
    }
}

/// By the path as the routes read it, percent-encoding undone.
fn guard_of(path: &str) -> Option<Flood> {
    match path {
        "/saml/sso" | "/saml/slo" => Some(Flood::SignOn),
        "/saml/artifact" => Some(Flood::Artifact),
        "/saml/ecp" => Some(Flood::EnhancedClient),
        "/login/passkey/question" => Some(Flood::PasskeyQuestion),
        _ if path.starts_with("/saml/start/") => Some(Flood::SignOn),
        _ => None,
    }
}
