//! The shape gate: what a protocol message has to look like before anything is read out of it or
//! verified (requirement SHAPE-FIRST). It reads nothing out; a message that passed is a
//! [`GatedMessage`], and the readers take nothing else.

use std::collections::BTreeSet;

use crate::saml::bounds::{MAX_MESSAGE_ID_CHARS, XmlBounds};
use crate::saml::urns::{NS_DSIG, NS_PROTOCOL, NS_XML};
use crate::saml::xml_chars::is_ncname;
use crate::saml::xml_reader::{XmlError, parse};
use crate::saml::xml_tree::Element;

/// Why a message is turned away at the gate. All are answered by a local page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    #[error(transparent)]
    Xml(#[from] XmlError),
    #[error("the message is not the expected protocol message")]
    WrongRoot,
    #[error("the message is not of SAML version 2.0")]
    WrongVersion,
    #[error("the ID of the message is missing or not a valid XML ID of at most 256 characters")]
    BadId,
    #[error("an ID occurs twice in the message")]
    DuplicateId,
    #[error("the message carries a signature; signed requests are not available in this version")]
    SignedNotSupported,
}

/// The messages that somebody may send us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedMessage {
    AuthnRequest,
}

impl ExpectedMessage {
    const fn local_name(self) -> &'static str {
        match self {
            Self::AuthnRequest => "AuthnRequest",
        }
    }
}

/// An unsigned message whose shape is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatedMessage {
    root: Element,
}

impl GatedMessage {
    /// The root element; its name, version and ID are as expected.
    pub const fn root(&self) -> &Element {
        &self.root
    }
}

/// Lets an unsigned message of the expected kind through.
pub fn admit(xml: &[u8], expected: ExpectedMessage) -> Result<GatedMessage, GateError> {
    let root = parse(xml, &XmlBounds::MESSAGE)?;
    if !root.is(NS_PROTOCOL, expected.local_name()) {
        return Err(GateError::WrongRoot);
    }
    if root.attribute("Version") != Some("2.0") {
        return Err(GateError::WrongVersion);
    }
    check_ids(&root)?;
    // Wherever it stands: a signature that is not checked must not look as if it had been.
    if root
        .descendants()
        .any(|element| element.is(NS_DSIG, "Signature"))
    {
        return Err(GateError::SignedNotSupported);
    }
    Ok(GatedMessage { root })
}

/// Every ID is a name and stands once, in whatever spelling of the attribute.
fn check_ids(root: &Element) -> Result<(), GateError> {
    let has_id = root
        .attribute("ID")
        .is_some_and(|id| id.chars().count() <= MAX_MESSAGE_ID_CHARS);
    if !has_id {
        return Err(GateError::BadId);
    }
    let mut seen = BTreeSet::new();
    for element in root.descendants() {
        for attribute in &element.attributes {
            let is_id = match attribute.namespace.as_str() {
                "" => matches!(attribute.local.as_str(), "ID" | "Id"),
                NS_XML => attribute.local == "id",
                _ => false,
            };
            if !is_id {
                continue;
            }
            if !is_ncname(&attribute.value) {
                return Err(GateError::BadId);
            }
            if !seen.insert(attribute.value.as_str()) {
                return Err(GateError::DuplicateId);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
