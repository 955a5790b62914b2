//! What a use case can answer instead of a result, named for what the caller does about it. `web`
//! turns it into a status and a page in one place; the command line into an exit code.

use crate::domain::violation::Violation;
use crate::saml::credentials::CredentialError;
use crate::saml::hsm::HsmError;
use crate::saml::idp_metadata::IdpMetadataError;
use crate::saml::response::ResponseError;
use crate::saml::signature::SignatureError;
use crate::store::error::{StoreError, UniqueField};

/// The failure of a use case.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nothing with that id (404).
    #[error("{what} not found")]
    NotFound {
        /// `user`, `group`, `connector`, ...
        what: &'static str,
    },
    /// The request contradicts what is stored: a taken name, a member edit on a dynamic group (409).
    #[error("conflict: {}", .0.detail)]
    Conflict(Violation),
    /// The values break rules (422); never empty.
    #[error("{} broken rules", .0.len())]
    Invalid(Vec<Violation>),
    /// The resource changed since the caller read it (412).
    #[error("changed by somebody else")]
    Stale,
    /// The caller's role does not reach that far (403).
    #[error("not permitted: {detail}")]
    Forbidden {
        /// A sentence for people.
        detail: String,
    },
    /// Try again shortly (503 with Retry-After).
    #[error("temporarily unavailable")]
    Unavailable(#[source] Outage),
    /// A stored row, a key or a document is broken; loud, closed, not the caller's fault (500).
    #[error("internal: {0}")]
    Internal(InternalError),
}

/// What this service needs and cannot reach.
#[derive(Debug, thiserror::Error)]
pub enum Outage {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hsm(#[from] HsmError),
}

/// Why nothing could be done although the request was fine.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secrets(#[from] crate::service::secrets::SecretsError),
    #[error(transparent)]
    Password(#[from] crate::service::passwords::PasswordError),
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Response(#[from] ResponseError),
    #[error(transparent)]
    Credential(#[from] CredentialError),
    #[error(transparent)]
    Metadata(#[from] IdpMetadataError),
    #[error("two sign-ons could not agree on a pairwise NameID")]
    NameIdUnsettled,
    #[error(transparent)]
    Character(#[from] crate::saml::xml_writer::ForbiddenCharacter),
    #[error(transparent)]
    PendingRequest(#[from] crate::saml::valid_request::PendingRequestError),
    #[error("a stored text is not JSON")]
    Json(#[from] serde_json::Error),
    #[error("the mail server's settings cannot be used")]
    Mail(#[source] crate::service::mailer::MailerError),
    #[error("the stored setting {0} cannot be read")]
    Setting(&'static str),
    #[error(
        "a signing key lies in a hardware security module, and none is set up: see VESTIBULE_PKCS11_MODULE"
    )]
    NoHsm,
    #[error("the file of breached passwords cannot be read")]
    BreachedPasswords(#[source] std::io::Error),
    #[error("no active signing key for {0}")]
    NoSigningKey(&'static str),
    #[error("a question to an authenticator cannot be made")]
    Passkey(#[source] webauthn_rs::prelude::WebauthnError),
    #[error("codes of an authenticator app cannot be made")]
    Totp(#[source] totp_rs::TotpError),
    #[error("a response for a browser was made where another client waits")]
    WrongCarrier,
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotUnique(field) if field != UniqueField::Other => {
                let detail = taken(field);
                Self::Conflict(Violation::new(pointer(field), detail))
            }
            StoreError::ParentGone => Self::NotFound {
                what: "a resource that this one names",
            },
            StoreError::Overloaded | StoreError::Unavailable { .. } => {
                Self::Unavailable(error.into())
            }
            other => Self::Internal(other.into()),
        }
    }
}

/// The sentence for a taken value.
fn taken(field: UniqueField) -> String {
    let name = field.as_str();
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let name: String = first.into_iter().chain(letters).collect();
    format!("{name} is taken. Choose another.")
}

/// Where the taken value stands in a request.
const fn pointer(field: UniqueField) -> &'static str {
    match field {
        UniqueField::Username => "/username",
        UniqueField::Email => "/email",
        UniqueField::GroupName => "/name",
        UniqueField::Slug => "/slug",
        UniqueField::SpEntityId => "/spEntityId",
        UniqueField::AttributeName => "/attributes",
        UniqueField::ActiveKey | UniqueField::Other => "",
    }
}

macro_rules! internal {
    ($($source:ty),+ $(,)?) => {$(
        impl From<$source> for ServiceError {
            fn from(error: $source) -> Self {
                InternalError::from(error).into()
            }
        }
    )+};
}

internal!(
    crate::service::secrets::SecretsError,
    crate::service::passwords::PasswordError,
    SignatureError,
    ResponseError,
    CredentialError,
    IdpMetadataError,
    crate::saml::xml_writer::ForbiddenCharacter,
);

impl From<InternalError> for ServiceError {
    /// A module that cannot be reached is no fault of what is stored, and may be back soon.
    fn from(error: InternalError) -> Self {
        match error {
            InternalError::Credential(CredentialError::Hsm(outage))
            | InternalError::Signature(SignatureError::Credential(CredentialError::Hsm(outage)))
            | InternalError::Response(ResponseError::Signature(SignatureError::Credential(
                CredentialError::Hsm(outage),
            )))
            | InternalError::Metadata(IdpMetadataError::Signature(SignatureError::Credential(
                CredentialError::Hsm(outage),
            ))) if outage.is_outage() => Self::Unavailable(outage.into()),
            other => Self::Internal(other),
        }
    }
}
