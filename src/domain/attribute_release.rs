//! From mappings and attributes to what leaves in the statement, each value with its origin (rules
//! B1, B2, B8, B9, B17-B24, B26, C2, C3, C8). Deciding and explaining are this one function.

use crate::domain::connector::NameFormat;

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
    /// What this mapping contributed.
    pub values: Vec<String>,
    /// What lost against it, newest first (rules B8, B17).
    pub overrode: Vec<Overridden>,
}

/// API spelling `USER`, `GROUP`, `FIELD`, `CONSTANT`, `GROUPS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginKind {
    User,
    Group,
    Field,
    Constant,
    Groups,
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
}

/// One mapping that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Omission {
    /// Index into the connector's mappings.
    pub mapping: usize,
    pub reason: OmissionReason,
}

/// The whole outcome of a connector's mappings for one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// In the order of each name's first mapping (rule C3).
    pub attributes: Vec<ReleasedAttribute>,
    pub omitted: Vec<Omission>,
}
