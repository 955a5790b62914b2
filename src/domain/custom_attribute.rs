//! Custom attributes of users and groups: names, typed values and their limits (rules B3-B7,
//! B11-B13). A value that exists here can be stored and can be carried by XML 1.0.

use crate::domain::ids::{GroupId, PublicId};

/// A validated attribute name: unique per owner, exact case, without `.` (rule B5).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeName(String);

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

/// The text of a number that passed rule B6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberText(String);

/// The compact text of a JSON object that passed rules B7, B11-B13.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonObjectText(String);

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
