//! A form with one file as it arrives. Taking one checks origin and token as every form of the
//! console does.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::web::body;
use crate::web::console::access::Visitor;
use crate::web::console::submitted::Fields;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::multipart::{self, FormPart};

/// The name of the file field.
pub const FILE: &str = "file";

/// The file field `file` of a form whose token was this session's, and its other fields. `LIMIT`: the
/// largest form, in bytes.
#[derive(Debug)]
pub struct Upload<const LIMIT: usize = { form::LIMIT }> {
    /// Empty when none was chosen.
    pub file: Vec<u8>,
    pub fields: Fields,
}

impl<const LIMIT: usize> FromRequest for Upload<LIMIT> {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let visitor = Visitor::of_form(&request)?;
            // Without a form there is no token either.
            let boundary = multipart::boundary_of(request.headers()).ok_or(WebError::StaleForm)?;
            let body = body::read(request.headers(), &mut payload, LIMIT).await?;
            let parts = multipart::parts(&body, &boundary).ok_or(WebError::Form)?;
            let fields = fields(&parts)?;
            visitor.check_token(fields.text("csrf_token"))?;
            let file = parts.iter().find(|part| part.name == FILE);
            Ok(Self {
                file: file.map(|part| part.bytes.to_vec()).unwrap_or_default(),
                fields,
            })
        })
    }
}

/// The text fields of a form.
pub fn fields(parts: &[FormPart<'_>]) -> Result<Fields, WebError> {
    let mut pairs = Vec::new();
    for part in parts.iter().filter(|part| part.name != FILE) {
        let text = std::str::from_utf8(part.bytes).map_err(|_no_text| WebError::Form)?;
        if text.contains('\0') {
            return Err(WebError::Form);
        }
        pairs.push((part.name.clone(), text.to_owned()));
    }
    Ok(Fields::new(pairs))
}
