//! Artifact resolution (SAML Core 3.5, Profiles 5): the ArtifactResolve of a service provider, found
//! valid for the connector that signed it, and the ArtifactResponse. Which message an artifact stands
//! for is looked up by the service.

use chrono::{DateTime, Utc};

use crate::domain::verdict::Verdicts;
use crate::saml::arrival::{self, Arrival, DestinationRule, Reception};
use crate::saml::message::{MessageError, bounded_text, only_child, read_header};
use crate::saml::message_envelope::{Envelope, write_status};
use crate::saml::received_message::AuthenticMessage;
use crate::saml::request_refusal::PageRefusal;
use crate::saml::signature::Signable;
use crate::saml::urns::{NS_PROTOCOL, STATUS_SUCCESS};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// An ArtifactResolve that is signed, fresh and for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidArtifactResolve {
    /// InResponseTo of the answer.
    pub id: String,
    /// The artifact as it was sent.
    pub artifact: String,
}

/// Why an ArtifactResolve is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactResolveError {
    #[error(transparent)]
    Message(#[from] MessageError),
    #[error(transparent)]
    Refused(#[from] PageRefusal),
}

/// What is answered.
#[derive(Debug, Clone, Copy)]
pub struct ArtifactResponseInput<'a> {
    /// Unique, an NCName.
    pub id: &'a str,
    /// Our entity ID.
    pub issuer: &'a str,
    pub in_response_to: &'a str,
    pub issued_at: DateTime<Utc>,
    /// The finished message; none if the artifact stands for nothing that this requester may have
    /// (SAML Core 3.5.3 then wants success without a message).
    pub message: Option<&'a str>,
}

/// Reads and judges a request whose signature, if any, was verified.
pub fn validate(
    received: &AuthenticMessage,
    reception: &Reception<'_>,
) -> Result<ValidArtifactResolve, ArtifactResolveError> {
    // Only the service provider to which a response was issued may have it (SAML Profiles 4.1.3.5),
    // and its signature is all that says who asks.
    if !received.is_signed() {
        return Err(PageRefusal::SignatureRequired.into());
    }
    let root = received.message().root();
    let header = read_header(root)?;
    let arrival = Arrival {
        issuer: &header.issuer,
        destination: header.destination.as_deref(),
        issue_instant: header.issue_instant,
        destination_rule: DestinationRule::IfNamed,
    };
    arrival::check(&arrival, reception, &mut Verdicts::default())?;
    let artifact = only_child(root, NS_PROTOCOL, "Artifact")?;
    let artifact = artifact.ok_or(MessageError::Missing("Artifact"))?;
    let artifact = bounded_text(artifact).ok_or(MessageError::Element("Artifact"))?;
    Ok(ValidArtifactResolve {
        id: header.id,
        artifact,
    })
}

/// The answer, still to be signed.
pub fn respond(input: &ArtifactResponseInput<'_>) -> Result<Signable, ForbiddenCharacter> {
    let envelope = Envelope {
        element: "samlp:ArtifactResponse",
        id: input.id,
        issuer: input.issuer,
        destination: None,
        in_response_to: Some(input.in_response_to),
        issued_at: input.issued_at,
        not_on_or_after: None,
        reason: None,
    };
    let mut tail = XmlWriter::new();
    write_status(&mut tail, (STATUS_SUCCESS, None), None);
    if let Some(message) = input.message {
        write_inside(&mut tail, message);
    }
    envelope.around(tail)
}

/// A response inside of another message. The canonical form of the whole declares a prefix once, on the
/// outermost element that uses it; what the response's own signature covers is not changed by that, for
/// exclusive canonicalization brings the declaration back (xml-exc-c14n 3).
fn write_inside(tail: &mut XmlWriter, response: &str) {
    let declared = format!("<samlp:Response xmlns:samlp=\"{NS_PROTOCOL}\"");
    match response.strip_prefix(&declared) {
        Some(rest) => {
            tail.finished("<samlp:Response");
            tail.finished(rest);
        }
        None => tail.finished(response),
    }
}

#[cfg(test)]
mod tests;
