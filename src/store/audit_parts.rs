//! The two parts of an audit event that name people, and their digests, which the chain holds in
//! place of them. How a whole event is hashed is in `audit_chain`.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::store::audit_events::AuditRow;

/// The parts of an event that can be erased apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The actor's name.
    Actor,
    /// The object's name, and what was before and after.
    Object,
}

impl Part {
    /// The spelling of the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Actor => "ACTOR",
            Self::Object => "OBJECT",
        }
    }

    /// Reads the stored spelling.
    pub(in crate::store) fn parse(text: &str) -> Option<Self> {
        [Self::Actor, Self::Object]
            .into_iter()
            .find(|part| part.as_str() == text)
    }
}

/// The digest of a part while its salt is there.
pub(in crate::store) fn digest_of(row: &AuditRow, part: Part) -> Option<String> {
    let text = match part {
        Part::Actor => json!(["actor", row.actor_salt.as_ref()?, row.actor_name]),
        Part::Object => json!([
            "object",
            row.object_salt.as_ref()?,
            row.object_name,
            row.before,
            row.after,
        ]),
    };
    Some(digest(&text))
}

/// SHA-256 of a JSON text, in lower-case hex.
pub(in crate::store) fn digest(text: &serde_json::Value) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.to_string().as_bytes()) {
        hex.push_str(&format!("{byte:02x}"));
    }
    hex
}
