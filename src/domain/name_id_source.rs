//! Where the value of a NameID comes from: a field of the user, or one of the user's own custom
//! attributes. A value that a group gives would call many people by one name, so groups are not asked.

use crate::domain::attribute_path::{AttributePath, Unresolved};
use crate::domain::custom_attribute::CustomAttribute;
use crate::domain::user::{User, UserField};

/// API field `nameId.source`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameIdSource {
    /// The API name of the field.
    Field(UserField),
    /// `CUSTOM`, with the path beside it in `nameId.path`.
    OwnAttribute(AttributePath),
}

/// Why a user has no value to be called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoIdentifier {
    #[error("the field is empty")]
    EmptyField,
    #[error("the user has no such attribute of their own")]
    NoAttribute,
    #[error("the user's attribute has no plain value at this path")]
    NoValue,
    #[error("the user's attribute has several values at this path")]
    SeveralValues,
}

impl NameIdSource {
    /// The spelling of API and store for an own attribute; fields are spelled by their names.
    pub const OWN_ATTRIBUTE: &str = "CUSTOM";

    /// The spelling of API and store.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Field(field) => field.as_str(),
            Self::OwnAttribute(_) => Self::OWN_ATTRIBUTE,
        }
    }

    /// The path into the own attribute.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Field(_) => None,
            Self::OwnAttribute(path) => Some(path.as_str()),
        }
    }

    /// The field or the path in the words of pages.
    pub fn named(&self) -> &str {
        match self {
            Self::Field(field) => field.label(),
            Self::OwnAttribute(path) => path.as_str(),
        }
    }

    /// Name of the custom attribute that it asks for.
    pub fn attribute_name(&self) -> Option<&str> {
        match self {
            Self::Field(_) => None,
            Self::OwnAttribute(path) => Some(path.name()),
        }
    }

    /// The one value by which `user`, whose own attributes are `own`, is called.
    pub fn value(&self, user: &User, own: &[CustomAttribute]) -> Result<String, NoIdentifier> {
        match self {
            Self::Field(field) => match user.field(*field) {
                "" => Err(NoIdentifier::EmptyField),
                value => Ok(value.to_owned()),
            },
            Self::OwnAttribute(path) => {
                let mut all = own.iter();
                let attribute = all.find(|attribute| attribute.name.as_str() == path.name());
                let attribute = attribute.ok_or(NoIdentifier::NoAttribute)?;
                only(path.resolve(&attribute.value))
            }
        }
    }
}

fn only(values: Result<Vec<String>, Unresolved>) -> Result<String, NoIdentifier> {
    let Ok(values) = values else {
        return Err(NoIdentifier::NoValue);
    };
    match <[String; 1]>::try_from(values) {
        Ok([value]) if value.trim().is_empty() => Err(NoIdentifier::NoValue),
        Ok([value]) => Ok(value),
        Err(_several) => Err(NoIdentifier::SeveralValues),
    }
}

/// Where a NameID came from, for explanations; API spelling in capitals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameIdOrigin {
    /// `FIELD` or `USER`.
    Source(NameIdSource),
    /// `PAIRWISE`: made for this user and this application once, and kept.
    Pairwise,
    /// `TRANSIENT`: made for this sign-on alone.
    Transient,
}

impl NameIdOrigin {
    /// The API spelling.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Source(NameIdSource::Field(_)) => "FIELD",
            Self::Source(NameIdSource::OwnAttribute(_)) => "USER",
            Self::Pairwise => "PAIRWISE",
            Self::Transient => "TRANSIENT",
        }
    }

    /// The words on pages.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Source(NameIdSource::Field(_)) => "User Field",
            Self::Source(NameIdSource::OwnAttribute(_)) => "The user's own attribute",
            Self::Pairwise => "Made for this user and this application, and kept",
            Self::Transient => "Made anew for each sign-on",
        }
    }

    /// Field or path; empty for what is made.
    pub fn named(&self) -> &str {
        match self {
            Self::Source(source) => source.named(),
            Self::Pairwise | Self::Transient => "",
        }
    }
}

#[cfg(test)]
mod tests;
