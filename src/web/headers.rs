//! Headers that stand on every answer, error pages too (ESCAPE-EVERYWHERE). A handler may set its
//! own value of one of them; nothing here looks at bodies.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

use crate::web::content_policy::{Extras, policy};

/// One year.
const HSTS: &str = "max-age=31536000";

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Path of the request.
    pub path: &'a str,
    /// The base URL is https.
    pub is_https: bool,
}

/// Adds what is missing of the headers that every answer carries.
pub fn harden(headers: &mut HeaderMap, place: Place<'_>) {
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        let usual = policy(&Extras {
            is_framed_by_us: is_a_frame_of_ours(place.path),
            ..Extras::default()
        });
        headers.insert(CONTENT_SECURITY_POLICY, usual);
    }
    let mut add = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    add(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not `no-referrer`: under that browsers send `Origin: null` with our own forms.
    add(REFERRER_POLICY, "same-origin");
    add(CACHE_CONTROL, "no-store");
    add(RESOURCE_POLICY, "same-origin");
    // A service provider may run its sign-on in a window that it opened and wants back; the pages
    // on that way must not cut the tie.
    if !is_on_the_sign_on_way(place.path) {
        add(OPENER_POLICY, "same-origin");
    }
    if place.is_https {
        add(STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

fn is_on_the_sign_on_way(path: &str) -> bool {
    path == "/login"
        || path == "/login/code"
        || path.starts_with("/saml/")
        || path.starts_with("/logout/")
}

/// The frames of the page of a logout: what they carry away, and what comes back to `/saml/slo`.
fn is_a_frame_of_ours(path: &str) -> bool {
    path == "/saml/slo" || (path.starts_with("/logout/") && path.contains("/tell/"))
}

#[cfg(test)]
mod tests;
