//! Headers that stand on every answer, error pages too (ESCAPE-EVERYWHERE). A handler may set its
//! own value of one of them; nothing here looks at bodies.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

/// No inline script or style, nothing from another host, no frames, no text that becomes markup
/// except through the one policy of `swap.js`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'; require-trusted-types-for 'script'; trusted-types vestibule";
/// The policy of a page whose one form carries a SAML message to another site. It names no form
/// targets: browsers hold them against every redirect that follows the POST too, and a service
/// provider may go on to any host of its own. The form's action is a registered URL.
pub const POLICY_FOR_POSTING_ELSEWHERE: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; \
    base-uri 'none'; require-trusted-types-for 'script'; trusted-types vestibule";
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
    let mut add = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    add(CONTENT_SECURITY_POLICY, POLICY);
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
    path == "/login" || path.starts_with("/saml/")
}

#[cfg(test)]
mod tests;
