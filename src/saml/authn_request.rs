//! The one reader of AuthnRequest (SAML Core 3.4.1): from a gated message to what the service
//! provider asks for. It understands, it does not judge: `request_validation` does that.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::saml::bounds::{MAX_CLASS_REFS, MAX_ENTITY_ID_CHARS, MAX_VALUE_CHARS};
use crate::saml::gate::{GateError, GatedMessage};
use crate::saml::instant;
use crate::saml::urns::{NAMEID_ENTITY, NS_ASSERTION, NS_PROTOCOL};
use crate::saml::xml_tree::Element;

/// An AuthnRequest as it was sent; nothing in it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthnRequest {
    pub id: String,
    /// The entity ID of whoever says to have sent it; names the connector to look up.
    pub issuer: String,
    pub issue_instant: DateTime<Utc>,
    pub destination: Option<String>,
    pub acs_url: Option<String>,
    pub acs_index: Option<u16>,
    pub protocol_binding: Option<String>,
    pub force_authn: bool,
    pub is_passive: bool,
    pub name_id_policy: Option<NameIdPolicy>,
    pub requested_authn_context: Option<RequestedAuthnContext>,
    pub subject: Option<RequestedSubject>,
}

/// NameIDPolicy (SAML Core 3.4.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameIdPolicy {
    pub format: Option<String>,
    pub allow_create: Option<bool>,
    pub sp_name_qualifier: Option<String>,
}

/// How the context classes of a RequestedAuthnContext are to be compared (SAML Core 3.3.2.2.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    #[default]
    Exact,
    Minimum,
    Maximum,
    Better,
}

/// RequestedAuthnContext (SAML Core 3.3.2.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedAuthnContext {
    pub comparison: Comparison,
    /// AuthnContextClassRef values in order of preference. Empty when only declarations were
    /// named, which no class can meet.
    pub class_refs: Vec<String>,
}

/// The Subject that the assertion has to be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestedSubject {
    NameId {
        value: String,
        format: Option<String>,
    },
    /// An encrypted or otherwise unsupported identifier, or a SubjectConfirmation, which SAML
    /// Profiles 4.1.4.1 forbids.
    Unsupported,
}

/// Why a request cannot be read. All are answered by a local page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthnRequestError {
    #[error(transparent)]
    Gate(#[from] GateError),
    #[error("the Issuer is missing, not plain text, or not an entity ID")]
    Issuer,
    #[error("IssueInstant is missing or not a date and time")]
    IssueInstant,
    #[error("the attribute {0} is not true or false")]
    Boolean(&'static str),
    #[error("AssertionConsumerServiceIndex is not a number from 0 to 65535")]
    AcsIndex,
    #[error("the element {0} occurs more than once")]
    Repeated(&'static str),
    #[error("the element {0} is malformed")]
    Element(&'static str),
}

/// Reads a message that passed the gate.
pub fn read(message: &GatedMessage) -> Result<AuthnRequest, AuthnRequestError> {
    let root = message.root();
    let owned = |name: &str| root.attribute(name).map(str::to_owned);
    Ok(AuthnRequest {
        id: owned("ID").unwrap_or_default(),
        issuer: read_issuer(root)?,
        issue_instant: root
            .attribute("IssueInstant")
            .and_then(instant::parse)
            .ok_or(AuthnRequestError::IssueInstant)?,
        destination: owned("Destination"),
        acs_url: owned("AssertionConsumerServiceURL"),
        acs_index: read_acs_index(root)?,
        protocol_binding: owned("ProtocolBinding"),
        force_authn: boolean(root, "ForceAuthn")?.unwrap_or(false),
        is_passive: boolean(root, "IsPassive")?.unwrap_or(false),
        name_id_policy: read_name_id_policy(root)?,
        requested_authn_context: read_requested_authn_context(root)?,
        subject: read_subject(root)?,
    })
}

/// The Issuer: an entity ID in plain text.
pub fn read_issuer(root: &Element) -> Result<String, AuthnRequestError> {
    let issuer = only_child(root, NS_ASSERTION, "Issuer")?.ok_or(AuthnRequestError::Issuer)?;
    let is_entity = issuer
        .attribute("Format")
        .is_none_or(|format| format == NAMEID_ENTITY);
    let text = issuer.plain_text().unwrap_or_default();
    let fits = !text.is_empty() && text.chars().count() <= MAX_ENTITY_ID_CHARS;
    if is_entity && fits {
        Ok(text.to_owned())
    } else {
        Err(AuthnRequestError::Issuer)
    }
}

fn read_acs_index(root: &Element) -> Result<Option<u16>, AuthnRequestError> {
    let Some(text) = root.attribute("AssertionConsumerServiceIndex") else {
        return Ok(None);
    };
    match text.trim().parse() {
        Ok(index) => Ok(Some(index)),
        Err(_) => Err(AuthnRequestError::AcsIndex),
    }
}

fn read_name_id_policy(root: &Element) -> Result<Option<NameIdPolicy>, AuthnRequestError> {
    let Some(policy) = only_child(root, NS_PROTOCOL, "NameIDPolicy")? else {
        return Ok(None);
    };
    let owned = |name: &str| policy.attribute(name).map(str::to_owned);
    Ok(Some(NameIdPolicy {
        format: owned("Format"),
        allow_create: boolean(policy, "AllowCreate")?,
        sp_name_qualifier: owned("SPNameQualifier"),
    }))
}

fn read_requested_authn_context(
    root: &Element,
) -> Result<Option<RequestedAuthnContext>, AuthnRequestError> {
    const NAME: &str = "RequestedAuthnContext";
    let Some(requested) = only_child(root, NS_PROTOCOL, NAME)? else {
        return Ok(None);
    };
    let comparison = match requested.attribute("Comparison") {
        None | Some("exact") => Comparison::Exact,
        Some("minimum") => Comparison::Minimum,
        Some("maximum") => Comparison::Maximum,
        Some("better") => Comparison::Better,
        Some(_) => return Err(AuthnRequestError::Element(NAME)),
    };
    let class_refs = requested
        .children_named(NS_ASSERTION, "AuthnContextClassRef")
        .map(bounded_text)
        .collect::<Option<Vec<_>>>()
        .filter(|class_refs| class_refs.len() <= MAX_CLASS_REFS)
        .ok_or(AuthnRequestError::Element(NAME))?;
    Ok(Some(RequestedAuthnContext {
        comparison,
        class_refs,
    }))
}

fn read_subject(root: &Element) -> Result<Option<RequestedSubject>, AuthnRequestError> {
    let Some(subject) = only_child(root, NS_ASSERTION, "Subject")? else {
        return Ok(None);
    };
    let Some(name_id) = only_child(subject, NS_ASSERTION, "NameID")? else {
        return Ok(Some(RequestedSubject::Unsupported));
    };
    if subject.children.len() != 1 {
        return Ok(Some(RequestedSubject::Unsupported));
    }
    Ok(Some(RequestedSubject::NameId {
        value: bounded_text(name_id).ok_or(AuthnRequestError::Element("Subject"))?,
        format: name_id.attribute("Format").map(str::to_owned),
    }))
}

/// Plain text that is short enough to be kept while somebody signs in.
fn bounded_text(element: &Element) -> Option<String> {
    element
        .plain_text()
        .filter(|text| text.chars().count() <= MAX_VALUE_CHARS)
        .map(str::to_owned)
}

fn only_child<'a>(
    parent: &'a Element,
    namespace: &'a str,
    local: &'static str,
) -> Result<Option<&'a Element>, AuthnRequestError> {
    let mut children = parent.children_named(namespace, local);
    let first = children.next();
    if children.next().is_some() {
        return Err(AuthnRequestError::Repeated(local));
    }
    Ok(first)
}

/// xs:boolean: `true`, `false`, `1`, `0`.
fn boolean(element: &Element, name: &'static str) -> Result<Option<bool>, AuthnRequestError> {
    match element.attribute(name).map(str::trim) {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(AuthnRequestError::Boolean(name)),
    }
}

#[cfg(test)]
mod tests;
