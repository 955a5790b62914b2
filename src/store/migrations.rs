//! The schema's steps, embedded, one folder per database with the same step names. Run under a
//! database lock, so that several processes can start at once.

use diesel::connection::SimpleConnection;
use diesel::migration::{MigrationSource, MigrationVersion, Result as MigrationResult};
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::store::connection::DbConnection;
use crate::store::open::OpenError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Advisory lock of the steps, apart from the gate's.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7309475598859072001)";

/// Runs the steps that are missing, all in one transaction.
pub(in crate::store) fn run(db: &mut DbConnection) -> Result<(), OpenError> {
    let outcome = match db {
        DbConnection::Sqlite(lite) => lite.immediate_transaction(|lite| {
            lite.run_pending_migrations(SQLITE)?;
            Ok(())
        }),
        DbConnection::Postgres(pg) => pg.transaction(|pg| {
            pg.batch_execute(LOCK)?;
            pg.run_pending_migrations(POSTGRES)?;
            Ok(())
        }),
    };
    outcome.map_err(|Failure(error)| OpenError::Migration(error))
}

/// Takes all steps back, newest first. Everything is lost.
pub fn revert_all(db: &mut DbConnection) -> Result<(), OpenError> {
    match db {
        DbConnection::Sqlite(lite) => lite.revert_all_migrations(SQLITE),
        DbConnection::Postgres(pg) => pg.revert_all_migrations(POSTGRES),
    }
    .map(|_| ())
    .map_err(OpenError::Migration)
}

/// Checks that the schema is exactly this version's.
pub(in crate::store) fn check(db: &mut DbConnection) -> Result<(), OpenError> {
    let (known, applied) = match db {
        DbConnection::Sqlite(lite) => (sqlite_steps(), applied_sqlite(lite)),
        DbConnection::Postgres(pg) => (postgres_steps(), applied_postgres(pg)),
    };
    let known = known.map_err(OpenError::Migration)?;
    let applied = applied.map_err(OpenError::Migration)?;
    if let Some(unknown) = applied.iter().find(|step| !known.contains(step)) {
        return Err(OpenError::SchemaIsNewer(unknown.clone()));
    }
    if applied.len() < known.len() {
        return Err(OpenError::SchemaIsOlder);
    }
    Ok(())
}

type Steps = MigrationResult<Vec<String>>;

fn applied_sqlite(lite: &mut SqliteConnection) -> Steps {
    Ok(names(&lite.applied_migrations()?))
}

fn applied_postgres(pg: &mut PgConnection) -> Steps {
    Ok(names(&pg.applied_migrations()?))
}

fn sqlite_steps() -> Steps {
    let steps = MigrationSource::<Sqlite>::migrations(&SQLITE)?;
    Ok(steps
        .iter()
        .map(|step| step.name().version().to_string())
        .collect())
}

fn postgres_steps() -> Steps {
    let steps = MigrationSource::<Pg>::migrations(&POSTGRES)?;
    Ok(steps
        .iter()
        .map(|step| step.name().version().to_string())
        .collect())
}

fn names(versions: &[MigrationVersion<'_>]) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

/// The boxed errors of the migration harness and diesel's own, for `transaction`.
struct Failure(Box<dyn std::error::Error + Send + Sync>);

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self(Box::new(error))
    }
}

impl From<Box<dyn std::error::Error + Send + Sync>> for Failure {
    fn from(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        Self(error)
    }
}
