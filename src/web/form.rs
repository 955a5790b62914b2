//! The one reader of HTML forms: media type, size, shape. What the fields mean is the handlers'.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use crate::web::body;
use crate::web::error::WebError;

/// The cap of a form, in bytes.
const LIMIT: usize = 512 * 1024;
const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// The fields of a form, each at most once.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            if !is_form(&request) {
                return Err(WebError::MediaType);
            }
            let body = body::read(request.headers(), &mut payload, LIMIT).await?;
            parse(&body).map(Self)
        })
    }
}

/// Reads the fields. A NUL cannot be typed, and not every database takes one as text.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, WebError> {
    let has_nul = url::form_urlencoded::parse(body).any(|(_, value)| value.contains('\0'));
    match (std::str::from_utf8(body), has_nul) {
        (Ok(text), false) => match Query::<T>::from_query(text) {
            Ok(query) => Ok(query.into_inner()),
            Err(_missing_or_repeated) => Err(WebError::Form),
        },
        _ => Err(WebError::Form),
    }
}

fn is_form(request: &HttpRequest) -> bool {
    let sent = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = sent.and_then(|text| text.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case(MEDIA_TYPE))
}

#[cfg(test)]
mod tests;
