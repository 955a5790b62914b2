//! A form that ends with a file too large for memory. Taking one checks origin and token as every form of the
//! console does.

use std::fs::File;
use std::future::Future;
use std::io::{Read, Seek, SeekFrom, Take};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::web::body::BodyFault;
use crate::web::console::access::Visitor;
use crate::web::console::submitted::Fields;
use crate::web::console::upload::{self, FILE};
use crate::web::error::WebError;
use crate::web::multipart;
use crate::web::spooled;

/// The fields before the file have to stand in so many octets.
const BEGINNING: u64 = 64 * 1024;

/// A form whose token was this session's; its last field is the file.
#[derive(Debug)]
pub struct SpooledUpload {
    pub fields: Fields,
    /// The octets of the file, none when none was chosen.
    pub file: Take<File>,
}

impl FromRequest for SpooledUpload {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let visitor = Visitor::of_form(&request)?;
            // Without a form there is no token either.
            let boundary = multipart::boundary_of(request.headers()).ok_or(WebError::StaleForm)?;
            let body = spooled::receive(&mut payload).await?;
            let upload = Self::of(body, &boundary)?;
            visitor.check_token(upload.fields.text("csrf_token"))?;
            Ok(upload)
        })
    }
}

impl SpooledUpload {
    /// Finds the fields and the file in a body.
    fn of(mut body: File, boundary: &str) -> Result<Self, WebError> {
        let mut beginning = Vec::new();
        (&mut body)
            .take(BEGINNING)
            .read_to_end(&mut beginning)
            .map_err(BodyFault::Disk)?;
        let found = multipart::before_file(&beginning, (boundary, FILE));
        let (parts, at) = found.ok_or(WebError::Form)?;
        let fields = upload::fields(&parts)?;
        let at = u64::try_from(at).map_err(|_too_far| WebError::Form)?;
        let length = file_length(&mut body, (at, &multipart::ending(boundary)))?;
        body.seek(SeekFrom::Start(at)).map_err(BodyFault::Disk)?;
        Ok(Self {
            fields,
            file: body.take(length),
        })
    }
}

/// How many octets stand between the beginning of the file and the end of the form.
fn file_length(body: &mut File, (at, ending): (u64, &str)) -> Result<u64, WebError> {
    let ending = ending.as_bytes();
    let size = body.metadata().map_err(BodyFault::Disk)?.len();
    let behind = u64::try_from(ending.len()).map_err(|_too_long| WebError::Form)?;
    let length = size.checked_sub(at + behind).ok_or(WebError::Form)?;
    let mut last = Vec::new();
    body.seek(SeekFrom::Start(at + length))
        .and_then(|_| body.read_to_end(&mut last))
        .map_err(BodyFault::Disk)?;
    if last == ending {
        Ok(length)
    } else {
        Err(WebError::Form)
    }
}
