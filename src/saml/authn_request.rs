//! The one reader of AuthnRequest (SAML Core 3.4.1): from a gated message to what the service
//! provider asks for. It understands, it does not judge: `request_validation` does that.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::saml::bounds::MAX_CLASS_REFS;
use crate::saml::gate::GatedMessage;
use crate::saml::message::{MessageError, boolean, bounded_text, only_child, read_header};
use crate::saml::urns::{NS_ASSERTION, NS_PROTOCOL};
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
        /// Absent from requests that an earlier version kept.
        #[serde(default)]
        name_qualifier: Option<String>,
        #[serde(default)]
        sp_name_qualifier: Option<String>,
    },
    /// An encrypted or otherwise unsupported identifier, or a SubjectConfirmation, which SAML
    /// Profiles 4.1.4.1 forbids.
    Unsupported,
}

/// Reads a message that passed the gate.
pub fn read(message: &GatedMessage) -> Result<AuthnRequest, MessageError> {
    let root = message.root();
    let owned = |name: &str| root.attribute(name).map(str::to_owned);
    let header = read_header(root)?;
    Ok(AuthnRequest {
        id: header.id,
        issuer: header.issuer,
        issue_instant: header.issue_instant,
        destination: header.destination,
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

fn read_acs_index(root: &Element) -> Result<Option<u16>, MessageError> {
    let Some(text) = root.attribute("AssertionConsumerServiceIndex") else {
        return Ok(None);
    };
    match text.trim().parse() {
        Ok(index) => Ok(Some(index)),
        Err(_) => Err(MessageError::AcsIndex),
    }
}

fn read_name_id_policy(root: &Element) -> Result<Option<NameIdPolicy>, MessageError> {
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
) -> Result<Option<RequestedAuthnContext>, MessageError> {
    const NAME: &str = "RequestedAuthnContext";
    let Some(requested) = only_child(root, NS_PROTOCOL, NAME)? else {
        return Ok(None);
    };
    let comparison = match requested.attribute("Comparison") {
        None | Some("exact") => Comparison::Exact,
        Some("minimum") => Comparison::Minimum,
        Some("maximum") => Comparison::Maximum,
        Some("better") => Comparison::Better,
        Some(_) => return Err(MessageError::Element(NAME)),
    };
    let class_refs = requested
        .children_named(NS_ASSERTION, "AuthnContextClassRef")
        .map(bounded_text)
        .collect::<Option<Vec<_>>>()
        .filter(|class_refs| class_refs.len() <= MAX_CLASS_REFS)
        .ok_or(MessageError::Element(NAME))?;
    Ok(Some(RequestedAuthnContext {
        comparison,
        class_refs,
    }))
}

fn read_subject(root: &Element) -> Result<Option<RequestedSubject>, MessageError> {
    let Some(subject) = only_child(root, NS_ASSERTION, "Subject")? else {
        return Ok(None);
    };
    let Some(name_id) = only_child(subject, NS_ASSERTION, "NameID")? else {
        return Ok(Some(RequestedSubject::Unsupported));
    };
    if subject.children.len() != 1 {
        return Ok(Some(RequestedSubject::Unsupported));
    }
    let owned = |name: &str| name_id.attribute(name).map(str::to_owned);
    Ok(Some(RequestedSubject::NameId {
        value: bounded_text(name_id).ok_or(MessageError::Element("Subject"))?,
        format: owned("Format"),
        name_qualifier: owned("NameQualifier"),
        sp_name_qualifier: owned("SPNameQualifier"),
    }))
}

#[cfg(test)]
mod tests;
