//! What every answer carries, and the one page whose form may leave the house.

use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderValue};

use crate::web::headers::{Place, harden, policy_for_posting_to};

fn hardened(path: &str, is_https: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    harden(&mut headers, Place { path, is_https });
    headers
}

#[test]
fn every_answer_is_locked_down() {
    let headers = hardened("/", true);
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(headers.get(name).unwrap(), value, "{name}");
    }
}

#[test]
fn transport_security_is_promised_on_https_only() {
    assert!(!hardened("/", false).contains_key("strict-transport-security"));
}

#[test]
fn windows_that_a_service_provider_opened_stay_tied_to_it() {
    for (path, expected) in [
        ("/login", false),
        ("/saml/sso", false),
        ("/saml/continue/x", false),
        ("/login/x", true),
        ("/admin", true),
    ] {
        let headers = hardened(path, true);
        assert_eq!(headers.contains_key("cross-origin-opener-policy"), expected, "{path}");
    }
}

#[test]
fn a_handler_keeps_its_own_value() {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    harden(&mut headers, Place { path: "/assets/x", is_https: true });
    assert_eq!(headers.get_all(CACHE_CONTROL).collect::<Vec<_>>(), ["no-cache"]);
}

#[test]
fn only_the_acs_origin_is_added_to_the_form_targets() {
    for (acs_url, expected) in [
        ("https://sp.example.com/acs?x='y", "form-action 'self' https://sp.example.com;"),
        ("https://sp.example.com:8443/acs", "form-action 'self' https://sp.example.com:8443;"),
        ("http://127.0.0.1:8081/acs", "form-action 'self' http://127.0.0.1:8081;"),
        ("https://b\u{fc}cher.example/", "form-action 'self' https://xn--bcher-kva.example;"),
        ("data:text/html,x", "form-action 'self';"),
        ("nonsense", "form-action 'self';"),
    ] {
        let policy = policy_for_posting_to(acs_url);
        assert!(policy.contains(expected), "{acs_url}: {policy}");
        assert!(policy.starts_with("default-src 'none'; "));
    }
}
