//! Tokens fit one secret only; origins are compared whole.

use actix_web::http::header::ORIGIN;
use actix_web::test::TestRequest;

use crate::web::csrf::{check_form, check_origin, form_token};

#[test]
fn a_token_fits_the_secret_it_was_made_from_and_no_other() {
    let token = form_token("secret").unwrap();
    assert!(check_form(Some("secret"), &token).is_ok());
    assert!(check_form(Some("another"), &token).is_err());
    assert!(check_form(Some("secret"), "").is_err());
    assert!(check_form(Some("secret"), &token.to_lowercase()).is_err());
    assert!(check_form(None, &token).is_err());
    // The token must not give the secret away: it is on the page, the cookie is not.
    assert_ne!(token, "secret");
}

#[test]
fn a_missing_origin_is_no_fault_and_a_foreign_one_is() {
    let check = |base_url: &str, origin: Option<&'static str>| {
        let request = TestRequest::default();
        let request = match origin {
            Some(origin) => request.insert_header((ORIGIN, origin)),
            None => request,
        };
        check_origin(&request.to_http_request(), base_url).is_ok()
    };
    let cases = [
        ("https://id.example.com", None, true),
        (
            "https://id.example.com",
            Some("https://id.example.com"),
            true,
        ),
        (
            "https://id.example.com:443",
            Some("https://id.example.com"),
            true,
        ),
        ("http://localhost:8080", Some("http://localhost:8080"), true),
        (
            "http://localhost:8080",
            Some("http://localhost:8081"),
            false,
        ),
        (
            "http://localhost:8080",
            Some("http://127.0.0.1:8080"),
            false,
        ),
        (
            "https://id.example.com",
            Some("http://id.example.com"),
            false,
        ),
        (
            "https://id.example.com",
            Some("https://id.example.com.evil.example"),
            false,
        ),
        ("https://id.example.com", Some("null"), false),
        ("https://id.example.com", Some(""), false),
    ];
    for (base_url, origin, expected) in cases {
        assert_eq!(check(base_url, origin), expected, "{base_url} {origin:?}");
    }
}
