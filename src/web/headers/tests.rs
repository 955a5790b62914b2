//! What every answer carries, and the one kind of page whose form may leave the house.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue};

use crate::web::content_policy::{Extras, policy};
use crate::web::headers::{Place, harden};

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
             connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
             require-trusted-types-for 'script'; trusted-types vestibule",
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
        ("/logout/x", false),
        ("/logout", true),
        ("/login/x", true),
        ("/admin", true),
    ] {
        let headers = hardened(path, true);
        assert_eq!(
            headers.contains_key("cross-origin-opener-policy"),
            expected,
            "{path}"
        );
    }
}

#[test]
fn a_handler_keeps_its_own_value() {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    harden(
        &mut headers,
        Place {
            path: "/assets/x",
            is_https: true,
        },
    );
    assert_eq!(
        headers.get_all(CACHE_CONTROL).collect::<Vec<_>>(),
        ["no-cache"]
    );
}

#[test]
fn a_form_that_carries_a_message_away_is_free_and_nothing_else_is() {
    let mut headers = HeaderMap::new();
    let policy = policy(&Extras {
        posts_elsewhere: true,
        ..Extras::default()
    });
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    harden(
        &mut headers,
        Place {
            path: "/saml/sso",
            is_https: true,
        },
    );
    let policy = headers
        .get(CONTENT_SECURITY_POLICY)
        .unwrap()
        .to_str()
        .unwrap();
    let strict = hardened("/", true);
    let strict = strict
        .get(CONTENT_SECURITY_POLICY)
        .unwrap()
        .to_str()
        .unwrap();
    assert_eq!(policy, strict.replace(" form-action 'self';", ""));
}

/// Interface: replies on `/saml/slo` say frame-ancestors 'self', and one page widens frame-src.
#[test]
fn only_the_frames_of_a_logout_may_stand_in_a_frame_and_only_of_ours() {
    for (path, expected) in [
        ("/saml/slo", "frame-ancestors 'self'"),
        ("/logout/x/tell/0", "frame-ancestors 'self'"),
        ("/logout/x", "frame-ancestors 'none'"),
        ("/saml/sso", "frame-ancestors 'none'"),
        ("/login", "frame-ancestors 'none'"),
    ] {
        let headers = hardened(path, true);
        let policy = headers.get(CONTENT_SECURITY_POLICY).unwrap();
        assert!(policy.to_str().unwrap().contains(expected), "{path}");
        assert!(!policy.to_str().unwrap().contains("frame-src"), "{path}");
    }
    let frames = [
        "https://sp.example".to_owned(),
        "http://127.0.0.1:9".to_owned(),
    ];
    let wide = policy(&Extras {
        frames: &frames,
        ..Extras::default()
    });
    let wide = wide.to_str().unwrap();
    let wanted = "frame-src 'self' https://sp.example http://127.0.0.1:9; frame-ancestors 'none';";
    assert!(wide.contains(wanted), "{wide}");
}
