//! The two ways to refuse a request: a page of our own while it is not known to come from where its
//! answer would go, a SAML status to the service provider once it is.

use crate::saml::acs_choice::AcsTarget;
use crate::saml::status::FailureStatus;

/// Refused before anything may be sent to the service provider: show a page (status 400).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageRefusal {
    #[error("the message was issued by another service provider")]
    IssuerMismatch,
    #[error("this service provider has to sign its requests, and the request is not signed")]
    SignatureRequired,
    #[error("the Destination of the message is not the URL that it was sent to")]
    WrongDestination,
    #[error("the message is signed and names no Destination; a signed message has to")]
    NoDestination,
    #[error("the message is older than five minutes; start again at the application")]
    Expired,
    #[error("the message is from the future; the clock of the service provider is ahead")]
    FromTheFuture,
    #[error(
        "the application's logout request is not signed, and only a signed one can end a session; ask its administrator to let the application sign its logout requests"
    )]
    LogoutNotSigned,
    #[error(
        "the application's logout response is not signed, although a certificate of the application is registered; ask its administrator to let it sign its logout responses"
    )]
    AnswerNotSigned,
    #[error("the NotOnOrAfter of the logout request is past; sign out at the application again")]
    LogoutExpired,
    #[error("the request names an AssertionConsumerServiceURL and an index; only one is allowed")]
    AcsUrlAndIndex,
    #[error(
        "the AssertionConsumerServiceURL of the request is not registered for this application"
    )]
    AcsUrlNotRegistered,
    #[error(
        "the AssertionConsumerServiceIndex of the request is not registered for this application"
    )]
    AcsIndexNotRegistered,
    #[error("no AssertionConsumerService that can be used is registered for this application")]
    NoAcs,
}

/// Refused with a status to a verified ACS URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRefusal {
    pub status: FailureStatus,
    /// Verified against the registered list.
    pub acs: AcsTarget,
    /// ID of the request; InResponseTo of the answer.
    pub request_id: String,
}

/// Why a request is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestRefusal {
    #[error(transparent)]
    Page(#[from] PageRefusal),
    #[error("refused with status {:?}", .0.status)]
    Status(StatusRefusal),
}
