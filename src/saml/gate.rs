//! The shape gate: what a protocol message has to look like before anything is read out of it or
//! verified (requirement SHAPE-FIRST). A message that passed is a [`GatedMessage`], which is all
//! that the readers take, or a [`SealedMessage`], which becomes one by its verified signature.

use std::collections::BTreeSet;

use crate::domain::connector::SpCertificate;
use crate::saml::bounds::{MAX_MESSAGE_ID_CHARS, XmlBounds};
use crate::saml::enveloped_signature::{self, EnvelopedSignature, SignatureShape};
use crate::saml::soap::{self, EnvelopeError};
use crate::saml::sp_keys::{SignatureFault, VerifiedBy};
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
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error(transparent)]
    Signature(#[from] SignatureShape),
    #[error("a message in a query carries its signature beside it, and this one carries it inside")]
    SignatureInside,
}

/// The messages that somebody may send us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedMessage {
    AuthnRequest,
    LogoutRequest,
    LogoutResponse,
    ArtifactResolve,
}

impl ExpectedMessage {
    const fn local_name(self) -> &'static str {
        match self {
            Self::AuthnRequest => "AuthnRequest",
            Self::LogoutRequest => "LogoutRequest",
            Self::LogoutResponse => "LogoutResponse",
            Self::ArtifactResolve => "ArtifactResolve",
        }
    }
}

/// A message whose shape is right and whose values may be read: it carries no signature inside, or
/// is what a verified signature covers.
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

/// A message that carries a signature in the right shape. Until that is verified nothing is read
/// out of it but whom it claims to come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedMessage {
    root: Element,
    xml: String,
    signature: EnvelopedSignature,
}

impl SealedMessage {
    /// What it claims to be, for the look-up of the keys that have to fit.
    pub const fn claims(&self) -> &Element {
        &self.root
    }

    /// Verifies the signature; what comes out is read anew from the text that it covers, which has
    /// to be this message.
    pub fn open(
        self,
        certificates: &[SpCertificate],
    ) -> Result<(GatedMessage, VerifiedBy), SignatureFault> {
        let (text, by) = enveloped_signature::verify(&self.xml, &self.signature, certificates)?;
        let root = parse(text.as_bytes(), &XmlBounds::MESSAGE)
            .map_err(|_not_a_document| SignatureFault::Other)?;
        let is_the_same = root.is(&self.root.namespace, &self.root.local)
            && root.attribute("ID") == self.root.attribute("ID");
        let is_open = matches!(enveloped_signature::find(&root), Ok(None));
        if is_the_same && is_open {
            Ok((GatedMessage { root }, by))
        } else {
            Err(SignatureFault::Other)
        }
    }
}

/// What passed the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Open(GatedMessage),
    Sealed(SealedMessage),
}

/// Lets a message of the expected kind through.
pub fn admit(xml: &[u8], expected: ExpectedMessage) -> Result<Shape, GateError> {
    let root = parse(xml, &XmlBounds::MESSAGE)?;
    check_ids(&root)?;
    shape_of(root, xml, expected)
}

/// Lets a message through that came in a SOAP envelope (SAML Bindings 3.2). Nothing of XML Signature
/// may stand outside of the message, so that there is still one signature and one meaning.
pub fn admit_enveloped(xml: &[u8], expected: ExpectedMessage) -> Result<Shape, GateError> {
    let envelope = parse(xml, &XmlBounds::MESSAGE)?;
    check_ids(&envelope)?;
    let message = soap::message_of(&envelope)?;
    let in_dsig = |root: &Element| {
        let all = root.descendants();
        all.filter(|element| element.namespace == NS_DSIG).count()
    };
    if in_dsig(&envelope) != in_dsig(message) {
        return Err(SignatureShape.into());
    }
    shape_of(message.clone(), xml, expected)
}

/// `xml`: the whole document, which a signature is verified in.
fn shape_of(root: Element, xml: &[u8], expected: ExpectedMessage) -> Result<Shape, GateError> {
    if !root.is(NS_PROTOCOL, expected.local_name()) {
        return Err(GateError::WrongRoot);
    }
    if root.attribute("Version") != Some("2.0") {
        return Err(GateError::WrongVersion);
    }
    let has_id = root
        .attribute("ID")
        .is_some_and(|id| id.chars().count() <= MAX_MESSAGE_ID_CHARS);
    if !has_id {
        return Err(GateError::BadId);
    }
    match enveloped_signature::find(&root)? {
        None => Ok(Shape::Open(GatedMessage { root })),
        Some(signature) => Ok(Shape::Sealed(SealedMessage {
            // The parser takes UTF-8 only.
            xml: String::from_utf8_lossy(xml).into_owned(),
            signature,
            root,
        })),
    }
}

/// Every ID is a name and stands once, in whatever spelling of the attribute.
fn check_ids(root: &Element) -> Result<(), GateError> {
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
