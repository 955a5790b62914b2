//! The organisation's logo: what is taken for a picture, by its content and never by what somebody
//! calls it, and how it is found again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::service::secrets::digest_hex;
use crate::service::stored_settings::{LOGO, StoredSettings};

/// The largest logo, in bytes.
pub const LIMIT: usize = 64 * 1024;

/// A picture that browsers show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
    /// Another picture has another one.
    pub tag: String,
}

/// The stored logo.
pub fn find(env: &Environment) -> Result<Option<Logo>, ServiceError> {
    let settings = StoredSettings::read(env)?;
    let Some(text) = settings.stored(LOGO) else {
        return Ok(None);
    };
    let bytes = STANDARD.decode(text).ok();
    let found = bytes.and_then(|bytes| Some((media_type(&bytes)?, bytes)));
    let (media_type, bytes) = found.ok_or(InternalError::Setting(LOGO))?;
    Ok(Some(Logo {
        media_type,
        bytes,
        tag: tag(text),
    }))
}

/// The tag of the logo that is stored as `text`.
pub(in crate::service) fn tag(text: &str) -> String {
    digest_hex(text.as_bytes()).chars().take(16).collect()
}

/// Whether a picture can be the logo; else a sentence.
pub(in crate::service) fn check(bytes: &[u8]) -> Result<&'static str, String> {
    if bytes.len() > LIMIT {
        return Err("The logo has at most 64 KiB.".to_owned());
    }
    media_type(bytes).ok_or_else(|| "The logo has to be a PNG, JPEG or WebP picture.".to_owned())
}

/// By the first bytes. SVG is left out: it is a document, with links and scripts.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let is_webp = || bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if is_webp() {
        Some("image/webp")
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
