//! Dot paths into custom attributes: `otherInfo.userSettings.role` (rules B18-B24, B29). The first
//! segment is the attribute's name. Architecture invariant: looking a path up never fails; a path
//! that does not resolve says why it yields nothing.

/// A parsed path: an attribute name and zero or more object fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributePath {
    text: String,
}
