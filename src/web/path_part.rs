//! The variable segment of a page's address: a slug, the id of a waiting request, a one-time token.
//! All are made of the same few characters; anything else names nothing and is not looked up.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::web::error::WebError;

/// Longer than every slug, id and token.
const LONGEST: usize = 128;

/// The segment's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPart(pub String);

impl FromRequest for PathPart {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let part = request.match_info().iter().next().map(|(_name, text)| text);
        let part = part.filter(|text| can_name_something(text));
        ready(
            part.map(|text| Self(text.to_owned()))
                .ok_or(WebError::NoSuchPage),
        )
    }
}

/// True for texts that can be a slug, an id or a token of ours.
pub fn can_name_something(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(fits)
}
