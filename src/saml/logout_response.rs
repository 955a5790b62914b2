//! LogoutResponse from a service provider (SAML Core 3.7.2, Profiles 4.4.4.2): what it says became
//! of the logout that we asked for. Which question it answers is looked up by the service.

use crate::domain::connector::ConnectorSettings;
use crate::domain::logout::ParticipantState;
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::arrival::{self, Arrival, DestinationRule, Reception};
use crate::saml::bounds::MAX_MESSAGE_ID_CHARS;
use crate::saml::message::{Header, MessageError, only_child, read_header};
use crate::saml::received_message::AuthenticMessage;
use crate::saml::request_refusal::PageRefusal;
use crate::saml::urns::{NS_PROTOCOL, STATUS_PARTIAL_LOGOUT, STATUS_SUCCESS};
use crate::saml::xml_tree::Element;

/// An answer that is from whom it says to be from, fresh and for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidLogoutResponse {
    /// The ID of the question.
    pub in_response_to: String,
    /// What became of it.
    pub state: ParticipantState,
}

/// Why a LogoutResponse is turned away with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutResponseError {
    #[error(transparent)]
    Message(#[from] MessageError),
    #[error(transparent)]
    Refused(#[from] PageRefusal),
    #[error("the logout response does not say which request it answers (InResponseTo)")]
    NoInResponseTo,
}

/// Reads and judges an answer whose signature, if any, was verified. One that is registered with a
/// signing key has to use it: otherwise anybody could say that somebody is signed out.
pub fn validate(
    received: &AuthenticMessage,
    settings: &ConnectorSettings,
    reception: &Reception<'_>,
    verdicts: &mut Verdicts,
) -> Result<ValidLogoutResponse, LogoutResponseError> {
    let (header, answer) = verdicts.take(Check::Shape, read(received.message().root()))?;
    if settings.has_signing_certificate() {
        let signed = if received.is_signed() {
            Ok(())
        } else {
            Err(PageRefusal::AnswerNotSigned)
        };
        verdicts.take(Check::SignatureRequired, signed)?;
    }
    let arrival = Arrival {
        issuer: &header.issuer,
        destination: header.destination.as_deref(),
        issue_instant: header.issue_instant,
        destination_rule: DestinationRule::through_browser(received.is_signed()),
    };
    arrival::check(&arrival, reception, verdicts)?;
    Ok(answer)
}

fn read(root: &Element) -> Result<(Header, ValidLogoutResponse), LogoutResponseError> {
    let header = read_header(root)?;
    let state = read_state(root)?;
    let in_response_to = root
        .attribute("InResponseTo")
        .filter(|id| !id.is_empty() && id.chars().count() <= MAX_MESSAGE_ID_CHARS)
        .ok_or(LogoutResponseError::NoInResponseTo)?;
    let answer = ValidLogoutResponse {
        in_response_to: in_response_to.to_owned(),
        state,
    };
    Ok((header, answer))
}

/// Success at the top, and below it nothing that takes it back (SAML Core 3.2.2.2).
fn read_state(root: &Element) -> Result<ParticipantState, MessageError> {
    let status = only_child(root, NS_PROTOCOL, "Status")?.ok_or(MessageError::Missing("Status"))?;
    let code = code_of(status)?.ok_or(MessageError::Missing("StatusCode"))?;
    let second = code_of(code)?.and_then(|inner| inner.attribute("Value"));
    Ok(match (code.attribute("Value"), second) {
        (Some(STATUS_SUCCESS), Some(STATUS_PARTIAL_LOGOUT)) => ParticipantState::Partial,
        (Some(STATUS_SUCCESS), _) => ParticipantState::Confirmed,
        _ => ParticipantState::Refused,
    })
}

fn code_of(parent: &Element) -> Result<Option<&Element>, MessageError> {
    only_child(parent, NS_PROTOCOL, "StatusCode")
}

#[cfg(test)]
mod tests;
