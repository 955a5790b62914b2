//! A service provider's EntityDescriptor (SAML Metadata 2.3.2, 2.4.4) as the field really sends it:
//! elements are known by namespace and name, in any order; what is not used is left out and
//! reported, never a reason to refuse the whole. Its signature is not checked: an administrator
//! vouches for the file.

use chrono::{DateTime, Utc};

use crate::domain::connector::{AcsEndpoint, SloEndpoint, SpCertificate};
use crate::domain::sp_description::SpDescription;
use crate::domain::violation::Warning;
use crate::saml::bounds::{MAX_ENTITY_ID_CHARS, XmlBounds};
use crate::saml::instant;
use crate::saml::sp_metadata_description::{read_extensions, read_requested};
use crate::saml::sp_metadata_encryption::ListedEncryption;
use crate::saml::sp_metadata_endpoints::{read_acs, read_slo};
use crate::saml::sp_metadata_keys::read_keys;
use crate::saml::urns::{NS_METADATA, NS_PROTOCOL};
use crate::saml::xml_reader::{XmlError, parse};
use crate::saml::xml_tree::Element;

/// Why a document cannot be used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    #[error(transparent)]
    Xml(#[from] XmlError),
    #[error(
        "the document holds several entities (EntitiesDescriptor); give the EntityDescriptor of one service provider"
    )]
    Aggregate,
    #[error("the document is not SAML 2.0 metadata: its root element is not EntityDescriptor")]
    WrongRoot,
    #[error("the entityID is missing or longer than 1,024 characters")]
    EntityId,
    #[error("validUntil is not a date and time")]
    ValidUntil,
    #[error("the metadata has expired: its validUntil is past")]
    Expired,
    #[error("the document describes no SAML 2.0 service provider (SPSSODescriptor)")]
    NoServiceProvider,
    #[error("the service provider has no AssertionConsumerService with the HTTP-POST binding")]
    NoPostAcs,
}

/// What a connector can take from the metadata, and what was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpMetadata {
    pub entity_id: String,
    /// At least one, at most one default.
    pub acs: Vec<AcsEndpoint>,
    /// HTTP-POST and HTTP-Redirect.
    pub slo: Vec<SloEndpoint>,
    /// Each certificate once.
    pub certificates: Vec<SpCertificate>,
    /// What it lists as able to decrypt.
    pub encryption: ListedEncryption,
    /// AuthnRequestsSigned.
    pub authn_requests_signed: bool,
    /// What it says to people and asks for; nothing of it is needed to sign on.
    pub description: SpDescription,
    /// What was ignored, and why; pointer `/metadataXml`.
    pub warnings: Vec<Warning>,
}

impl SpMetadata {
    /// Notes something that was left out.
    pub(in crate::saml) fn warn(&mut self, detail: impl Into<String>) {
        let warning = Warning::new("/metadataXml", detail);
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// Reads again what was taken once. A date that has passed since does not unsay what it said.
pub fn read_again(xml: &str) -> Result<SpMetadata, MetadataError> {
    read(xml.as_bytes(), DateTime::<Utc>::MIN_UTC)
}

/// Reads one EntityDescriptor of at most 2 MiB.
pub fn read(xml: &[u8], now: DateTime<Utc>) -> Result<SpMetadata, MetadataError> {
    let root = parse(xml, &XmlBounds::METADATA)?;
    if root.is(NS_METADATA, "EntitiesDescriptor") {
        return Err(MetadataError::Aggregate);
    }
    if !root.is(NS_METADATA, "EntityDescriptor") {
        return Err(MetadataError::WrongRoot);
    }
    let mut found = SpMetadata {
        entity_id: read_entity_id(&root)?,
        ..SpMetadata::default()
    };
    if is_expired(&root, now, &mut found)? {
        return Err(MetadataError::Expired);
    }
    read_extensions(&root, &mut found);
    note_unused_children(&root, &["SPSSODescriptor"], &mut found);
    let mut roles = 0;
    let mut expired_roles = 0;
    for role in root.children_named(NS_METADATA, "SPSSODescriptor") {
        if !speaks_saml2(role) {
            found.warn("an SPSSODescriptor of another protocol than SAML 2.0 is ignored");
        } else if is_expired(role, now, &mut found)? {
            expired_roles += 1;
            found.warn("an SPSSODescriptor whose validUntil is past is ignored");
        } else {
            roles += 1;
            read_role(role, &mut found);
        }
    }
    match (roles, expired_roles) {
        (0, 0) => Err(MetadataError::NoServiceProvider),
        (0, _) => Err(MetadataError::Expired),
        _ if found.acs.is_empty() => Err(MetadataError::NoPostAcs),
        _ => Ok(found),
    }
}

fn read_entity_id(root: &Element) -> Result<String, MetadataError> {
    root.attribute("entityID")
        .map(str::trim)
        .filter(|id| !id.is_empty() && id.chars().count() <= MAX_ENTITY_ID_CHARS)
        .map(str::to_owned)
        .ok_or(MetadataError::EntityId)
}

/// The earliest date of what is used is the one after which none of it may be used.
fn is_expired(
    element: &Element,
    now: DateTime<Utc>,
    found: &mut SpMetadata,
) -> Result<bool, MetadataError> {
    let Some(text) = element.attribute("validUntil") else {
        return Ok(false);
    };
    let until = instant::parse(text).ok_or(MetadataError::ValidUntil)?;
    if until <= now {
        return Ok(true);
    }
    let known = &mut found.description.valid_until;
    *known = Some(known.map_or(until, |earlier| earlier.min(until)));
    Ok(false)
}

/// A missing protocolSupportEnumeration is against the schema and leaves nothing else to think.
fn speaks_saml2(role: &Element) -> bool {
    role.attribute("protocolSupportEnumeration")
        .is_none_or(|protocols| protocols.split_whitespace().any(|one| one == NS_PROTOCOL))
}

fn read_role(role: &Element, found: &mut SpMetadata) {
    found.authn_requests_signed |= is_true(role, "AuthnRequestsSigned");
    found.description.want_assertions_signed |= is_true(role, "WantAssertionsSigned");
    read_keys(role, found);
    read_acs(role, found);
    read_slo(role, found);
    read_extensions(role, found);
    read_requested(role, found);
    for format in role.children_named(NS_METADATA, "NameIDFormat") {
        if let Some(uri) = format.plain_text().filter(|uri| !uri.is_empty()) {
            found.description.name_id_formats.push(uri.to_owned());
        }
    }
    let used = [
        "KeyDescriptor",
        "AssertionConsumerService",
        "SingleLogoutService",
        "NameIDFormat",
        "AttributeConsumingService",
    ];
    note_unused_children(role, &used, found);
}

/// xs:boolean; anything else counts as not said.
pub(in crate::saml) fn is_true(element: &Element, name: &str) -> bool {
    matches!(
        element.attribute(name).map(str::trim),
        Some("true" | "TRUE" | "True" | "1")
    )
}

fn note_unused_children(parent: &Element, used: &[&str], found: &mut SpMetadata) {
    for child in &parent.children {
        let local = child.local.as_str();
        if child.namespace == NS_METADATA && used.contains(&local) {
            continue;
        }
        let why = match local {
            "Signature" => "the signature of the metadata is not checked",
            "ArtifactResolutionService" | "ManageNameIDService" => {
                found.warn(format!("{local} is ignored: it is not supported"));
                continue;
            }
            // About people and names; no sign-on depends on it.
            "Organization" | "ContactPerson" | "AdditionalMetadataLocation" => continue,
            // Read elsewhere, what is in it and not known is told there.
            "Extensions" => continue,
            _ => {
                found.warn(format!("the element {local} is ignored"));
                continue;
            }
        };
        found.warn(why);
    }
}

#[cfg(test)]
mod tests;
