//! Headers that stand on every answer, error pages too (ESCAPE-EVERYWHERE). A handler may set its
//! own value of one of them; nothing here looks at bodies.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use url::Url;

/// No inline script or style, nothing from another host, no frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
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

/// The policy of the page that posts a response: its form may go to the ACS URL's origin too. The
/// URL is one that was registered; without a readable origin the form stays at home.
pub fn policy_for_posting_to(acs_url: &str) -> String {
    let origin = Url::parse(acs_url).map(|url| url.origin().ascii_serialization());
    match origin {
        Ok(origin) if origin != "null" => {
            POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}"))
        }
        Ok(_) | Err(_) => POLICY.to_owned(),
    }
}

fn is_on_the_sign_on_way(path: &str) -> bool {
    path == "/login" || path.starts_with("/saml/")
}

#[cfg(test)]
mod tests;
