//! The one reader of HTML forms: media type, size, shape. What the fields mean is the handlers'.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Query};
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use crate::web::body;
use crate::web::error::WebError;

/// The cap of a form, in bytes.
pub const LIMIT: usize = 512 * 1024;
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
            let body = read(&request, &mut payload, LIMIT).await?;
            parse(&body).map(Self)
        })
    }
}

/// Names and values in their order, each name as often as it comes.
pub async fn read_pairs(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> Result<Vec<(String, String)>, WebError> {
    let body = read(request, payload, limit).await?;
    let body = std::str::from_utf8(&body).map_err(|_not_text| WebError::Form)?;
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    if pairs.iter().any(|(_, value)| value.contains('\0')) {
        return Err(WebError::Form);
    }
    Ok(pairs)
}

async fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> Result<Bytes, WebError> {
    if !is_form(request) {
        return Err(WebError::MediaType);
    }
    Ok(body::read(request.headers(), payload, limit).await?)
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
