//! The attributes of both cookies under both kinds of base URL.

use actix_web::cookie::Cookie;
use actix_web::test::TestRequest;

use crate::web::cookies::{CookieJar, CookieKind};

fn check(cookie: &Cookie<'_>, expected: &str) {
    assert_eq!(cookie.to_string(), expected);
}

#[test]
fn cookies_are_lax_http_only_and_host_bound_on_https() {
    let jar = CookieJar::new(false);
    check(
        &jar.set(CookieKind::Session, "abc"),
        "__Host-vestibule-session=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=2592000",
    );
    check(
        &jar.set(CookieKind::PreSession, "abc"),
        "__Host-vestibule-visit=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=900",
    );
}

#[test]
fn plain_loopback_cookies_have_neither_secure_nor_the_prefix() {
    let jar = CookieJar::new(true);
    check(
        &jar.set(CookieKind::Session, "abc"),
        "vestibule-session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000",
    );
    check(
        &jar.clear(CookieKind::PreSession),
        "vestibule-visit=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0",
    );
}

#[test]
fn only_texts_that_can_be_tokens_are_read() {
    let jar = CookieJar::new(true);
    let read = |value: &str| {
        let cookie = Cookie::new("vestibule-session", value.to_owned());
        let request = TestRequest::default().cookie(cookie).to_http_request();
        jar.read(&request, CookieKind::Session)
    };
    assert_eq!(read("abc"), Some("abc".to_owned()));
    assert_eq!(read(""), None);
    assert_eq!(read(&"a".repeat(129)), None);
    // The name of the other scheme is no cookie of this one.
    let other = Cookie::new("__Host-vestibule-session", "abc");
    let request = TestRequest::default().cookie(other).to_http_request();
    assert_eq!(jar.read(&request, CookieKind::Session), None);
}
