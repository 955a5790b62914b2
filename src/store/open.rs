//! What bringing a database into service needs and why it may be refused. Nothing here runs after
//! start-up.

use std::time::Duration;

/// How the store is to work. Ids come from outside, as everywhere.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// A fresh random id: names this process's chain of audit events.
    pub chain_id: String,
    /// Connections for reading (SQLite), or for everything (PostgreSQL).
    pub connections: u32,
    /// Writes that may wait before further ones are refused (SQLite).
    pub write_queue: usize,
    /// How long to wait for a lock of another process, or for a free connection.
    pub patience: Duration,
    /// Bring the schema to this version first.
    pub migrate: bool,
}

impl StoreOptions {
    /// The usual figures, under the given chain id.
    pub fn new(chain_id: impl Into<String>) -> Self {
        Self {
            chain_id: chain_id.into(),
            connections: 16,
            write_queue: 1024,
            patience: Duration::from_secs(5),
            migrate: true,
        }
    }
}

/// Why a database is not brought into service.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database URL must be sqlite:PATH or postgres://..")]
    UnsupportedUrl,
    #[error("the database cannot be opened: {0}")]
    Connection(#[from] diesel::ConnectionError),
    #[error("no connection within the time allowed: {0}")]
    Pool(#[from] diesel::r2d2::PoolError),
    #[error("the schema cannot be brought to this version: {0}")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Written by a newer version: this one would misread it.
    #[error("the schema has step {0}, which this version does not know")]
    SchemaIsNewer(String),
    /// Migrations are switched off and needed.
    #[error("the schema is older than this version; run `vestibule migrate`")]
    SchemaIsOlder,
    /// Without a working gate, memberships would go wrong in silence.
    #[error("the database's advisory locks do not exclude each other")]
    GateIsOpen,
    #[error("the database file {path} cannot be opened: {source}")]
    File {
        path: String,
        source: std::io::Error,
    },
    #[error("a thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}
