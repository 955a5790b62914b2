//! A form with one file as it arrives. Taking one checks origin and token as every form of the
//! console does.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};

use crate::web::body;
use crate::web::console::access::Visitor;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::multipart::{self, FormPart};

/// The file field `file` of a form whose token was this session's, and the button pressed.
#[derive(Debug)]
pub struct Upload {
    pub file: Vec<u8>,
    pub button: String,
}

impl FromRequest for Upload {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let visitor = Visitor::of_form(&request)?;
            let sent = request.headers().get(CONTENT_TYPE);
            let sent = sent.and_then(|value| value.to_str().ok());
            // Without a form there is no token either.
            let boundary = sent
                .and_then(multipart::boundary)
                .ok_or(WebError::StaleForm)?;
            let body = body::read(request.headers(), &mut payload, form::LIMIT).await?;
            let parts = multipart::parts(&body, &boundary).ok_or(WebError::Form)?;
            visitor.check_token(&text(&parts, "csrf_token")?)?;
            Ok(Self {
                file: bytes(&parts, "file").to_vec(),
                button: text(&parts, "do")?,
            })
        })
    }
}

fn bytes<'a>(parts: &[FormPart<'a>], name: &str) -> &'a [u8] {
    let found = parts.iter().find(|part| part.name == name);
    found.map_or(&[], |part| part.bytes)
}

fn text(parts: &[FormPart<'_>], name: &str) -> Result<String, WebError> {
    let text = std::str::from_utf8(bytes(parts, name)).map_err(|_no_text| WebError::Form)?;
    Ok(text.to_owned())
}
