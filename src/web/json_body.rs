//! The one reader of JSON bodies: media type, size, syntax, shape, in this order. A failure says
//! where: line and column of broken JSON, a pointer to a field that does not fit. Never stores.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use crate::domain::violation::Violation;
use crate::web::body::{self, BodyFault};
use crate::web::problem::Problem;

/// The cap of a JSON body, in bytes.
pub const LIMIT: usize = 512 * 1024;
/// The cap of `metadataXml`, in bytes of XML.
pub const METADATA_LIMIT: usize = 2 * 1024 * 1024;
/// JSON may spell a character of the document in up to three times its bytes (`\u00e4` for two).
const METADATA_BODY_LIMIT: usize = LIMIT + 3 * METADATA_LIMIT;

/// A JSON object of at most [`LIMIT`] bytes, read into `T`.
#[derive(Debug)]
pub struct JsonBody<T> {
    pub value: T,
    text: Bytes,
}

/// A JSON object whose member `metadataXml` has a cap of its own, [`METADATA_LIMIT`].
#[derive(Debug)]
pub struct ConnectorBody<T>(pub T);

impl<T> JsonBody<T> {
    /// True when the body is exactly `expected`, whatever its spelling.
    pub fn is(&self, expected: &serde_json::Value) -> bool {
        serde_json::from_slice::<serde_json::Value>(&self.text).is_ok_and(|sent| sent == *expected)
    }
}

/// Futures of extractors are kept on one thread.
type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let text = receive(request.headers(), &mut payload, LIMIT).await?;
            Ok(Self {
                value: parse(&text)?,
                text,
            })
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for ConnectorBody<T> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let text = receive(request.headers(), &mut payload, METADATA_BODY_LIMIT).await?;
            check_metadata_size(&text)?;
            parse(&text).map(Self)
        })
    }
}

/// Reads a JSON object into `T`: 400 for text that is not JSON, 422 for JSON that does not fit.
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    check_syntax(text)?;
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Problem::invalid(vec![Violation::new(
            "",
            "The body has to be a JSON object.",
        )]));
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        let error = error.into_inner();
        if error.is_data() {
            misfit(pointer, &error)
        } else {
            not_json(&error)
        }
    })
}

/// The whole text is looked at before any field is, so that broken JSON is 400 even when an unknown
/// field stands before the break.
fn check_syntax(text: &[u8]) -> Result<(), Problem> {
    // Strings that are skipped are not checked to be UTF-8.
    let text = std::str::from_utf8(text).map_err(|error| {
        let at = error.valid_up_to();
        Problem::new(
            StatusCode::BAD_REQUEST,
            format!("The body is not JSON: the byte at offset {at} does not belong to UTF-8 text."),
        )
    })?;
    serde_json::from_str::<IgnoredAny>(text)
        .map(drop)
        .map_err(|error| not_json(&error))
}

fn not_json(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let reason = sentence(error);
    let detail = format!("The body is not JSON: see line {line} column {column}. {reason}");
    Problem::new(StatusCode::BAD_REQUEST, detail)
}

/// A value of the wrong type, an unknown field or a missing one.
fn misfit(mut pointer: String, error: &serde_json::Error) -> Problem {
    let detail = sentence(error);
    let missing = detail
        .strip_prefix("Missing field `")
        .and_then(|rest| rest.strip_suffix("`."));
    if let Some(name) = missing {
        push_segment(&mut pointer, name);
    }
    Problem::invalid(vec![Violation::new(pointer, detail)])
}

/// The parser's words as a sentence: without the position, which is told apart, without names of
/// our types, and without the value, which may be a secret in the wrong place.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&position).unwrap_or(&text);
    if text.contains("any variant of untagged enum") {
        return "The value has none of the shapes that are allowed here.".to_owned();
    }
    for kind in ["invalid type: ", "invalid value: "] {
        let parts = text
            .strip_prefix(kind)
            .and_then(|rest| rest.rsplit_once(", expected "));
        if let Some((found, expected)) = parts {
            let found = found.split([' ', '`', '"']).next().unwrap_or_default();
            return format!("Expected {}, got {found}.", without_our_names(expected));
        }
    }
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}

fn without_our_names(expected: &str) -> &str {
    let ours = expected.starts_with("struct ") || expected.starts_with("internally tagged enum ");
    if ours { "an object" } else { expected }
}

/// RFC 6901.
fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => push_segment(&mut pointer, &index.to_string()),
            Segment::Map { key } => push_segment(&mut pointer, key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

fn push_segment(pointer: &mut String, segment: &str) {
    pointer.push('/');
    pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
}

async fn receive(headers: &HeaderMap, payload: &mut Payload, cap: usize) -> Result<Bytes, Problem> {
    let body = body::read(headers, payload, cap)
        .await
        .map_err(|fault| match fault {
            BodyFault::TooLarge { .. } => too_large("The body", LIMIT),
            BodyFault::Slow => Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "The body did not arrive in time.",
            ),
            BodyFault::Broken(_) | BodyFault::Busy | BodyFault::Disk(_) => {
                Problem::new(StatusCode::BAD_REQUEST, "The body could not be read.")
            }
        })?;
    if is_json(headers) && !is_encoded(headers) {
        Ok(body)
    } else {
        Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send JSON in UTF-8, not compressed: Content-Type application/json or \
             application/merge-patch+json.",
        ))
    }
}

/// A compressed body would have to be measured while it unfolds; nobody needs one here.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_ENCODING)
        .is_some_and(|value| value != "identity")
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(text) = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
    let json = media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

/// Where `metadataXml` stands: in a connector, or in the draft that a preview brings along.
#[derive(serde::Deserialize)]
struct MetadataPlace<'a> {
    #[serde(borrow, rename = "metadataXml")]
    xml: Option<&'a RawValue>,
    #[serde(borrow)]
    draft: Option<Box<MetadataPlace<'a>>>,
}

/// Only `metadataXml` may go beyond [`LIMIT`]: the rest of the body is measured without it.
fn check_metadata_size(text: &[u8]) -> Result<(), Problem> {
    if text.len() <= LIMIT {
        return Ok(());
    }
    let place: Option<MetadataPlace<'_>> = serde_json::from_slice(text).ok();
    let xml = place
        .and_then(|place| {
            place
                .xml
                .or_else(|| place.draft.and_then(|draft| draft.xml))
        })
        .map_or("", RawValue::get);
    if text.len() - xml.len() > LIMIT {
        return Err(too_large("The body", LIMIT));
    }
    match serde_json::from_str::<String>(xml) {
        Ok(document) if document.len() > METADATA_LIMIT => {
            Err(too_large("`metadataXml`", METADATA_LIMIT))
        }
        // A value of another type is named by the reader of the whole body.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn too_large(what: &str, cap: usize) -> Problem {
    let detail = format!("{what} is larger than {} KiB. Send less.", cap / 1024);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

#[cfg(test)]
mod tests;
