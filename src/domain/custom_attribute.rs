//! Custom attributes of users and groups: names, typed values and their limits (rules B3-B7,
//! B11-B13). A value that exists here can be stored and can be carried by XML 1.0.

use std::fmt;

use crate::domain::ids::{GroupId, PublicId};
use crate::domain::json::{self, JsonError};
use crate::domain::text::{self, TextError};

/// An attribute name has at most this many characters.
pub const NAME_LIMIT: usize = 128;
/// A Number has at most this many digits (rule B6).
pub const DIGIT_LIMIT: usize = 9;
/// A String has at most this many bytes (rule B7).
pub const STRING_LIMIT: usize = 128 * 1024;

/// A validated attribute name: unique per owner, exact case, without `.` (rule B5).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeName(String);

/// Why a text is no attribute name. Each message is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("Enter an attribute name.")]
    Empty,
    #[error(
        "An attribute name cannot contain a dot, because a dot in a mapping leads to a JSON field. \
         Use another character, such as a hyphen."
    )]
    Dot,
    #[error("An attribute name cannot contain control characters such as a tab. Remove them.")]
    ControlCharacter,
    #[error("An attribute name cannot begin or end with a blank. Remove it.")]
    OuterBlank,
    #[error(transparent)]
    Text(#[from] TextError),
}

impl AttributeName {
    /// Reads a name as it is typed; it is kept in NFC.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        if typed.trim().is_empty() {
            return Err(NameError::Empty);
        }
        if typed.trim() != typed {
            return Err(NameError::OuterBlank);
        }
        if typed.contains('.') {
            return Err(NameError::Dot);
        }
        if typed.contains(char::is_control) {
            return Err(NameError::ControlCharacter);
        }
        Ok(Self(text::bounded(typed, NAME_LIMIT)?))
    }

    /// The name, exact case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The four types (rule B3); API field `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttributeKind {
    String,
    Number,
    Boolean,
    Json,
}

impl AttributeKind {
    /// In the order of rule B16.
    pub const ALL: [Self; 4] = [Self::String, Self::Number, Self::Boolean, Self::Json];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Json => "json",
        }
    }

    /// The label on pages (rule B16).
    pub const fn label(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Number => "Number",
            Self::Boolean => "Boolean",
            Self::Json => "JSON Editor",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A typed value. Numbers and JSON keep the text that was typed (rules B3, B6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomAttributeValue {
    String(String),
    /// At most nine digits (rule B6), as written.
    Number(NumberText),
    Boolean(bool),
    /// An object (rule B11), without duplicate fields (rule B13).
    Json(JsonObjectText),
}

/// Why a value is refused. Each message is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    #[error("The String has {bytes} bytes. Shorten it to at most {STRING_LIMIT} (128 KiB).")]
    StringTooLong { bytes: usize },
    #[error(transparent)]
    Text(#[from] TextError),
    #[error(transparent)]
    Number(#[from] NumberError),
    #[error("A Boolean is either true or false. Choose one of them.")]
    NotABoolean,
    #[error("The type is String, but the value is not. Put it between quotation marks.")]
    NotAString,
    #[error(transparent)]
    Json(#[from] JsonError),
}

/// A stored value that this version could not have written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stored attribute value of type {kind:?} is corrupt")]
pub struct CorruptValue {
    /// The stored type.
    pub kind: String,
}

/// A value that was accepted, with what had to be left out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedValue {
    pub value: CustomAttributeValue,
    /// RFC 6901 pointers into a JSON value: fields of which an older value was dropped (rule B13).
    pub dropped: Vec<String>,
}

impl From<CustomAttributeValue> for AcceptedValue {
    fn from(value: CustomAttributeValue) -> Self {
        Self {
            value,
            dropped: Vec::new(),
        }
    }
}

impl CustomAttributeValue {
    /// The value's type.
    pub const fn kind(&self) -> AttributeKind {
        match self {
            Self::String(_) => AttributeKind::String,
            Self::Number(_) => AttributeKind::Number,
            Self::Boolean(_) => AttributeKind::Boolean,
            Self::Json(_) => AttributeKind::Json,
        }
    }

    /// Reads what was typed into a field of a form or a table: a String stands there without
    /// quotation marks.
    pub fn parse(kind: AttributeKind, typed: &str) -> Result<AcceptedValue, ValueError> {
        match kind {
            AttributeKind::String => {
                let bytes = typed.len();
                if bytes > STRING_LIMIT {
                    return Err(ValueError::StringTooLong { bytes });
                }
                text::check_characters(typed)?;
                Ok(Self::String(typed.to_owned()).into())
            }
            AttributeKind::Number => Ok(Self::Number(NumberText::parse(typed)?).into()),
            AttributeKind::Boolean => match typed {
                "true" => Ok(Self::Boolean(true).into()),
                "false" => Ok(Self::Boolean(false).into()),
                _ => Err(ValueError::NotABoolean),
            },
            AttributeKind::Json => {
                let (object, dropped) = JsonObjectText::parse(typed)?;
                Ok(AcceptedValue {
                    value: Self::Json(object),
                    dropped,
                })
            }
        }
    }

    /// Reads the text of a JSON value as a REST request holds it: a String stands between
    /// quotation marks, a Number does not. `raw` has to be the request's own text, since a parsed
    /// number has lost how it was written and a parsed object its duplicate fields.
    pub fn parse_json(kind: AttributeKind, raw: &str) -> Result<AcceptedValue, ValueError> {
        match kind {
            AttributeKind::String => {
                let Ok(string) = serde_json::from_str::<String>(raw) else {
                    return Err(ValueError::NotAString);
                };
                Self::parse(kind, &string)
            }
            AttributeKind::Number | AttributeKind::Boolean | AttributeKind::Json => {
                Self::parse(kind, raw)
            }
        }
    }

    /// Rebuilds a value from the store's `kind` and `value` columns. A JSON text is checked for
    /// syntax only: it was compacted when it was saved, and sign-on reads it on every request.
    pub fn from_stored(kind: &str, stored: &str) -> Result<Self, CorruptValue> {
        let corrupt = || CorruptValue {
            kind: kind.to_owned(),
        };
        let kind = AttributeKind::parse(kind).ok_or_else(corrupt)?;
        if kind == AttributeKind::Json {
            return match serde_json::from_str::<serde::de::IgnoredAny>(stored) {
                Ok(_) if stored.starts_with('{') => {
                    Ok(Self::Json(JsonObjectText(stored.to_owned())))
                }
                _ => Err(corrupt()),
            };
        }
        match Self::parse(kind, stored) {
            Ok(accepted) => Ok(accepted.value),
            Err(_) => Err(corrupt()),
        }
    }

    /// The text that is stored and shown in a form; [`Self::from_stored`] reads it back.
    pub fn as_text(&self) -> &str {
        match self {
            Self::String(string) => string,
            Self::Number(number) => number.as_str(),
            Self::Boolean(true) => "true",
            Self::Boolean(false) => "false",
            Self::Json(object) => object.as_str(),
        }
    }

    /// The JSON text of the value, for answers of the API.
    pub fn to_json_text(&self) -> String {
        match self {
            Self::String(string) => json::quote(string),
            Self::Number(_) | Self::Boolean(_) | Self::Json(_) => self.as_text().to_owned(),
        }
    }
}

/// The text of a number that passed rule B6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberText(String);

/// Why a text is no Number. Each message is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("The Number has {digits} digits, and a Number has at most nine. Use a String instead.")]
    TooManyDigits { digits: usize },
    #[error(
        "A Number consists of digits, with a minus sign before and one dot between them if needed, \
         and no exponent, as in -12.5. Use a String for anything else."
    )]
    NotANumber,
}

impl NumberText {
    /// Reads a number by JSON's grammar (RFC 8259 section 6) without the exponent. Digits are
    /// counted, the minus sign and the dot are free (rule B6).
    pub fn parse(typed: &str) -> Result<Self, NumberError> {
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let unsigned = typed.strip_prefix('-').unwrap_or(typed);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (unsigned, None),
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !all_digits(whole) || leading_zero || !fraction.is_none_or(all_digits) {
            return Err(NumberError::NotANumber);
        }
        let digits = whole.len() + fraction.map_or(0, str::len);
        if digits > DIGIT_LIMIT {
            return Err(NumberError::TooManyDigits { digits });
        }
        Ok(Self(typed.to_owned()))
    }

    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The compact text of a JSON object that passed rules B7, B11-B13.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonObjectText(String);

impl JsonObjectText {
    /// Reads an object as it is typed. Beside it come the RFC 6901 pointers of the fields of which
    /// an older value was dropped (rule B13).
    pub fn parse(typed: &str) -> Result<(Self, Vec<String>), JsonError> {
        let object = json::compact_object(typed)?;
        Ok((Self(object.text), object.dropped))
    }

    /// The compact text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One attribute of a user or of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomAttribute {
    pub name: AttributeName,
    pub value: CustomAttributeValue,
}

/// An attribute as a group carries it, with its place in the order of rule B8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAttribute {
    pub group: GroupId,
    pub group_public_id: PublicId,
    pub group_name: String,
    /// True: "not inherited while the group is dynamic" (rule B4).
    pub group_is_dynamic: bool,
    /// The directory-wide sequence number at which the attribute was first saved (rule B8).
    pub added_seq: i64,
    pub attribute: CustomAttribute,
}

#[cfg(test)]
mod tests;
