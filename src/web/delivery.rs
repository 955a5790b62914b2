//! The browser on its way to a service provider with a message: by a redirect, or by a form that sends
//! itself. What the message is, the service floor knows.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY};

use crate::service::delivery::{Delivery, PostForm};
use crate::web::content_policy::{Extras, policy};
use crate::web::error::WebError;
use crate::web::language::Language;
use crate::web::pages::{FramedFormPage, PostBindingPage};
use crate::web::responses::{html, see_other};

/// Why the browser goes there: the words of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// With the response of a sign-on.
    SignOn,
    /// With the wish to sign out, in a frame.
    SignOut,
    /// Back, with the result of a sign-out.
    SignedOut,
}

/// Sends the browser off.
pub fn deliver(
    language: Language,
    errand: Errand,
    delivery: &Delivery,
) -> Result<HttpResponse, WebError> {
    match delivery {
        Delivery::Redirect(url) => Ok(see_other(url)),
        Delivery::Post(form) => post(language, errand, form),
        Delivery::Envelope(envelope) => Ok(soap(StatusCode::OK, envelope.clone())),
    }
}

/// A SOAP envelope under a status.
pub fn soap(status: StatusCode, envelope: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/xml; charset=utf-8")
        .body(envelope)
}

/// The form that the browser posts to the service provider.
pub fn post(language: Language, errand: Errand, form: &PostForm) -> Result<HttpResponse, WebError> {
    let (title, heading) = match errand {
        Errand::SignOut => return framed(language, form),
        Errand::SignOn => ("Signing you in", "Signing you in to {}"),
        Errand::SignedOut => ("Signing you out", "Going back to {}"),
    };
    let page = PostBindingPage {
        title,
        heading,
        button: "Continue to {}",
        form,
    };
    let mut answer = html(language, StatusCode::OK, &page)?;
    posts_elsewhere(&mut answer, false);
    Ok(answer)
}

fn framed(language: Language, form: &PostForm) -> Result<HttpResponse, WebError> {
    let page = FramedFormPage {
        button: "Sign out of {}",
        form,
    };
    let mut answer = html(language, StatusCode::OK, &page)?;
    posts_elsewhere(&mut answer, true);
    Ok(answer)
}

/// The headers of a page whose form goes to another site.
pub fn posts_elsewhere(answer: &mut HttpResponse, is_framed_by_us: bool) {
    let headers = answer.headers_mut();
    let extras = Extras {
        posts_elsewhere: true,
        is_framed_by_us,
        ..Extras::default()
    };
    headers.insert(CONTENT_SECURITY_POLICY, policy(&extras));
    // Some service providers refuse a POST whose `Origin` is null, as `same-origin` would make it.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
}
