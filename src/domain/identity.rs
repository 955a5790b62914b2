//! Sign-in names, addresses and names of people: what a text must be to stand in those fields.
//! Everything is NFC; nothing is trimmed silently.

use crate::domain::text::{TextError, bounded, check_characters, normalize};

/// The longest sign-in name, in characters.
const USERNAME_LIMIT: usize = 128;
/// The longest address (RFC 5321 4.5.3.1.3 leaves 254 octets).
const EMAIL_LIMIT: usize = 254;
/// The longest first, last, display or group name, in characters.
const NAME_LIMIT: usize = 256;

/// Why a text cannot be an identity field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("It must not be empty.")]
    Empty,
    #[error("It must not contain blanks.")]
    Blank,
    #[error("It has to be an address such as jason@example.com.")]
    NotAnAddress,
    #[error("It must not begin or end with a blank.")]
    EdgeBlank,
    #[error(transparent)]
    Text(#[from] TextError),
}

/// A sign-in name: 1 to 128 characters without blanks.
pub fn username(text: &str) -> Result<String, IdentityError> {
    let name = bounded(text, USERNAME_LIMIT)?;
    if name.is_empty() {
        return Err(IdentityError::Empty);
    }
    if name.chars().any(char::is_whitespace) {
        return Err(IdentityError::Blank);
    }
    Ok(name)
}

/// An email address: one `@` with something on both sides, no blanks. Whether it receives mail is
/// not for a pattern to say.
pub fn email(text: &str) -> Result<String, IdentityError> {
    let address = bounded(text, EMAIL_LIMIT)?;
    if address.is_empty() {
        return Err(IdentityError::Empty);
    }
    let sides = address.split_once('@');
    let is_address = sides.is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    if !is_address
        || address
            .chars()
            .any(|c| c.is_whitespace() || "<>\",;".contains(c))
    {
        return Err(IdentityError::NotAnAddress);
    }
    Ok(address)
}

/// A person's first, last or display name; may be empty.
pub fn person_name(text: &str) -> Result<String, IdentityError> {
    Ok(bounded(text, NAME_LIMIT)?)
}

/// The name of a group, a connector or a token: not empty, no blanks at its ends.
pub fn resource_name(text: &str) -> Result<String, IdentityError> {
    let name = bounded(text, NAME_LIMIT)?;
    if name.is_empty() {
        return Err(IdentityError::Empty);
    }
    if name.trim() != name {
        return Err(IdentityError::EdgeBlank);
    }
    Ok(name)
}

/// A description of any length up to `limit` characters, line breaks allowed.
pub fn description(text: &str, limit: usize) -> Result<String, IdentityError> {
    let text = normalize(text);
    check_characters(&text)?;
    Ok(bounded(&text, limit)?)
}

/// The display name when none is given: first and last name, else the username.
pub fn default_display_name(first: &str, last: &str, username: &str) -> String {
    let full = [first, last]
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>();
    if full.is_empty() {
        username.to_owned()
    } else {
        full.join(" ")
    }
}

#[cfg(test)]
mod tests;
