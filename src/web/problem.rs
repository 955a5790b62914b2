//! Failures of the REST door as `application/problem+json` (RFC 9457) with `errors`, each a JSON
//! pointer and a sentence. Every 4xx and 5xx below `/api` is made here. Never tells a stack, a path
//! of the server or the name of a library (QUIET-4XX).

use std::error::Error;
use std::fmt;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::domain::violation::Violation;
use crate::service::error::ServiceError;
use crate::web::error::{RETRY_SECONDS, WebError, explain, service_status, whole_seconds};

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A header that tells a client how to do better.
#[derive(Debug, Clone)]
enum Hint {
    Allow(String),
    RetryAfter(u64),
    Authenticate(&'static str),
}

impl Hint {
    fn header(&self) -> (HeaderName, String) {
        match self {
            Self::Allow(methods) => (ALLOW, methods.clone()),
            Self::RetryAfter(seconds) => (RETRY_AFTER, seconds.to_string()),
            Self::Authenticate(challenge) => (WWW_AUTHENTICATE, (*challenge).to_owned()),
        }
    }
}

/// One failure, ready to be answered.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    errors: Vec<Violation>,
    hint: Option<Hint>,
    /// For the log only.
    cause: Option<Box<dyn Error>>,
}

impl Problem {
    /// A problem with a sentence for people.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            errors: Vec::new(),
            hint: None,
            cause: None,
        }
    }

    /// 422 with its violations; a single one lends its sentence to `detail`.
    pub fn invalid(errors: Vec<Violation>) -> Self {
        Self::with_errors(StatusCode::UNPROCESSABLE_ENTITY, errors)
    }

    /// 404 for a resource that does not exist.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("There is no {what} with this id."),
        )
    }

    /// 404 for an address that the API does not have.
    pub fn no_such_resource() -> Self {
        let detail = "The API has no such resource. See /api/docs for those it has.";
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 401 for a request without a token.
    pub fn no_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Send an API token as `Authorization: Bearer TOKEN`.",
        )
        .with_hint(Hint::Authenticate("Bearer"))
    }

    /// 401 for a token that speaks for nobody (RFC 6750 section 3.1).
    pub fn unknown_token() -> Self {
        let challenge = Hint::Authenticate("Bearer error=\"invalid_token\"");
        let detail = "This API token is not known. It may have been deleted.";
        Self::new(StatusCode::UNAUTHORIZED, detail).with_hint(challenge)
    }

    /// 429: one source sent too many tokens that are not known.
    pub fn too_many(retry_after: Duration) -> Self {
        let seconds = whole_seconds(retry_after);
        let detail =
            format!("Too many requests with a wrong API token. Try again in {seconds} seconds.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, detail).with_hint(Hint::RetryAfter(seconds))
    }

    /// 405 with the methods that would do.
    pub fn method_not_allowed(allow: &str) -> Self {
        let detail = format!("This resource answers {allow} only.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, detail).with_hint(Hint::Allow(allow.to_owned()))
    }

    /// 500 without a cause to log: something that is always there was not.
    pub fn internal() -> Self {
        let detail = "Something went wrong on the server. Its log says what.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    fn with_errors(status: StatusCode, errors: Vec<Violation>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.detail.clone(),
            several => format!(
                "{} values break a rule; `errors` names each.",
                several.len()
            ),
        };
        Self {
            errors,
            ..Self::new(status, detail)
        }
    }

    fn because_of(mut self, cause: impl Error + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }

    fn with_hint(mut self, hint: Hint) -> Self {
        self.hint = Some(hint);
        self
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let status = service_status(&error);
        match error {
            ServiceError::NotFound { what } => Self::not_found(what),
            ServiceError::Conflict(violation) => Self::with_errors(status, vec![violation]),
            ServiceError::Invalid(violations) => Self::with_errors(status, violations),
            ServiceError::Stale => Self::new(
                status,
                "Somebody else changed it since you read it. Read it again and repeat the change.",
            ),
            ServiceError::Forbidden { detail } => Self::new(status, detail),
            ServiceError::Unavailable(_) => {
                let detail = "The database does not answer at the moment. Try again shortly.";
                Self::new(status, detail)
                    .with_hint(Hint::RetryAfter(RETRY_SECONDS.into()))
                    .because_of(error)
            }
            ServiceError::Internal(_) => Self::internal().because_of(error),
        }
    }
}

impl From<WebError> for Problem {
    fn from(error: WebError) -> Self {
        match error {
            WebError::Service(error) => error.into(),
            WebError::TooMany { retry_after } => Self::too_many(retry_after),
            other => {
                let status = other.status_code();
                Self::new(status, explain(Some(&other), status).text).because_of(other)
            }
        }
    }
}

/// The wire form.
#[derive(Serialize)]
struct ProblemJson<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    errors: Vec<ErrorJson<'a>>,
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    pointer: &'a str,
    detail: &'a str,
}

/// For the log: the places and the cause, never the sentences, which may repeat what was sent.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())?;
        for error in &self.errors {
            write!(f, " {:?}", error.pointer)?;
        }
        let mut cause: Option<&dyn Error> = self.cause.as_deref();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let json = ProblemJson {
            // RFC 9457 4.2.1: `about:blank` says that the title is the phrase of the status.
            r#type: "about:blank",
            title: self.title(),
            status: self.status.as_u16(),
            detail: &self.detail,
            errors: self
                .errors
                .iter()
                .map(|error| ErrorJson {
                    pointer: &error.pointer,
                    detail: &error.detail,
                })
                .collect(),
        };
        let mut response = HttpResponse::build(self.status);
        if let Some(hint) = &self.hint {
            response.insert_header(hint.header());
        }
        // Strings and numbers always serialise; an empty body would still carry the status.
        let body = serde_json::to_vec(&json).unwrap_or_default();
        response
            .insert_header((CONTENT_TYPE, PROBLEM_JSON))
            .body(body)
    }
}

#[cfg(test)]
mod tests;
