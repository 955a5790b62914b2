//! What an API token looks like: `vst_`, 256 random bits in URL-safe base64 (43 characters), and a checksum of eight
//! hexadecimal digits. A scanner of source code finds one by its shape and tells by the checksum, without asking
//! anybody, whether it can be real. Never says whether a token is known.

use secrecy::{ExposeSecret, SecretString};

use crate::service::secrets::{SecretsError, digest_hex, random_token};

/// Begins every token.
const PREFIX: &str = "vst_";
const RANDOM_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 8;
/// What people tell tokens apart by: too little to guess the rest from.
const SHOWN: usize = 8;

/// A new token.
pub fn draw() -> Result<SecretString, SecretsError> {
    let body = format!("{PREFIX}{}", random_token()?);
    let sum = checksum(&body);
    Ok(SecretString::from(body + &sum))
}

/// Whether a text can be a token: anything else is refused before the store is asked. Tokens of earlier versions
/// have no checksum and go on working.
pub fn can_be_one(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(PREFIX) else {
        return false;
    };
    match rest.len().checked_sub(RANDOM_LENGTH) {
        Some(0) => true,
        Some(CHECKSUM_LENGTH) => text
            .split_at_checked(PREFIX.len() + RANDOM_LENGTH)
            .is_some_and(|(body, sum)| checksum(body) == sum),
        _ => false,
    }
}

/// The beginning of a token, which may be shown.
pub fn shown(token: &SecretString) -> String {
    token.expose_secret().chars().take(SHOWN).collect()
}

/// The first digits of the SHA-256 of all that stands before.
fn checksum(body: &str) -> String {
    digest_hex(body.as_bytes())
        .chars()
        .take(CHECKSUM_LENGTH)
        .collect()
}

#[cfg(test)]
mod tests;
