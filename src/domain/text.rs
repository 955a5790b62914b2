//! What text may look like before it is kept: Unicode normalisation, length, the characters that
//! XML 1.0 can carry, folding for uniqueness and order, and slugs. Never looks anything up.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::is_nfc;

/// Directory fields and rule values hold at most this many characters (rule A20); the bound also
/// keeps index entries within what PostgreSQL accepts.
pub const FIELD_LIMIT: usize = 512;

/// A slug holds at most this many characters.
pub const SLUG_LIMIT: usize = 64;

/// Why a text cannot be kept. Each message is a sentence for people, fit for an error's `detail`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("This has {actual} characters. Shorten it to at most {limit}.")]
    TooLong { limit: usize, actual: usize },
    #[error(
        "Character {position} is U+{code:04X}, which a SAML assertion cannot carry. Remove it."
    )]
    Forbidden {
        /// The code point.
        code: u32,
        /// Counted in characters from 1.
        position: usize,
    },
}

/// The NFC form, so that one spelling has one sequence of bytes (rule A24).
pub fn normalize(text: &str) -> String {
    if is_nfc(text) {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}

/// Char of XML 1.0 section 2.2, which leaves out U+0000-U+001F except TAB, LF and CR, and U+FFFE
/// and U+FFFF. Surrogates cannot occur in a `char`.
pub const fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// Refuses what XML 1.0 cannot carry: no escape exists for such a character, so it has to be
/// refused when a value is saved and not when it is about to be sent (rule B7).
pub fn check_characters(text: &str) -> Result<(), TextError> {
    match text.chars().enumerate().find(|(_, c)| !is_xml_char(*c)) {
        None => Ok(()),
        Some((index, c)) => Err(TextError::Forbidden {
            code: u32::from(c),
            position: index + 1,
        }),
    }
}

/// A text of at most `limit` characters in NFC that XML 1.0 can carry; nothing is trimmed
/// (rule A24).
pub fn bounded(text: &str, limit: usize) -> Result<String, TextError> {
    let text = normalize(text);
    check_characters(&text)?;
    let actual = text.chars().count();
    if actual > limit {
        return Err(TextError::TooLong { limit, actual });
    }
    Ok(text)
}

/// A directory field or a rule value as it is stored (rule A20).
pub fn directory_field(text: &str) -> Result<String, TextError> {
    bounded(text, FIELD_LIMIT)
}

/// The form by which names are unique and lists are sorted: lower case of NFC. The store keeps it
/// in a column of its own, since no two databases agree on letters beyond ASCII.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = normalize(text).to_lowercase();
    normalize(&lower)
}

/// A slug made from a name: accents dropped, everything but letters and digits of ASCII turned
/// into single hyphens. A name without any gives `connector`.
pub fn slug_from(name: &str) -> String {
    let mut slug = String::new();
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        if slug.len() >= SLUG_LIMIT {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "connector".to_owned()
    } else {
        slug.to_owned()
    }
}

/// True for 1 to 64 of `a-z`, `0-9` and inner hyphens.
pub fn is_slug(text: &str) -> bool {
    (1..=SLUG_LIMIT).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A value as it is quoted in a sentence: in “quotation marks”, cut after 80 characters, control
/// characters shown as spaces.
pub fn quoted(value: &str) -> String {
    const SHOWN: usize = 80;
    let mut text: String = value
        .chars()
        .take(SHOWN)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if value.chars().nth(SHOWN).is_some() {
        text.push('…');
    }
    format!("“{text}”")
}

#[cfg(test)]
mod tests;
