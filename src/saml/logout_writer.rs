//! The two messages of single logout as we send them (SAML Core 3.7.1, 3.7.2), in the order of the
//! schema, still to be signed.

use chrono::{DateTime, Utc};

use crate::saml::message_envelope::{Envelope, write_status};
use crate::saml::name_id::{NameId, write_name_id};
use crate::saml::signature::Signable;
use crate::saml::urns::{
    LOGOUT_BY_USER, NS_ASSERTION, STATUS_PARTIAL_LOGOUT, STATUS_REQUEST_UNSUPPORTED,
    STATUS_REQUESTER, STATUS_SUCCESS, STATUS_UNKNOWN_PRINCIPAL,
};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// Asks a service provider to end what it holds.
#[derive(Debug, Clone, Copy)]
pub struct LogoutRequestInput<'a> {
    /// Unique, an NCName.
    pub id: &'a str,
    /// Our entity ID.
    pub issuer: &'a str,
    pub destination: &'a str,
    pub issued_at: DateTime<Utc>,
    pub not_on_or_after: DateTime<Utc>,
    /// As it was issued.
    pub name_id: &'a NameId,
    /// As they were issued.
    pub session_indexes: &'a [String],
}

/// What the service provider that asked is told (SAML Core 3.7.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutStatus {
    /// Every session is over.
    Success,
    /// Ours is over, and not every other participant confirmed that its own is.
    PartialLogout,
    /// The request names no session that this service provider holds (SAML Core 3.2.2.2).
    UnknownPrincipal,
    /// It names the person in a way that is not issued.
    UnsupportedPrincipal,
    /// It names no session (SAML Profiles 4.4.4.1).
    NoSessionIndex,
}

impl LogoutStatus {
    /// The top-level code and, where there is one, the second-level code.
    pub const fn codes(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Success => (STATUS_SUCCESS, None),
            Self::PartialLogout => (STATUS_SUCCESS, Some(STATUS_PARTIAL_LOGOUT)),
            Self::UnknownPrincipal => (STATUS_REQUESTER, Some(STATUS_UNKNOWN_PRINCIPAL)),
            Self::UnsupportedPrincipal | Self::NoSessionIndex => {
                (STATUS_REQUESTER, Some(STATUS_REQUEST_UNSUPPORTED))
            }
        }
    }

    /// StatusMessage, for whoever reads the service provider's log.
    pub const fn message(self) -> Option<&'static str> {
        match self {
            Self::Success => None,
            Self::PartialLogout => Some("Not every other application confirmed the logout."),
            Self::UnknownPrincipal => {
                Some("NameID and SessionIndex name no session of this service provider.")
            }
            Self::UnsupportedPrincipal => Some("Name the principal by the NameID that was issued."),
            Self::NoSessionIndex => Some("Name the session by the SessionIndex that was issued."),
        }
    }
}

/// Answers a service provider.
#[derive(Debug, Clone, Copy)]
pub struct LogoutResponseInput<'a> {
    /// Unique, an NCName.
    pub id: &'a str,
    /// Our entity ID.
    pub issuer: &'a str,
    pub destination: &'a str,
    /// The ID of its request.
    pub in_response_to: &'a str,
    pub issued_at: DateTime<Utc>,
    pub status: LogoutStatus,
}

/// A LogoutRequest.
pub fn write_request(input: &LogoutRequestInput<'_>) -> Result<Signable, ForbiddenCharacter> {
    let mut tail = XmlWriter::new();
    write_name_id(&mut tail, input.name_id, &[("xmlns:saml", NS_ASSERTION)]);
    for session_index in input.session_indexes {
        tail.leaf("samlp:SessionIndex", &[], session_index);
    }
    Envelope {
        element: "samlp:LogoutRequest",
        id: input.id,
        issuer: input.issuer,
        destination: Some(input.destination),
        in_response_to: None,
        issued_at: input.issued_at,
        not_on_or_after: Some(input.not_on_or_after),
        reason: Some(LOGOUT_BY_USER),
    }
    .around(tail)
}

/// A LogoutResponse.
pub fn write_response(input: &LogoutResponseInput<'_>) -> Result<Signable, ForbiddenCharacter> {
    let mut tail = XmlWriter::new();
    write_status(&mut tail, input.status.codes(), input.status.message());
    Envelope {
        element: "samlp:LogoutResponse",
        id: input.id,
        issuer: input.issuer,
        destination: Some(input.destination),
        in_response_to: Some(input.in_response_to),
        issued_at: input.issued_at,
        not_on_or_after: None,
        reason: None,
    }
    .around(tail)
}
