//! What leaves for one user and application, as data: each value with its origin, and each mapping
//! that yields nothing with the reason. Made by `attribute_release`; decides nothing.

use crate::domain::attribute_mapping::NameFormat;
use crate::domain::attribute_path::Unresolved;
use crate::domain::transformation::Transformation;

/// One SAML Attribute: values of all mappings with this name, in mapping order (rules B26, C3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedAttribute {
    pub name: String,
    pub name_format: NameFormat,
    /// At least one; sent as xs:string.
    pub values: Vec<String>,
    /// One per contributing mapping, in mapping order.
    pub origins: Vec<ValueOrigin>,
}

/// Where the values of one mapping came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueOrigin {
    /// Index into the connector's mappings.
    pub mapping: usize,
    pub from: OriginKind,
    /// The group whose attribute won, for [`OriginKind::Group`].
    pub group_name: Option<String>,
    /// Its sequence number (rule B8).
    pub added_seq: Option<i64>,
    /// Attribute name, or the API name of the user field.
    pub attribute: Option<String>,
    /// The whole path, for custom attributes.
    pub path: Option<String>,
    /// What each group gave, newest first, where the values of all groups count.
    pub merged: Vec<Merged>,
    /// The values before the first transformation; told only if there is one.
    pub found: Vec<String>,
    /// What the transformations made of them, one after the other.
    pub steps: Vec<Step>,
    /// What this mapping contributed.
    pub values: Vec<String>,
    /// What lost against it, newest first (rules B8, B17).
    pub overrode: Vec<Overridden>,
}

/// What one group gave to a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    pub group_name: String,
    pub values: Vec<String>,
}

/// One transformation with the values it left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub transformation: Transformation,
    pub values: Vec<String>,
}

/// API spelling `USER`, `GROUP`, `FIELD`, `CONSTANT`, `GROUPS`, `DEFAULT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginKind {
    User,
    Group,
    Field,
    Constant,
    Groups,
    /// The source yields nothing, and a transformation gives a default value.
    Default,
}

impl OriginKind {
    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::Group => "GROUP",
            Self::Field => "FIELD",
            Self::Constant => "CONSTANT",
            Self::Groups => "GROUPS",
            Self::Default => "DEFAULT",
        }
    }
}

/// A value that would have been released had a stronger one not existed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// Always [`OriginKind::Group`] today: the user's own attribute is never overridden.
    pub from: OriginKind,
    pub group_name: Option<String>,
    pub values: Vec<String>,
}

/// A mapping that yields nothing, and why (API spelling in capitals).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OmissionReason {
    /// `NO_ATTRIBUTE`: neither the user nor a bound group has the attribute, or the user is in no
    /// bound group for a group list.
    NoAttribute,
    /// `NO_PATH`: the attribute is there, the field is not (rules B17, B24).
    NoPath,
    /// `OBJECT`: the place holds an object (rule B22).
    Object,
    /// `NOTHING_LEFT`: a null, or a list without a plain value (rules B11, B20).
    NothingLeft,
    /// `EMPTY_FIELD`: the directory field is empty (rule B24).
    EmptyField,
    /// `TRANSFORMED_AWAY`: the transformations left no value.
    TransformedAway,
    /// `TOO_LARGE`: a transformation would make more than is sent.
    TooLarge,
}

impl OmissionReason {
    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAttribute => "NO_ATTRIBUTE",
            Self::NoPath => "NO_PATH",
            Self::Object => "OBJECT",
            Self::NothingLeft => "NOTHING_LEFT",
            Self::EmptyField => "EMPTY_FIELD",
            Self::TransformedAway => "TRANSFORMED_AWAY",
            Self::TooLarge => "TOO_LARGE",
        }
    }

    /// The reason as a sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoAttribute => {
                "Neither the user nor a group that opens this application has the attribute."
            }
            Self::NoPath => "The attribute is there, but it has no such field.",
            Self::Object => "The place holds a JSON object. Map one of its fields instead.",
            Self::NothingLeft => "The place holds null, or a list without a plain value.",
            Self::EmptyField => "The user's field is empty.",
            Self::TransformedAway => "The transformations left no value.",
            Self::TooLarge => {
                "A transformation makes more than 1,000 values or 128 KiB, which is not sent."
            }
        }
    }
}

impl From<Unresolved> for OmissionReason {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::NoPath => Self::NoPath,
            Unresolved::Object => Self::Object,
            Unresolved::NothingLeft => Self::NothingLeft,
        }
    }
}

/// One mapping that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omission {
    /// Index into the connector's mappings.
    pub mapping: usize,
    pub reason: OmissionReason,
    /// The transformations up to the one after which nothing was left; the last one has no values.
    pub steps: Vec<Step>,
}

/// The whole outcome of a connector's mappings for one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// In the order of each name's first mapping (rule C3).
    pub attributes: Vec<ReleasedAttribute>,
    pub omitted: Vec<Omission>,
}

impl ValueOrigin {
    /// These values, and nothing else to tell of them yet.
    pub fn new(from: OriginKind, values: Vec<String>) -> Self {
        Self {
            mapping: 0,
            from,
            group_name: None,
            added_seq: None,
            attribute: None,
            path: None,
            merged: Vec::new(),
            found: Vec::new(),
            steps: Vec::new(),
            values,
            overrode: Vec::new(),
        }
    }
}
