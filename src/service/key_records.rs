//! A signing key as its use cases find it, refuse it and write about it. Public halves and names only.

use chrono::{DateTime, Utc};

use crate::domain::ids::PublicId;
use crate::domain::signing_key::SigningKey;
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Trail, object};
use crate::service::error::ServiceError;
use crate::service::signing_choice::keys_at;
use crate::store::connection::DbConnection;

/// A key with the state that its date gives it.
pub fn find_at(
    conn: &mut DbConnection,
    id: &PublicId,
    now: DateTime<Utc>,
) -> Result<SigningKey, ServiceError> {
    keys_at(conn, now)?
        .into_iter()
        .find(|key| key.public_id == *id)
        .ok_or(ServiceError::NotFound { what: "key" })
}

/// It contradicts how the key stands.
pub fn refused(detail: impl Into<String>) -> ServiceError {
    ServiceError::Conflict(Violation::new("", detail))
}

/// Writes an event about a key; `after` never holds anything of its private half.
pub fn write_event(
    conn: &mut DbConnection,
    trail: &Trail,
    (kind, key): (&str, &SigningKey),
    after: Option<serde_json::Value>,
) -> Result<(), ServiceError> {
    let named = object("key", key.public_id.as_str(), key.algorithm.as_str());
    let texts = (None, after.map(|value| value.to_string()));
    trail.write(conn, kind, named, texts)?;
    Ok(())
}
