//! The way of a message from octets to one whose sender is known as well as it can be: gate, the
//! claimed issuer, the signature with that issuer's registered keys, and only then its values. A
//! message of which nothing is believed and one whose signature was verified are different types.

use crate::domain::connector::{EndpointBinding, SpCertificate};
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::detached_signature::DetachedSignature;
use crate::saml::gate::{
    ExpectedMessage, GateError, GatedMessage, SealedMessage, Shape, admit, admit_enveloped,
};
use crate::saml::inbound::InboundMessage;
use crate::saml::message::{MessageError, read_issuer};
use crate::saml::sp_keys::{SignatureFault, VerifiedBy};

/// A message of which nothing is believed yet.
#[derive(Debug)]
pub struct ReceivedMessage {
    claimed_issuer: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// Without a signature inside; perhaps with one beside it.
    Open(GatedMessage, Option<DetachedSignature>),
    /// With a signature inside.
    Sealed(SealedMessage),
}

/// A message whose signature, if it carries one, was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticMessage {
    message: GatedMessage,
    is_signed: bool,
}

/// Why a message is not authentic. All are answered by a local page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticityError {
    #[error(transparent)]
    Message(#[from] MessageError),
    #[error(transparent)]
    Signature(#[from] SignatureFault),
}

/// Takes a message in. Only whom it claims to come from is read, to look up the keys.
pub fn receive(
    inbound: InboundMessage,
    expected: ExpectedMessage,
) -> Result<ReceivedMessage, MessageError> {
    match admit(&inbound.xml, expected)? {
        // In a query the signature stands beside the message and never in it (SAML Bindings
        // 3.4.4.1): two of them would be two answers to one question.
        Shape::Sealed(_) if inbound.binding == EndpointBinding::HttpRedirect => {
            Err(GateError::SignatureInside.into())
        }
        shape => ReceivedMessage::of(shape, inbound.signature),
    }
}

/// Takes a message in that came in a SOAP envelope.
pub fn receive_enveloped(
    xml: &[u8],
    expected: ExpectedMessage,
) -> Result<ReceivedMessage, MessageError> {
    ReceivedMessage::of(admit_enveloped(xml, expected)?, None)
}

impl ReceivedMessage {
    /// What passed the gate, with the signature that stood beside it.
    fn of(shape: Shape, beside: Option<DetachedSignature>) -> Result<Self, MessageError> {
        Ok(match shape {
            Shape::Open(message) => Self {
                claimed_issuer: read_issuer(message.root())?,
                content: Content::Open(message, beside),
            },
            Shape::Sealed(message) => Self {
                claimed_issuer: read_issuer(message.claims())?,
                content: Content::Sealed(message),
            },
        })
    }

    /// Whose keys are to be asked; the entity ID of nobody until then.
    pub fn claimed_issuer(&self) -> &str {
        &self.claimed_issuer
    }

    /// The ID that it claims to have.
    pub fn claimed_id(&self) -> &str {
        let root = match &self.content {
            Content::Open(message, _) => message.root(),
            Content::Sealed(message) => message.claims(),
        };
        root.attribute("ID").unwrap_or_default()
    }

    /// Verifies whatever signature there is with the registered certificates of the claimed issuer.
    pub fn authenticate(
        self,
        certificates: &[SpCertificate],
        verdicts: &mut Verdicts,
    ) -> Result<AuthenticMessage, SignatureFault> {
        let opened = match self.content {
            Content::Open(message, None) => {
                verdicts.skip(Check::Signature, "The message is not signed.");
                return Ok(AuthenticMessage {
                    message,
                    is_signed: false,
                });
            }
            Content::Open(message, Some(signature)) => {
                signature.verify(certificates).map(|by| (message, by))
            }
            Content::Sealed(sealed) => sealed.open(certificates),
        };
        let by = |(_, by): &(GatedMessage, VerifiedBy)| by.to_string();
        let (message, _) = verdicts.take_with(Check::Signature, opened, by)?;
        Ok(AuthenticMessage {
            message,
            is_signed: true,
        })
    }
}

impl AuthenticMessage {
    /// What the readers take.
    pub const fn message(&self) -> &GatedMessage {
        &self.message
    }

    /// Whether its sender proved to be the registered one.
    pub const fn is_signed(&self) -> bool {
        self.is_signed
    }
}
