//! The way of an AuthnRequest from octets to one whose sender is known as well as it can be: gate,
//! the claimed issuer, the signature with that issuer's registered keys, and only then its values.
//! Verified and unverified requests are different types.

use crate::domain::connector::{EndpointBinding, SpCertificate};
use crate::saml::authn_request::{self, AuthnRequest, AuthnRequestError};
use crate::saml::detached_signature::DetachedSignature;
use crate::saml::gate::{ExpectedMessage, GateError, GatedMessage, SealedMessage, Shape, admit};
use crate::saml::inbound::InboundRequest;
use crate::saml::sp_keys::SignatureFault;

/// A request of which nothing is believed yet.
#[derive(Debug)]
pub struct ReceivedRequest {
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

/// A request whose signature, if it carries one, was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticRequest {
    request: AuthnRequest,
    is_signed: bool,
}

/// Why a request is not authentic. All are answered by a local page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticityError {
    #[error(transparent)]
    Message(#[from] AuthnRequestError),
    #[error(transparent)]
    Signature(#[from] SignatureFault),
}

/// Takes a request in. Only whom it claims to come from is read, to look up the keys.
pub fn receive(inbound: InboundRequest) -> Result<ReceivedRequest, AuthnRequestError> {
    match admit(&inbound.xml, ExpectedMessage::AuthnRequest)? {
        Shape::Open(message) => Ok(ReceivedRequest {
            claimed_issuer: authn_request::read_issuer(message.root())?,
            content: Content::Open(message, inbound.signature),
        }),
        // In a query the signature stands beside the message and never in it (SAML Bindings
        // 3.4.4.1): two of them would be two answers to one question.
        Shape::Sealed(_) if inbound.binding == EndpointBinding::HttpRedirect => {
            Err(GateError::SignatureInside.into())
        }
        Shape::Sealed(message) => Ok(ReceivedRequest {
            claimed_issuer: authn_request::read_issuer(message.claims())?,
            content: Content::Sealed(message),
        }),
    }
}

impl ReceivedRequest {
    /// Whose keys are to be asked; the entity ID of nobody until then.
    pub fn claimed_issuer(&self) -> &str {
        &self.claimed_issuer
    }

    /// Verifies whatever signature there is with the registered certificates of the claimed issuer,
    /// and reads the request.
    pub fn authenticate(
        self,
        certificates: &[SpCertificate],
    ) -> Result<AuthenticRequest, AuthenticityError> {
        let (message, is_signed) = match self.content {
            Content::Open(message, None) => (message, false),
            Content::Open(message, Some(signature)) => {
                signature.verify(certificates)?;
                (message, true)
            }
            Content::Sealed(sealed) => (sealed.open(certificates)?, true),
        };
        Ok(AuthenticRequest {
            request: authn_request::read(&message)?,
            is_signed,
        })
    }
}

impl AuthenticRequest {
    /// What is asked.
    pub const fn request(&self) -> &AuthnRequest {
        &self.request
    }

    /// Whether its sender proved to be the registered one.
    pub const fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// One that a test makes up.
    #[cfg(test)]
    pub(in crate::saml) const fn assumed(request: AuthnRequest, is_signed: bool) -> Self {
        Self { request, is_signed }
    }

    /// The request alone.
    pub fn into_request(self) -> AuthnRequest {
        self.request
    }
}
