//! What every protocol message says of itself (SAML Core 3.2.1, 3.2.2), and the small readings that
//! all its readers share. Understands, never judges.

use chrono::{DateTime, Utc};

use crate::saml::bounds::{MAX_ENTITY_ID_CHARS, MAX_VALUE_CHARS};
use crate::saml::gate::GateError;
use crate::saml::instant;
use crate::saml::urns::{NAMEID_ENTITY, NS_ASSERTION};
use crate::saml::xml_tree::Element;

/// The attributes and the Issuer that requests and responses have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub id: String,
    /// The entity ID of whoever says to have sent it; names the connector to look up.
    pub issuer: String,
    pub issue_instant: DateTime<Utc>,
    pub destination: Option<String>,
}

/// Why a message cannot be read. All are answered by a local page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    #[error(transparent)]
    Gate(#[from] GateError),
    #[error("the Issuer is missing, not plain text, or not an entity ID")]
    Issuer,
    #[error("IssueInstant is missing or not a date and time")]
    IssueInstant,
    #[error("the attribute {0} is not true or false")]
    Boolean(&'static str),
    #[error("the attribute {0} is not a date and time")]
    Instant(&'static str),
    #[error("AssertionConsumerServiceIndex is not a number from 0 to 65535")]
    AcsIndex,
    #[error("the element {0} is missing")]
    Missing(&'static str),
    #[error("the element {0} occurs more than once")]
    Repeated(&'static str),
    #[error("the element {0} is malformed")]
    Element(&'static str),
}

/// Reads the header of a message that passed the gate, by its root.
pub fn read_header(root: &Element) -> Result<Header, MessageError> {
    let owned = |name: &str| root.attribute(name).map(str::to_owned);
    Ok(Header {
        id: owned("ID").unwrap_or_default(),
        issuer: read_issuer(root)?,
        issue_instant: root
            .attribute("IssueInstant")
            .and_then(instant::parse)
            .ok_or(MessageError::IssueInstant)?,
        destination: owned("Destination"),
    })
}

/// The Issuer: an entity ID in plain text.
pub fn read_issuer(root: &Element) -> Result<String, MessageError> {
    let issuer = only_child(root, NS_ASSERTION, "Issuer")?.ok_or(MessageError::Issuer)?;
    let is_entity = issuer
        .attribute("Format")
        .is_none_or(|format| format == NAMEID_ENTITY);
    let text = issuer.plain_text().unwrap_or_default();
    let fits = !text.is_empty() && text.chars().count() <= MAX_ENTITY_ID_CHARS;
    if is_entity && fits {
        Ok(text.to_owned())
    } else {
        Err(MessageError::Issuer)
    }
}

/// Plain text that is short enough to be kept.
pub fn bounded_text(element: &Element) -> Option<String> {
    element
        .plain_text()
        .filter(|text| text.chars().count() <= MAX_VALUE_CHARS)
        .map(str::to_owned)
}

/// The child of this name; more than one is a fault.
pub fn only_child<'a>(
    parent: &'a Element,
    namespace: &'a str,
    local: &'static str,
) -> Result<Option<&'a Element>, MessageError> {
    let mut children = parent.children_named(namespace, local);
    let first = children.next();
    if children.next().is_some() {
        return Err(MessageError::Repeated(local));
    }
    Ok(first)
}

/// xs:boolean: `true`, `false`, `1`, `0`.
pub fn boolean(element: &Element, name: &'static str) -> Result<Option<bool>, MessageError> {
    match element.attribute(name).map(str::trim) {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(MessageError::Boolean(name)),
    }
}
