//! Audit events (rule C7): who did what to which object, before and after. The hash chain that
//! makes them tamper-evident is kept by the store; this file only says what one event is and how
//! it is hashed into text.

use chrono::{DateTime, Utc};

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    /// Public id of the account or token; `""` for the system and the command line.
    pub id: String,
    /// The name people know it by.
    pub name: String,
}

/// The kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActorKind {
    User,
    Administrator,
    ApiToken,
    /// A command on the server's terminal.
    Terminal,
    /// Work that nobody asked for by hand, such as the nightly recompute.
    System,
    /// Somebody who has not signed in.
    Stranger,
}

impl ActorKind {
    pub const ALL: [Self; 6] = [
        Self::User,
        Self::Administrator,
        Self::ApiToken,
        Self::Terminal,
        Self::System,
        Self::Stranger,
    ];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::Administrator => "ADMINISTRATOR",
            Self::ApiToken => "API_TOKEN",
            Self::Terminal => "TERMINAL",
            Self::System => "SYSTEM",
            Self::Stranger => "STRANGER",
        }
    }

    /// Reads the stored spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditObject {
    /// `user`, `group`, `connector`, `administrator`, `token`, `key`, `session`, `settings`.
    pub kind: String,
    /// Public id; `""` when there is none.
    pub id: String,
    pub name: String,
}

/// An event about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuditEvent {
    pub public_id: String,
    pub at: DateTime<Utc>,
    pub actor: Actor,
    /// Dotted, past tense: `user.created`, `group.member_added`, `assertion.issued`.
    pub kind: String,
    pub object: AuditObject,
    /// JSON text of the object before, without secrets; `None` on creation.
    pub before: Option<String>,
    /// JSON text after; `None` on deletion.
    pub after: Option<String>,
}

/// A stored event with its place in a chain (KEY-AT-REST).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    pub id: i64,
    pub event: NewAuditEvent,
    pub chain_id: String,
    /// `None` until linked; within a second on PostgreSQL.
    pub chain_seq: Option<i64>,
    pub prev_hash: Option<String>,
    /// Lower-case hex SHA-256.
    pub hash: Option<String>,
}
