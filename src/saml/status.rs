//! The failures that a service provider is told about, each with the two status codes of SAML Core
//! 3.2.2.2 and a sentence. Only ever sent to an ACS URL that is verified.

use crate::saml::urns::{
    STATUS_AUTHN_FAILED, STATUS_INVALID_NAMEID_POLICY, STATUS_NO_AUTHN_CONTEXT, STATUS_NO_PASSIVE,
    STATUS_REQUEST_DENIED, STATUS_REQUEST_UNSUPPORTED, STATUS_REQUESTER, STATUS_RESPONDER,
    STATUS_UNKNOWN_PRINCIPAL, STATUS_UNSUPPORTED_BINDING,
};

/// Why no assertion is given, as told to the service provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureStatus {
    /// The user could not be authenticated as it is required.
    AuthnFailed,
    /// NameIDPolicy asks for what is not issued, or forbids to make the identifier it needs.
    InvalidNameIdPolicy,
    /// No way to sign in meets the RequestedAuthnContext.
    NoAuthnContext,
    /// IsPassive, and nobody is signed in.
    NoPassive,
    /// The user was refused, or refused.
    RequestDenied,
    /// The request asks for something that is not offered.
    RequestUnsupported,
    /// The Subject of the request is not the one who signed in.
    UnknownPrincipal,
    /// No endpoint of the ProtocolBinding is registered.
    UnsupportedBinding,
}

impl FailureStatus {
    /// The outer status code: whose fault it is.
    pub const fn top_level(self) -> &'static str {
        match self {
            Self::InvalidNameIdPolicy | Self::RequestUnsupported | Self::UnsupportedBinding => {
                STATUS_REQUESTER
            }
            Self::AuthnFailed
            | Self::NoAuthnContext
            | Self::NoPassive
            | Self::RequestDenied
            | Self::UnknownPrincipal => STATUS_RESPONDER,
        }
    }

    /// The inner status code: what it is.
    pub const fn second_level(self) -> &'static str {
        match self {
            Self::AuthnFailed => STATUS_AUTHN_FAILED,
            Self::InvalidNameIdPolicy => STATUS_INVALID_NAMEID_POLICY,
            Self::NoAuthnContext => STATUS_NO_AUTHN_CONTEXT,
            Self::NoPassive => STATUS_NO_PASSIVE,
            Self::RequestDenied => STATUS_REQUEST_DENIED,
            Self::RequestUnsupported => STATUS_REQUEST_UNSUPPORTED,
            Self::UnknownPrincipal => STATUS_UNKNOWN_PRINCIPAL,
            Self::UnsupportedBinding => STATUS_UNSUPPORTED_BINDING,
        }
    }

    /// StatusMessage, for whoever reads the service provider's log.
    pub const fn message(self) -> &'static str {
        match self {
            Self::AuthnFailed => {
                "A second factor is required, and this way to sign in cannot ask for one."
            }
            Self::InvalidNameIdPolicy => "The requested NameIDPolicy cannot be met.",
            Self::NoAuthnContext => "No way to sign in meets the RequestedAuthnContext.",
            Self::NoPassive => "Nobody is signed in, and the request forbids to ask.",
            Self::RequestDenied => "The request was denied.",
            Self::RequestUnsupported => "The request asks for something that is not supported.",
            Self::UnknownPrincipal => "The requested subject is not the one who signed in.",
            Self::UnsupportedBinding => {
                "No endpoint of the requested ProtocolBinding is registered."
            }
        }
    }
}
