//! What a use case can answer instead of a result, named for what the caller does about it. `web`
//! turns it into a status and a page in one place; the command line into an exit code.

use crate::domain::violation::Violation;
use crate::store::error::StoreError;

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
    Unavailable(#[source] StoreError),
    /// A stored row, a key or a document is broken; loud, closed, not the caller's fault (500).
    #[error("internal: {0}")]
    Internal(InternalError),
}

/// Why nothing could be done although the request was fine.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secrets(#[from] crate::service::secrets::SecretsError),
    #[error(transparent)]
    Signature(#[from] crate::saml::signature::SignatureError),
    #[error(transparent)]
    Document(#[from] crate::saml::response::ResponseError),
    #[error("no active signing key for {0}")]
    NoSigningKey(&'static str),
}
