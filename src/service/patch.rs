//! Input shapes shared by REST and forms: a field of a JSON merge patch (RFC 7396) knows whether it
//! was named at all. Creating is patching a blank resource, so there is one path for both.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::domain::violation::Violation;

/// A field of a merge patch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Not named: stays as it is.
    #[default]
    Keep,
    /// `null`: back to its default.
    Clear,
    /// A new value.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T> Field<T> {
    /// True when the patch names the field.
    pub const fn is_named(&self) -> bool {
        !matches!(self, Self::Keep)
    }

    /// The value to save, given the present one; `null` gives `default`.
    pub fn over(self, present: T, default: T) -> T {
        match self {
            Self::Keep => present,
            Self::Clear => default,
            Self::Set(value) => value,
        }
    }

    /// The same for a value that may be absent, which is its default.
    pub fn over_option(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Puts the value to save into the place of the present one; `null` empties it.
    pub fn put(self, place: &mut T)
    where
        T: Default,
    {
        match self {
            Self::Keep => {}
            Self::Clear => *place = T::default(),
            Self::Set(value) => *place = value,
        }
    }

    /// The same wish with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Keep => Field::Keep,
            Self::Clear => Field::Clear,
            Self::Set(value) => Field::Set(change(value)),
        }
    }

    /// The value if one was given.
    pub fn into_set(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

/// One custom attribute as it arrives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeDraft {
    pub name: String,
    /// `string`, `number`, `boolean`, `json`.
    #[serde(rename = "type")]
    pub kind: String,
    pub value: ValueDraft,
}

/// The value of an attribute as it arrives. It stays text, so that numbers keep their digits and
/// duplicate fields are seen (rules B6, B13).
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Box<RawValue>")]
pub enum ValueDraft {
    /// A JSON value of a request, where a String stands between quotation marks.
    Json(Box<RawValue>),
    /// What was typed into a form, where it does not.
    Typed(String),
}

impl From<Box<RawValue>> for ValueDraft {
    fn from(raw: Box<RawValue>) -> Self {
        Self::Json(raw)
    }
}

/// Collects violations so that one answer names them all.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Notes a violation.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Violation::new(pointer, detail));
    }

    /// Notes several.
    pub fn extend(&mut self, more: impl IntoIterator<Item = Violation>) {
        self.0.extend(more);
    }

    /// Takes the value, or notes what is wrong with it.
    pub fn keep<T, E: std::fmt::Display>(
        &mut self,
        pointer: &str,
        result: Result<T, E>,
    ) -> Option<T> {
        result
            .map_err(|error| self.add(pointer, error.to_string()))
            .ok()
    }

    /// True while nothing was noted.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was noted.
    pub fn into_violations(self) -> Vec<Violation> {
        self.0
    }

    /// `Ok` when nothing was noted.
    pub fn into_result(self) -> Result<(), crate::service::error::ServiceError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(crate::service::error::ServiceError::Invalid(self.0))
        }
    }
}
