//! The cookies: the session of an account, the pre-session of a browser that is not signed in yet, the
//! sign-in between two steps, the browser that is remembered, and the page that was wanted. Only their
//! shape is here; what the tokens mean is known to the service floor.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// The longest life that a session can be given; the store ends it when it is over.
const SESSION_AGE: Duration = Duration::days(30);
/// A stranger's form and pending request are kept this long.
const PRE_SESSION_AGE: Duration = Duration::minutes(15);
/// The store forgets it then, too.
const DEVICE_AGE: Duration = Duration::days(30);
/// Tokens are 43 characters; anything much longer is none of ours and is not looked up.
const LONGEST_TOKEN: usize = 128;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieKind {
    Session,
    PreSession,
    /// Path of the page that somebody asked for before being led to the sign-in page.
    Wanted,
    /// A sign-in between its two steps.
    Half,
    /// A browser that is remembered by its owner's choice.
    Device,
}

/// Makes and reads the cookies of one base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookieJar {
    is_secure: bool,
}

impl CookieJar {
    /// On a plain-http loopback base URL cookies carry neither `Secure` nor the `__Host-` prefix,
    /// so that simple clients work; everywhere else both.
    pub const fn new(is_plain_loopback: bool) -> Self {
        Self {
            is_secure: !is_plain_loopback,
        }
    }

    /// The cookie's name.
    pub const fn name(self, kind: CookieKind) -> &'static str {
        match (kind, self.is_secure) {
            (CookieKind::Session, true) => "__Host-vestibule-session",
            (CookieKind::Session, false) => "vestibule-session",
            (CookieKind::PreSession, true) => "__Host-vestibule-visit",
            (CookieKind::PreSession, false) => "vestibule-visit",
            (CookieKind::Wanted, true) => "__Host-vestibule-wanted",
            (CookieKind::Wanted, false) => "vestibule-wanted",
            (CookieKind::Half, true) => "__Host-vestibule-half",
            (CookieKind::Half, false) => "vestibule-half",
            (CookieKind::Device, true) => "__Host-vestibule-device",
            (CookieKind::Device, false) => "vestibule-device",
        }
    }

    /// A cookie that carries `token`.
    pub fn set(self, kind: CookieKind, token: &str) -> Cookie<'static> {
        let age = match kind {
            CookieKind::Session => SESSION_AGE,
            CookieKind::PreSession | CookieKind::Wanted | CookieKind::Half => PRE_SESSION_AGE,
            CookieKind::Device => DEVICE_AGE,
        };
        self.build(kind, token, age)
    }

    /// A cookie that makes the browser forget the token.
    pub fn clear(self, kind: CookieKind) -> Cookie<'static> {
        self.build(kind, "", Duration::ZERO)
    }

    /// The token that came with a request, if it can be one of ours.
    pub fn read(self, request: &HttpRequest, kind: CookieKind) -> Option<String> {
        let cookie = request.cookie(self.name(kind))?;
        let value = cookie.value();
        (!value.is_empty() && value.len() <= LONGEST_TOKEN).then(|| value.to_owned())
    }

    // SameSite=Lax is the strictest that still lets a sign-on begin at a service provider by a
    // link; cross-site POSTs are answered by a 303 to a GET of ours, with which it comes along.
    fn build(self, kind: CookieKind, value: &str, age: Duration) -> Cookie<'static> {
        Cookie::build(self.name(kind), value.to_owned())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.is_secure)
            .max_age(age)
            .finish()
    }
}

#[cfg(test)]
mod tests;
