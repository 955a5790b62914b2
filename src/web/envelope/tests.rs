//! Every failure ends as a page with an incident number, whatever it was.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service, read_body, try_call_service};
use actix_web::{App, HttpResponse, web};

use crate::web::envelope::{envelope, escaped};
use crate::web::error::WebError;

async fn panics() -> HttpResponse {
    panic!("secret detail")
}

async fn fails() -> Result<HttpResponse, WebError> {
    Err(WebError::ForeignOrigin)
}

async fn takes_a_number(number: web::Path<u8>) -> String {
    number.to_string()
}

/// Status, headers as text, and body of the answer to one request.
async fn answer(method: Method, uri: &str) -> (StatusCode, String, String) {
    let app = App::new()
        .wrap(from_fn(envelope))
        .route("/panics", web::get().to(panics))
        .route("/api/panics", web::get().to(panics))
        .route("/fails", web::get().to(fails))
        .route("/number/{number}", web::get().to(takes_a_number));
    let app = init_service(app).await;
    let request = TestRequest::default().method(method).uri(uri).to_request();
    let (status, headers, body) = match try_call_service(&app, request).await {
        Ok(response) => {
            let headers = response.headers().clone();
            (response.status(), headers, read_body(response).await)
        }
        Err(error) => {
            let response = error.error_response();
            let headers = response.headers().clone();
            let body = actix_web::body::to_bytes(response.into_body())
                .await
                .unwrap();
            (
                error.as_response_error().error_response().status(),
                headers,
                body,
            )
        }
    };
    let headers = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value:?}\n"))
        .collect();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn check(method: Method, uri: &str, status: StatusCode, words: &str) {
    let (answered, headers, body) = answer(method, uri).await;
    assert_eq!(answered, status, "{uri}");
    assert!(body.contains(words), "{uri}: {body}");
    assert!(!body.contains("secret detail"), "{uri}: {body}");
    let number = headers
        .split("x-request-id: \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(number.len(), 14, "{headers}");
    assert!(
        uri.starts_with("/api/") || body.contains(number),
        "{uri}: {body}"
    );
    assert!(headers.contains("content-security-policy"), "{headers}");
    assert!(headers.contains("no-store"), "{headers}");
}

#[actix_web::test]
async fn failures_are_pages_with_an_incident_number() {
    check(
        Method::GET,
        "/panics",
        StatusCode::INTERNAL_SERVER_ERROR,
        "went wrong here",
    )
    .await;
    check(Method::GET, "/fails", StatusCode::FORBIDDEN, "another site").await;
    check(
        Method::GET,
        "/number/300",
        StatusCode::NOT_FOUND,
        "nothing at this address",
    )
    .await;
    check(
        Method::GET,
        "/nowhere",
        StatusCode::NOT_FOUND,
        "nothing at this address",
    )
    .await;
    check(
        Method::TRACE,
        "/fails",
        StatusCode::METHOD_NOT_ALLOWED,
        "does not do that",
    )
    .await;
}

#[actix_web::test]
async fn failures_below_the_api_are_problems() {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    check(Method::GET, "/api/panics", status, "\"status\":500").await;
    let (_, headers, _) = answer(Method::GET, "/api/panics").await;
    assert!(
        headers.contains(&format!("{CONTENT_TYPE}: \"application/problem+json\"")),
        "{headers}"
    );
}

#[actix_web::test]
async fn what_succeeds_is_numbered_and_left_alone() {
    let (status, headers, body) = answer(Method::GET, "/number/7").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "7"));
    assert!(headers.contains("x-request-id"), "{headers}");
}

#[test]
fn causes_stay_on_one_line() {
    assert_eq!(
        escaped("a\r\nb\u{1b}[31m\u{2028}"),
        "a\\u{d}\\u{a}b\\u{1b}[31m\\u{2028}"
    );
    assert_eq!(escaped(&"x".repeat(5000)).len(), 1000);
}
