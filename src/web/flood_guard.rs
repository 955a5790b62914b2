//! The brake on floods before the routes: a source that asks for too much is answered 429 with Retry-After before
//! anything is read or looked up. How much is too much is the service's to say.

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
        Some(Flood::WrongLink) => env.floods.ask(Flood::WrongLink, client, env.now()),
        Some(flood) => env.floods.take(flood, client, env.now()),
    };
    match verdict {
        Verdict::Go => Ok(()),
        Verdict::Wait(retry_after) => Err(WebError::TooMany { retry_after }),
    }
}

/// Counts a failure, once it is known to be one.
pub fn note(request: &HttpRequest, client: Option<IpAddr>, failure: Option<&WebError>) {
    let Some(WebError::UsedLink) = failure else {
        return;
    };
    if let (Some(env), Some(client)) = (request.app_data::<Data<Environment>>(), client) {
        // Whether there is room for the next is asked when it comes.
        let _counted = env.floods.take(Flood::WrongLink, client, env.now());
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
        _ if path.starts_with("/setup/") || path.starts_with("/first-run/") => {
            Some(Flood::WrongLink)
        }
        _ => None,
    }
}
