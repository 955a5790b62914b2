//! An exchange: one message that a service provider sent or was sent, with the verdicts on it. What
//! the flight recorder keeps; nothing is decided by it.

use chrono::{DateTime, Utc};

use crate::domain::connector::{AcsBinding, EndpointBinding};
use crate::domain::ids::PublicId;
use crate::domain::verdict::{Check, Verdicts};

/// Which message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageType {
    AuthnRequest,
    Response,
    LogoutRequest,
    LogoutResponse,
}

impl MessageType {
    pub const ALL: [Self; 4] = [
        Self::AuthnRequest,
        Self::Response,
        Self::LogoutRequest,
        Self::LogoutResponse,
    ];

    /// The name of its element, which is also the spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthnRequest => "AuthnRequest",
            Self::Response => "Response",
            Self::LogoutRequest => "LogoutRequest",
            Self::LogoutResponse => "LogoutResponse",
        }
    }

    /// Reads the spelling of the store.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// How it travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExchangeBinding {
    HttpPost,
    HttpRedirect,
    HttpArtifact,
    Soap,
    Paos,
}

impl ExchangeBinding {
    pub const ALL: [Self; 5] = [
        Self::HttpPost,
        Self::HttpRedirect,
        Self::HttpArtifact,
        Self::Soap,
        Self::Paos,
    ];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HttpPost => "HTTP-POST",
            Self::HttpRedirect => "HTTP-REDIRECT",
            Self::HttpArtifact => "HTTP-ARTIFACT",
            Self::Soap => "SOAP",
            Self::Paos => "PAOS",
        }
    }

    /// Reads the spelling of the store.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

impl From<EndpointBinding> for ExchangeBinding {
    fn from(binding: EndpointBinding) -> Self {
        match binding {
            EndpointBinding::HttpPost => Self::HttpPost,
            EndpointBinding::HttpRedirect => Self::HttpRedirect,
        }
    }
}

impl From<AcsBinding> for ExchangeBinding {
    fn from(binding: AcsBinding) -> Self {
        match binding {
            AcsBinding::HttpPost => Self::HttpPost,
            AcsBinding::HttpArtifact => Self::HttpArtifact,
            AcsBinding::Paos => Self::Paos,
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExchangeOutcome {
    /// It came in and is believed.
    Accepted,
    /// It went out.
    Sent,
    /// It came in and was turned away, or it was to go out and could not.
    Refused,
}

impl ExchangeOutcome {
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Sent, Self::Refused];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Sent => "SENT",
            Self::Refused => "REFUSED",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::Sent => "Sent",
            Self::Refused => "Refused",
        }
    }

    /// Reads the spelling of the store.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// One message with what was found of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub id: PublicId,
    pub at: DateTime<Utc>,
    pub message: MessageType,
    pub outcome: ExchangeOutcome,
    pub binding: ExchangeBinding,
    /// Its ID, once it is known.
    pub message_id: Option<String>,
    /// The ID of the message that it answers.
    pub in_response_to: Option<String>,
    /// The user whom it is about, once that is known.
    pub username: Option<String>,
    pub verdicts: Verdicts,
    /// The document, if payloads were recorded at that moment.
    pub payload: Option<String>,
}

impl Exchange {
    /// Whether somebody stands behind it whom we know: a signature that was verified, or a session of
    /// ours. What strangers can make up without end is kept apart, so that it displaces nothing.
    pub fn is_proven(&self) -> bool {
        self.outcome == ExchangeOutcome::Sent
            || self.username.is_some()
            || self.verdicts.has_passed(Check::Signature)
    }
}
