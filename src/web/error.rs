//! The one place where a failure becomes an HTTP status and the words of a page. Hostile input gets
//! a 4xx (QUIET-4XX); what went wrong inside is logged under the incident number and never shown.

use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::error::HttpError;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue, LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};

use crate::service::demo_sp::DemoError;
use crate::service::error::ServiceError;
use crate::service::logout::LogoutError;
use crate::service::secrets::SecretsError;
use crate::service::sign_on::SignOnError;
use crate::web::body::BodyFault;

/// Seconds after which a client may try again when the store was not there.
pub const RETRY_SECONDS: u16 = 2;

/// Why a page could not be answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    SignOn(#[from] SignOnError),
    #[error(transparent)]
    Logout(#[from] LogoutError),
    /// The database or the keys are not there (`/readyz`).
    #[error("not ready")]
    NotReady(#[source] ServiceError),
    /// Of the demonstration service provider.
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error("a page could not be written")]
    Page(#[from] askama::Error),
    #[error("an answer could not be built")]
    Answer(#[from] HttpError),
    /// The composition forgot to hand the environment in.
    #[error("the server was put together without its environment")]
    NotSetUp,
    #[error("the work was cut short by a panic")]
    Panicked,
    #[error("no page at this address")]
    NoSuchPage,
    #[error("the one-time link is unknown, used or old")]
    UsedLink,
    #[error("the method is not allowed here, only {allow}")]
    Method {
        /// The methods that are, as in the header `Allow`.
        allow: String,
    },
    /// Nobody is signed in: not a failure for people, they are led to the sign-in page.
    #[error("nobody is signed in")]
    Stranger,
    /// The sign-in is too old for what was asked, or lacks the second factor: people are led to sign in
    /// again.
    #[error("a fresh sign-in is needed")]
    StepUp,
    /// The console opens by a passkey only: people are led to sign in with theirs, or to add one.
    #[error("a sign-in with a passkey is needed")]
    PasskeyNeeded { has_one: bool },
    /// A user asked for a page of the console, or an administrator for one of the portal.
    #[error("this page is for another kind of account")]
    OtherAccount,
    /// The console does not open from the network that somebody is in.
    #[error("the console does not open from this network")]
    ConsoleClosed {
        /// What is told instead of our own words; `""`: those.
        text: String,
        /// Where help is found; `""`: nowhere.
        help_url: String,
    },
    #[error("one source asks for too much")]
    TooMany {
        /// When there is room again.
        retry_after: Duration,
    },
    #[error("the form carries no token of this browser's session")]
    StaleForm,
    #[error("the form was posted from another origin")]
    ForeignOrigin,
    #[error("the form could not be read")]
    Form,
    #[error("the body is not a form")]
    MediaType,
    #[error(transparent)]
    Body(#[from] BodyFault),
}

/// What a page says about a failure: what happened, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub title: &'static str,
    pub text: String,
    pub next: &'static str,
    /// Where help is found; `""`: nowhere.
    pub help_url: String,
}

/// The status of a service failure, the same on pages and in the REST interface.
pub const fn service_status(error: &ServiceError) -> StatusCode {
    match error {
        ServiceError::NotFound { .. } => StatusCode::NOT_FOUND,
        ServiceError::Conflict(_) => StatusCode::CONFLICT,
        ServiceError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ServiceError::Stale => StatusCode::PRECONDITION_FAILED,
        ServiceError::Forbidden { .. } => StatusCode::FORBIDDEN,
        ServiceError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        ServiceError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Service(error)
            | Self::SignOn(SignOnError::Service(error))
            | Self::Logout(LogoutError::Service(error))
            | Self::Demo(DemoError::Service(error)) => service_status(error),
            Self::Demo(DemoError::Protocol(_) | DemoError::Metadata(_)) => StatusCode::BAD_GATEWAY,
            Self::SignOn(SignOnError::Request(_)) | Self::Logout(LogoutError::Message(_)) => {
                StatusCode::BAD_REQUEST
            }
            Self::SignOn(SignOnError::TooLarge) | Self::Logout(LogoutError::TooLarge) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::NotReady(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Secrets(_)
            | Self::Page(_)
            | Self::Answer(_)
            | Self::NotSetUp
            | Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NoSuchPage
            | Self::UsedLink
            | Self::SignOn(SignOnError::NotFound)
            | Self::Logout(LogoutError::NotFound) => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Stranger | Self::StepUp | Self::PasskeyNeeded { .. } => StatusCode::SEE_OTHER,
            Self::OtherAccount
            | Self::ConsoleClosed { .. }
            | Self::StaleForm
            | Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Form | Self::Body(BodyFault::Broken(_)) => StatusCode::BAD_REQUEST,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Body(BodyFault::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyFault::Slow) => StatusCode::REQUEST_TIMEOUT,
            Self::Body(BodyFault::Busy | BodyFault::Disk(_)) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The status and its headers; `envelope` writes the page, since it knows the incident number.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        if let Self::Method { allow } = self {
            response.insert_header((ALLOW, allow.as_str()));
        }
        let location = match self {
            Self::Stranger => Some("/login"),
            Self::StepUp => Some("/login?again=1"),
            Self::PasskeyNeeded { has_one: true } => Some("/login?again=passkey"),
            Self::PasskeyNeeded { has_one: false } => Some("/account/passkeys"),
            _ => None,
        };
        if let Some(location) = location {
            response.insert_header((LOCATION, location));
        }
        if let Self::TooMany { retry_after } = self {
            response.insert_header((RETRY_AFTER, HeaderValue::from(whole_seconds(*retry_after))));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((RETRY_AFTER, HeaderValue::from(RETRY_SECONDS)));
        }
        response.finish()
    }
}

/// Seconds for `Retry-After`, rounded up: a client that heeds them is not refused again.
pub fn whole_seconds(wait: Duration) -> u64 {
    let seconds = wait.as_millis().div_ceil(1_000).max(1);
    seconds.try_into().unwrap_or(u64::MAX)
}

/// The words for a failure. Failures that are not ours (a path that does not parse, a method that
/// is not served) come as their status alone.
pub fn explain(error: Option<&WebError>, status: StatusCode) -> Explanation {
    match error {
        Some(WebError::StaleForm) => said(
            "This form is no longer valid",
            "The page was open for a long time, or your browser did not send its cookie along.",
            "Go back, reload the page, and send the form again. Cookies have to be allowed for this site.",
        ),
        Some(WebError::ForeignOrigin) => said(
            "This form came from another site",
            "For your safety, forms are accepted only from pages of this identity provider.",
            "Open the page here and send its own form.",
        ),
        Some(WebError::OtherAccount) => said(
            "Your account cannot open this page",
            "Administrators work in the console, users in the portal; the two are accounts of their own.",
            "Go to your start page, or sign in with the other account.",
        ),
        Some(WebError::ConsoleClosed { text, help_url }) => Explanation {
            text: if text.is_empty() {
                "Administrators can open it only from networks that the operator of this service has named.".to_owned()
            } else {
                text.clone()
            },
            help_url: help_url.clone(),
            ..said(
                "The console does not open from your network",
                "",
                "Open it from another network.",
            )
        },
        Some(WebError::UsedLink) => said(
            "This link does not work any more",
            "It works once and for a limited time; it has been used, has run out, or is not complete.",
            "Ask for a new one by \"Forgot your password?\" on the sign-in page, or ask an administrator.",
        ),
        Some(WebError::SignOn(SignOnError::Request(fault))) => said(
            "This sign-on request cannot be answered",
            &sentence(&fault.to_string()),
            "Start again at the application. If it stays like this, give its administrator this text and the incident number.",
        ),
        Some(WebError::SignOn(SignOnError::NotFound)) => said(
            "This sign-on cannot go on",
            "It began more than 15 minutes ago, in another browser, or for an application that is not here.",
            "Start again at the application, or open it from your start page.",
        ),
        Some(WebError::Logout(LogoutError::Message(fault))) => said(
            "This sign-out message cannot be taken",
            &sentence(&fault.to_string()),
            "Sign out here and at the application. If it stays like this, give its administrator this text and the incident number.",
        ),
        Some(WebError::Logout(LogoutError::NotFound)) => said(
            "This sign-out is over",
            "It began more than 15 minutes ago, or in another browser.",
            "Open your start page: if you are asked to sign in, you are signed out.",
        ),
        Some(WebError::Service(ServiceError::Forbidden { detail })) => said(
            "Your role does not permit this",
            &sentence(detail),
            "Ask an administrator whose role reaches that far.",
        ),
        Some(WebError::Service(ServiceError::Conflict(violation))) => said(
            "This contradicts what is stored",
            &sentence(&violation.detail),
            "Go back, change the value and send the form again.",
        ),
        Some(WebError::Service(ServiceError::Invalid(violations))) => said(
            "Some values cannot be taken",
            &violations
                .first()
                .map(|first| sentence(&first.detail))
                .unwrap_or_default(),
            "Go back, correct the value and send the form again.",
        ),
        _ => explain_status(status),
    }
}

fn explain_status(status: StatusCode) -> Explanation {
    match status {
        StatusCode::NOT_FOUND => said(
            "There is nothing at this address",
            "The address may be misspelled, or what it named is gone.",
            "Check the address, or begin at the start page.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => said(
            "This address does not do that",
            "It exists, but not for the kind of request that was sent.",
            "Begin at the start page and use its links and buttons.",
        ),
        StatusCode::PRECONDITION_FAILED => said(
            "Somebody else changed it",
            "It has been changed since you opened the page.",
            "Open it again, look at the change, and repeat yours.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => said(
            "That is too large",
            "What was sent is larger than this address accepts.",
            "Send less. If an application sent you here, tell its administrator that its request is too large.",
        ),
        StatusCode::REQUEST_TIMEOUT => said(
            "That took too long",
            "The request did not arrive completely in time.",
            "Check your connection and try again.",
        ),
        StatusCode::TOO_MANY_REQUESTS => said(
            "Too many requests",
            "More came from your network in the last minute than this address accepts.",
            "Wait a minute and try again. If it stays like this, tell your administrator.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => said(
            "Not available for a moment",
            "The service cannot reach its database or its signing keys, or is very busy.",
            "Wait a few seconds and reload the page. If it stays like this, give your administrator the incident number.",
        ),
        status if status.is_server_error() => said(
            "Something went wrong here",
            "It is not your fault, and it has been written to the log.",
            "Try again. If it happens again, give your administrator the incident number.",
        ),
        _ => said(
            "This request could not be understood",
            "Something in it is missing, repeated or misspelled.",
            "Go back and try again. If an application sent you here, tell its administrator.",
        ),
    }
}

fn said(title: &'static str, text: &str, next: &'static str) -> Explanation {
    Explanation {
        title,
        text: text.to_owned(),
        next,
        help_url: String::new(),
    }
}

/// Details are written without capital and full stop; on a page they are sentences.
pub fn sentence(detail: &str) -> String {
    let mut characters = detail.chars();
    let first = characters.next().map(char::to_uppercase);
    let mut text: String = first.into_iter().flatten().chain(characters).collect();
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests;
