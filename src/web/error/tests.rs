//! Statuses and words of failures.

use actix_web::ResponseError;
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};

use crate::domain::violation::Violation;
use crate::service::error::ServiceError;
use crate::service::logout::{LogoutError, LogoutFault};
use crate::service::sign_on::{RequestFault, SignOnError};
use crate::web::body::BodyFault;
use crate::web::error::{WebError, explain};

#[test]
fn every_failure_has_the_status_that_the_contract_names() {
    let violation = || Violation::new("/name", "this name is taken");
    for (error, expected) in [
        (
            ServiceError::NotFound { what: "user" }.into(),
            StatusCode::NOT_FOUND,
        ),
        (
            ServiceError::Conflict(violation()).into(),
            StatusCode::CONFLICT,
        ),
        (
            ServiceError::Invalid(vec![violation()]).into(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (ServiceError::Stale.into(), StatusCode::PRECONDITION_FAILED),
        (
            ServiceError::Forbidden {
                detail: "no".to_owned(),
            }
            .into(),
            StatusCode::FORBIDDEN,
        ),
        (WebError::Panicked, StatusCode::INTERNAL_SERVER_ERROR),
        (WebError::NoSuchPage, StatusCode::NOT_FOUND),
        (WebError::UsedLink, StatusCode::NOT_FOUND),
        (SignOnError::NotFound.into(), StatusCode::NOT_FOUND),
        (SignOnError::TooLarge.into(), StatusCode::PAYLOAD_TOO_LARGE),
        (
            SignOnError::Request(RequestFault::RelayStateTooLong).into(),
            StatusCode::BAD_REQUEST,
        ),
        (LogoutError::NotFound.into(), StatusCode::NOT_FOUND),
        (LogoutError::TooLarge.into(), StatusCode::PAYLOAD_TOO_LARGE),
        (
            LogoutError::Message(LogoutFault::UsedBefore).into(),
            StatusCode::BAD_REQUEST,
        ),
        (
            LogoutError::Service(ServiceError::Stale).into(),
            StatusCode::PRECONDITION_FAILED,
        ),
        (
            WebError::NotReady(ServiceError::Stale),
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        (
            WebError::Method {
                allow: "GET".to_owned(),
            },
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (WebError::StaleForm, StatusCode::FORBIDDEN),
        (WebError::ForeignOrigin, StatusCode::FORBIDDEN),
        (WebError::Form, StatusCode::BAD_REQUEST),
        (WebError::MediaType, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            BodyFault::TooLarge { cap: 1 }.into(),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (BodyFault::Slow.into(), StatusCode::REQUEST_TIMEOUT),
    ] {
        assert_eq!(error.status_code(), expected, "{error}");
        assert_eq!(error.error_response().status(), expected, "{error}");
        let words = explain(Some(&error), expected);
        for text in [words.title, words.text.as_str(), words.next] {
            assert!(!text.is_empty(), "{error}");
        }
        assert!(
            words.text.ends_with('.') && words.next.ends_with('.'),
            "{words:?}"
        );
    }
}

#[test]
fn a_stranger_is_led_to_the_sign_in_page() {
    let answer = WebError::Stranger.error_response();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers().get(LOCATION).unwrap(), "/login");
    assert!(!answer.headers().contains_key(RETRY_AFTER));
}
