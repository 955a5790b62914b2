//! Opening connections by URL and keeping them: every connection gets its settings here, before
//! anybody sees it. What a transaction is lives in `transaction`.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::r2d2::ManageConnection;
use diesel::result::Error as DieselError;
use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection};

use crate::store::connection::DbConnection;
use crate::store::error::is_worth_a_retry;
use crate::store::open::OpenError;

/// What SQLite's writer keeps in memory, in KiB. A change of a user touches a page of each index, and
/// with the 2 MiB of the default a batch of an import writes and reads the same pages many times.
const WRITER_CACHE: u32 = 131_072;
/// The write-ahead log is copied into the database file when the writer is idle; a COMMIT does it
/// only if the log has grown to so many pages without a quiet moment.
const LARGEST_LOG: u32 = 65_536;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Location {
    /// Path of the database file.
    Sqlite(String),
    /// The whole `postgres://` URL.
    Postgres(String),
}

impl Location {
    /// Reads `sqlite:PATH`, `postgres://..` or `postgresql://..`.
    pub(in crate::store) fn parse(url: &str) -> Result<Self, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(":memory:") {
                return Err(OpenError::UnsupportedUrl);
            }
            return Ok(Self::Sqlite(path.to_owned()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(OpenError::UnsupportedUrl)
    }

    /// Makes a database file that is not there yet: it will hold password hashes and sealed keys,
    /// so it is for its owner's eyes only, and SQLite gives its side files the same rights.
    pub(in crate::store) fn make_private(&self) -> Result<(), OpenError> {
        let Self::Sqlite(path) = self else {
            return Ok(());
        };
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path);
        match file {
            Ok(_) => Ok(()),
            Err(source) => Err(OpenError::File {
                path: path.clone(),
                source,
            }),
        }
    }
}

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Access {
    Read,
    Write,
}

/// Opens connections to one place with one kind of access.
#[derive(Debug, Clone)]
pub(in crate::store) struct Opener {
    pub location: Location,
    pub access: Access,
    pub busy_timeout: Duration,
}

/// A connection with what the pool has to know about it.
pub(in crate::store) struct PooledDb {
    pub db: DbConnection,
    /// Set when the connection must not be used again.
    pub is_spoiled: bool,
    pub watch: Arc<Watch>,
}

/// What went wrong on a connection since [`Watch::reset`]. The closures of a transaction turn
/// errors into types of their own, so that the runner could not see it otherwise.
#[derive(Debug, Default)]
pub(in crate::store) struct Watch {
    has_failed: AtomicBool,
    wants_retry: AtomicBool,
}

impl Watch {
    /// Forgets what was seen: a new transaction begins.
    pub(in crate::store) fn reset(&self) {
        self.has_failed.store(false, Ordering::Relaxed);
        self.wants_retry.store(false, Ordering::Relaxed);
    }

    /// True if a statement failed: PostgreSQL then answers COMMIT by a silent rollback.
    pub(in crate::store) fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Relaxed)
    }

    /// True if running the same transaction again can mend it.
    pub(in crate::store) fn wants_retry(&self) -> bool {
        self.wants_retry.load(Ordering::Relaxed)
    }

    fn see(&self, error: &DieselError) {
        self.has_failed.store(true, Ordering::Relaxed);
        if is_worth_a_retry(error) {
            self.wants_retry.store(true, Ordering::Relaxed);
        }
    }
}

impl Opener {
    /// Opens one connection and settles it.
    pub(in crate::store) fn open(&self) -> Result<PooledDb, ConnectionError> {
        let watch = Arc::new(Watch::default());
        let db = match &self.location {
            Location::Sqlite(path) => DbConnection::Sqlite(self.open_sqlite(path)?),
            Location::Postgres(url) => {
                let mut pg = PgConnection::establish(url)?;
                let seen = Arc::clone(&watch);
                pg.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                    if let InstrumentationEvent::FinishQuery {
                        error: Some(error), ..
                    } = event
                    {
                        seen.see(error);
                    }
                });
                DbConnection::Postgres(pg)
            }
        };
        Ok(PooledDb {
            db,
            is_spoiled: false,
            watch,
        })
    }

    /// The settings are per connection in SQLite. The busy timeout comes first, since turning the
    /// write-ahead log on may itself meet another process.
    fn open_sqlite(&self, path: &str) -> Result<SqliteConnection, ConnectionError> {
        let mut lite = SqliteConnection::establish(path)?;
        let busy = self.busy_timeout.as_millis();
        let rest = match self.access {
            Access::Write => format!(
                "PRAGMA cache_size = -{WRITER_CACHE};
                 PRAGMA wal_autocheckpoint = {LARGEST_LOG};"
            ),
            Access::Read => "PRAGMA query_only = ON;".to_owned(),
        };
        lite.batch_execute(&format!(
            "PRAGMA busy_timeout = {busy};
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             {rest}"
        ))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(lite)
    }
}

impl ManageConnection for Opener {
    type Connection = PooledDb;
    type Error = ConnectionError;

    fn connect(&self) -> Result<PooledDb, ConnectionError> {
        self.open()
    }

    /// Never asked: a connection proves itself by the BEGIN of its next transaction, which saves
    /// a round trip each time.
    fn is_valid(&self, _connection: &mut PooledDb) -> Result<(), ConnectionError> {
        Ok(())
    }

    fn has_broken(&self, connection: &mut PooledDb) -> bool {
        connection.is_spoiled
    }
}

/// The pool of one process.
pub(in crate::store) type Pool = diesel::r2d2::Pool<Opener>;
