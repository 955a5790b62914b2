//! LogoutRequest from a service provider (SAML Core 3.7.1, Profiles 4.4.4.1): read, and found valid
//! for the connector that signed it (requirement LOGOUT-OWN). Which sessions it names is looked up
//! by the service.

use chrono::{DateTime, Utc};

use crate::domain::connector::NameIdFormat;
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::arrival::{self, Arrival, DestinationRule, Reception};
use crate::saml::bounds::MAX_SESSION_INDEXES;
use crate::saml::gate::GatedMessage;
use crate::saml::instant;
use crate::saml::message::{Header, MessageError, bounded_text, only_child, read_header};
use crate::saml::name_id::NameId;
use crate::saml::received_message::AuthenticMessage;
use crate::saml::request_refusal::PageRefusal;
use crate::saml::urns::{NS_ASSERTION, NS_PROTOCOL};
use crate::saml::xml_tree::Element;

/// A LogoutRequest as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LogoutRequest {
    header: Header,
    not_on_or_after: Option<DateTime<Utc>>,
    /// `None`: a BaseID or an EncryptedID, neither of which is ever issued.
    principal: Option<NamedPrincipal>,
    session_indexes: Vec<String>,
}

/// The NameID of a request, word for word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPrincipal {
    pub value: String,
    pub format: Option<String>,
    pub name_qualifier: Option<String>,
    pub sp_name_qualifier: Option<String>,
}

/// A LogoutRequest that is signed, fresh and for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidLogoutRequest(LogoutRequest);

/// Why a LogoutRequest is turned away with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutRequestError {
    #[error(transparent)]
    Message(#[from] MessageError),
    #[error(transparent)]
    Refused(#[from] PageRefusal),
}

/// Reads and judges a request whose signature, if any, was verified.
pub fn validate(
    received: &AuthenticMessage,
    reception: &Reception<'_>,
    verdicts: &mut Verdicts,
) -> Result<ValidLogoutRequest, LogoutRequestError> {
    let request = verdicts.take(Check::Shape, read(received.message()))?;
    // Before all else: who does not sign is told so and nothing more.
    let signed = if received.is_signed() {
        Ok(())
    } else {
        Err(PageRefusal::LogoutNotSigned)
    };
    verdicts.take(Check::SignatureRequired, signed)?;
    let arrival = Arrival {
        issuer: &request.header.issuer,
        destination: request.header.destination.as_deref(),
        issue_instant: request.header.issue_instant,
        destination_rule: DestinationRule::through_browser(true),
    };
    arrival::check(&arrival, reception, verdicts)?;
    if let Some(until) = request.not_on_or_after {
        let holds = if until > reception.now {
            Ok(())
        } else {
            Err(PageRefusal::LogoutExpired)
        };
        verdicts.take(Check::NotOnOrAfter, holds)?;
    }
    Ok(ValidLogoutRequest(request))
}

impl ValidLogoutRequest {
    /// InResponseTo of the answer; consumed with the issuer as its key.
    pub fn id(&self) -> &str {
        &self.0.header.id
    }

    /// Whom it is about; `None` if it says so in a way that is not supported.
    pub const fn principal(&self) -> Option<&NamedPrincipal> {
        self.0.principal.as_ref()
    }

    /// The sessions that are to end; a session participant has to name at least one (SAML Profiles
    /// 4.4.4.1).
    pub fn session_indexes(&self) -> &[String] {
        &self.0.session_indexes
    }
}

impl NamedPrincipal {
    /// Whether this is the identifier that was issued (SAML Core 3.3.4): same value and format;
    /// qualifiers that are left out are those of the two parties (SAML Core 2.2.2, 8.3.7).
    pub fn is(&self, issued: &NameId, idp_entity_id: &str, sp_entity_id: &str) -> bool {
        let format = self
            .format
            .as_deref()
            .unwrap_or(NameIdFormat::Unspecified.uri());
        let qualifiers = (
            self.name_qualifier.as_deref(),
            self.sp_name_qualifier.as_deref(),
        );
        self.value == issued.value().trim()
            && format == issued.format().uri()
            && issued.is_qualified_by(qualifiers, (idp_entity_id, sp_entity_id))
    }
}

fn read(message: &GatedMessage) -> Result<LogoutRequest, MessageError> {
    let root = message.root();
    let not_on_or_after = match root.attribute("NotOnOrAfter") {
        None => None,
        Some(text) => Some(instant::parse(text).ok_or(MessageError::Instant("NotOnOrAfter"))?),
    };
    let session_indexes = root
        .children_named(NS_PROTOCOL, "SessionIndex")
        .map(bounded_text)
        .collect::<Option<Vec<_>>>()
        .filter(|indexes| indexes.len() <= MAX_SESSION_INDEXES)
        .ok_or(MessageError::Element("SessionIndex"))?;
    Ok(LogoutRequest {
        header: read_header(root)?,
        not_on_or_after,
        principal: read_principal(root)?,
        session_indexes,
    })
}

fn read_principal(root: &Element) -> Result<Option<NamedPrincipal>, MessageError> {
    let name_id = only_child(root, NS_ASSERTION, "NameID")?;
    let has_other = ["BaseID", "EncryptedID"]
        .iter()
        .any(|other| root.children_named(NS_ASSERTION, other).next().is_some());
    let Some(name_id) = name_id else {
        return if has_other {
            Ok(None)
        } else {
            Err(MessageError::Missing("NameID"))
        };
    };
    if has_other {
        return Err(MessageError::Repeated("NameID"));
    }
    let owned = |name: &str| name_id.attribute(name).map(str::to_owned);
    Ok(Some(NamedPrincipal {
        value: bounded_text(name_id).ok_or(MessageError::Element("NameID"))?,
        format: owned("Format"),
        name_qualifier: owned("NameQualifier"),
        sp_name_qualifier: owned("SPNameQualifier"),
    }))
}

#[cfg(test)]
mod tests;
