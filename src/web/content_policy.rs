//! The Content-Security-Policy (ESCAPE-EVERYWHERE): no inline script or style, nothing from another
//! host, no frames, no text that becomes markup except through the one policy of `swap.js`. The few
//! pages that need more say exactly what.

use actix_web::http::header::HeaderValue;

/// What a page may do beyond the usual.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras<'a> {
    /// Its one form carries a SAML message to another site. No form targets are named then: browsers
    /// hold them against every redirect that follows the POST too, and a service provider may go on
    /// to any host of its own. The form's action is a registered URL.
    pub posts_elsewhere: bool,
    /// It stands in a frame of a page of ours.
    pub is_framed_by_us: bool,
    /// Origins that its own frames lead to, beside ours.
    pub frames: &'a [String],
}

/// The header's value.
pub fn policy(extras: &Extras<'_>) -> HeaderValue {
    let mut text = "default-src 'none'; script-src 'self'; style-src 'self'; \
        img-src 'self' data:; connect-src 'self'; "
        .to_owned();
    if !extras.posts_elsewhere {
        text.push_str("form-action 'self'; ");
    }
    if !extras.frames.is_empty() {
        text.push_str("frame-src 'self'");
        for origin in extras.frames {
            text.push(' ');
            text.push_str(origin);
        }
        text.push_str("; ");
    }
    text.push_str(if extras.is_framed_by_us {
        "frame-ancestors 'self'; "
    } else {
        "frame-ancestors 'none'; "
    });
    text.push_str("base-uri 'none'; require-trusted-types-for 'script'; trusted-types vestibule");
    // Origins are ASCII; were one ever not, the page would get no rights at all.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}
