//! Dot paths into custom attributes: `otherInfo.userSettings.role` (rules B18-B24, B29). The first
//! segment is the attribute's name. Architecture invariant: looking a path up never fails; a path
//! that does not resolve says why it yields nothing.

use crate::domain::custom_attribute::CustomAttributeValue;
use crate::domain::json::{self, Shape};
use crate::domain::text::{self, TextError};

/// A path has at most this many characters.
pub const PATH_LIMIT: usize = 1024;

/// A parsed path: an attribute name and zero or more object fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributePath {
    text: String,
}

/// Why a text is no path. Each message is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    #[error(
        "Enter the attribute's name, for example otherInfo, or a path into its JSON, for example otherInfo.Location."
    )]
    Empty,
    #[error(
        "Between, before and after the dots of a path has to stand a name. Remove the extra dot."
    )]
    EmptySegment,
    #[error(transparent)]
    Text(#[from] TextError),
}

/// Why a path yields nothing from an attribute that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// The attribute has no such field (rules B17, B24).
    NoPath,
    /// The place holds an object (rule B22).
    Object,
    /// The place holds null, or a list without a plain value (rules B11, B20).
    NothingLeft,
}

impl AttributePath {
    /// Reads a path as it is typed, kept in exact case (rule B29). There is no syntax for
    /// positions in lists (rule B20): `roles[0]` is the name of a field.
    pub fn parse(typed: &str) -> Result<Self, PathError> {
        if typed.is_empty() {
            return Err(PathError::Empty);
        }
        if typed.split('.').any(str::is_empty) {
            return Err(PathError::EmptySegment);
        }
        text::bounded(typed, PATH_LIMIT)?;
        // Attribute names are kept in NFC; the fields of a JSON value are kept as they were typed.
        let (name, fields) = typed.split_at(typed.find('.').unwrap_or(typed.len()));
        Ok(Self {
            text: text::normalize(name) + fields,
        })
    }

    /// The path as it was typed, its name in NFC.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The attribute's name: names hold no dot (rule B5), so it ends at the first one.
    pub fn name(&self) -> &str {
        self.text.split('.').next().unwrap_or_default()
    }

    /// The object fields after the name, outermost first.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.text.split('.').skip(1)
    }

    /// The values at this path of an attribute's `value`, at least one, or why there is none. The
    /// caller has found the attribute by [`Self::name`].
    pub fn resolve(&self, value: &CustomAttributeValue) -> Result<Vec<String>, Unresolved> {
        let CustomAttributeValue::Json(object) = value else {
            return match self.fields().next() {
                None => Ok(vec![value.as_text().to_owned()]),
                Some(_) => Err(Unresolved::NoPath),
            };
        };
        let mut place = object.as_str();
        for field in self.fields() {
            place = json::field_of(place, field).ok_or(Unresolved::NoPath)?;
        }
        values_at(place)
    }
}

/// What the JSON value `raw` yields (rules B19-B22, B24).
fn values_at(raw: &str) -> Result<Vec<String>, Unresolved> {
    match json::shape_of(raw) {
        Some(Shape::Plain(value)) => Ok(vec![value]),
        Some(Shape::Object) => Err(Unresolved::Object),
        Some(Shape::List(elements)) => {
            let plain: Vec<String> = elements.into_iter().filter_map(plain_value).collect();
            if plain.is_empty() {
                Err(Unresolved::NothingLeft)
            } else {
                Ok(plain)
            }
        }
        Some(Shape::Null) | None => Err(Unresolved::NothingLeft),
    }
}

fn plain_value(raw: &str) -> Option<String> {
    match json::shape_of(raw) {
        Some(Shape::Plain(value)) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
