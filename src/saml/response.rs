//! The Response around the assertion, or around a failure (SAML Core 3.3.3, Profiles 4.1.4.2),
//! signed and encrypted as the connector wants it: the assertion is signed, then encrypted, and a
//! signature of the response covers the ciphertext. A preview is unsigned and must be given times that are past,
//! so that nobody can sign in with it.

use chrono::{DateTime, Utc};

use crate::domain::connector::{SignatureAlgorithm, SignatureScope};
use crate::saml::assertion::{self, AssertionInput};
use crate::saml::credentials::SigningCredential;
use crate::saml::encryption::{Encryption, EncryptionError};
use crate::saml::message_envelope::{Envelope, write_status};
use crate::saml::signature::{Signable, SignatureError};
use crate::saml::status::FailureStatus;
use crate::saml::urns::STATUS_SUCCESS;
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// What is signed, and with what.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    pub credential: &'a SigningCredential,
    pub algorithm: SignatureAlgorithm,
    pub scope: SignatureScope,
}

/// A response ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedResponse {
    pub xml: String,
    /// Length of the assertion in characters, in clear, for the limits of rule C8.
    pub assertion_chars: usize,
}

/// Why a response cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ResponseError {
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Encryption(#[from] EncryptionError),
    #[error(transparent)]
    Forbidden(#[from] ForbiddenCharacter),
}

/// A failure to be told to a service provider.
#[derive(Debug, Clone, Copy)]
pub struct FailureInput<'a> {
    /// Unique, an NCName.
    pub response_id: &'a str,
    /// Our entity ID.
    pub issuer: &'a str,
    /// The verified ACS URL; Destination.
    pub acs_url: &'a str,
    pub in_response_to: Option<&'a str>,
    pub issued_at: DateTime<Utc>,
    pub status: FailureStatus,
}

/// A successful response; Destination, Issuer and InResponseTo are those of the assertion.
pub fn issue(
    response_id: &str,
    input: &AssertionInput<'_>,
    signing: Signing<'_>,
    encryption: Option<&Encryption>,
) -> Result<IssuedResponse, ResponseError> {
    let encrypted_id = match encryption.filter(|one| one.choice.name_id) {
        Some(encryption) => {
            Some(encryption.name_id(&assertion::write_name_id_alone(input.name_id)?)?)
        }
        None => None,
    };
    let assertion = assertion::write(input, encrypted_id.as_deref())?;
    let assertion = match signing.scope {
        SignatureScope::Assertion | SignatureScope::Both => {
            assertion.signed(signing.credential, signing.algorithm)?
        }
        SignatureScope::Response => assertion.unsigned(),
    };
    let assertion_chars = assertion.chars().count();
    let assertion = match encryption.filter(|one| one.choice.assertions) {
        Some(encryption) => encryption.assertion(&assertion)?,
        None => assertion,
    };
    let response = success(response_id, input, &assertion)?;
    let xml = match signing.scope {
        SignatureScope::Response | SignatureScope::Both => {
            response.signed(signing.credential, signing.algorithm)?
        }
        SignatureScope::Assertion => response.unsigned(),
    };
    Ok(IssuedResponse {
        xml,
        assertion_chars,
    })
}

/// The same document without any signature, for administrators to look at.
pub fn preview(
    response_id: &str,
    input: &AssertionInput<'_>,
) -> Result<IssuedResponse, ForbiddenCharacter> {
    let assertion = assertion::write(input, None)?.unsigned();
    Ok(IssuedResponse {
        assertion_chars: assertion.chars().count(),
        xml: success(response_id, input, &assertion)?.unsigned(),
    })
}

/// A failure response. It is signed as a whole whatever the connector's scope is, for there is no
/// assertion that could carry the signature.
pub fn issue_failure(
    input: &FailureInput<'_>,
    credential: &SigningCredential,
    algorithm: SignatureAlgorithm,
) -> Result<String, SignatureError> {
    let envelope = Envelope {
        element: "samlp:Response",
        id: input.response_id,
        issuer: input.issuer,
        destination: Some(input.acs_url),
        in_response_to: input.in_response_to,
        issued_at: input.issued_at,
        not_on_or_after: None,
        reason: None,
    };
    let mut tail = XmlWriter::new();
    let codes = (input.status.top_level(), Some(input.status.second_level()));
    write_status(&mut tail, codes, Some(input.status.message()));
    envelope.around(tail)?.signed(credential, algorithm)
}

fn success(
    response_id: &str,
    input: &AssertionInput<'_>,
    assertion: &str,
) -> Result<Signable, ForbiddenCharacter> {
    let envelope = Envelope {
        element: "samlp:Response",
        id: response_id,
        issuer: input.issuer,
        destination: Some(input.acs_url),
        in_response_to: input.in_response_to,
        issued_at: input.times.issued_at,
        not_on_or_after: None,
        reason: None,
    };
    let mut tail = XmlWriter::new();
    write_status(&mut tail, (STATUS_SUCCESS, None), None);
    tail.finished(assertion);
    envelope.around(tail)
}
