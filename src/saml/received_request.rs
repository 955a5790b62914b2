//! An AuthnRequest from octets to one whose sender is known as well as it can be. Verified and
//! unverified requests are different types.

use crate::domain::connector::SpCertificate;
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::authn_request::{self, AuthnRequest};
use crate::saml::gate::ExpectedMessage;
use crate::saml::inbound::InboundMessage;
use crate::saml::message::MessageError;
use crate::saml::received_message::{self, AuthenticityError, ReceivedMessage};

/// A request of which nothing is believed yet.
#[derive(Debug)]
pub struct ReceivedRequest(ReceivedMessage);

/// A request whose signature, if it carries one, was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticRequest {
    request: AuthnRequest,
    is_signed: bool,
}

/// Takes a request in. Only whom it claims to come from is read, to look up the keys.
pub fn receive(inbound: InboundMessage) -> Result<ReceivedRequest, MessageError> {
    received_message::receive(inbound, ExpectedMessage::AuthnRequest).map(ReceivedRequest)
}

/// Takes a request in that came in a SOAP envelope (SAML Profiles 4.2.4.2).
pub fn receive_enveloped(xml: &[u8]) -> Result<ReceivedRequest, MessageError> {
    received_message::receive_enveloped(xml, ExpectedMessage::AuthnRequest).map(ReceivedRequest)
}

impl ReceivedRequest {
    /// Whose keys are to be asked; the entity ID of nobody until then.
    pub fn claimed_issuer(&self) -> &str {
        self.0.claimed_issuer()
    }

    /// The ID that it claims to have.
    pub fn claimed_id(&self) -> &str {
        self.0.claimed_id()
    }

    /// Verifies whatever signature there is with the registered certificates of the claimed issuer,
    /// and reads the request.
    pub fn authenticate(
        self,
        certificates: &[SpCertificate],
        verdicts: &mut Verdicts,
    ) -> Result<AuthenticRequest, AuthenticityError> {
        let authentic = self.0.authenticate(certificates, verdicts)?;
        let request = authn_request::read(authentic.message());
        Ok(AuthenticRequest {
            request: verdicts.take(Check::Shape, request)?,
            is_signed: authentic.is_signed(),
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
