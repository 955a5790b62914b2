//! The gate of PostgreSQL: writers of rule inputs hold it shared, writers of rules hold it alone,
//! so that no membership is computed from a rule and a user that never stood side by side. On
//! SQLite the single writer is the gate.
//!
//! It must be a statement of its own: taken in the same statement as a read, the reader that
//! waited would still see what was there before it waited.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::{QueryResult, sql_query};

use crate::store::connection::DbConnection;
use crate::store::open::OpenError;

/// Key of the advisory lock; every node of a database uses the same.
const SHARED: &str = "SELECT pg_advisory_xact_lock_shared(7309475598859072000)";
const EXCLUSIVE: &str = "SELECT pg_advisory_xact_lock(7309475598859072000)";
const TRY_SHARED: &str = "SELECT pg_try_advisory_xact_lock_shared(7309475598859072000) AS is_taken";

/// Takes the gate shared until the transaction ends.
pub(in crate::store) fn take_shared(db: &mut DbConnection) -> QueryResult<()> {
    take(db, SHARED)
}

/// Takes the gate alone until the transaction ends.
pub(in crate::store) fn take_exclusive(db: &mut DbConnection) -> QueryResult<()> {
    take(db, EXCLUSIVE)
}

fn take(db: &mut DbConnection, statement: &str) -> QueryResult<()> {
    match db {
        DbConnection::Postgres(pg) => pg.batch_execute(statement),
        DbConnection::Sqlite(_) => Ok(()),
    }
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    is_taken: bool,
}

/// Proves on two connections that the gate shuts: some servers that speak PostgreSQL's protocol
/// accept advisory locks and do nothing. With `locks_work` false in its answer, nothing that
/// relies on the gate may run.
pub(in crate::store) fn self_test(
    one: &mut DbConnection,
    other: &mut DbConnection,
) -> Result<(), OpenError> {
    let trial = shuts(one, other);
    // Whatever happened, neither connection may keep the lock.
    let released = one
        .batch_execute("ROLLBACK")
        .and_then(|()| other.batch_execute("ROLLBACK"));
    match (trial, released) {
        (Ok(true), Ok(())) => Ok(()),
        (Ok(false), _) => Err(OpenError::GateIsOpen),
        (Err(error), _) | (_, Err(error)) => Err(OpenError::Migration(Box::new(error))),
    }
}

fn shuts(one: &mut DbConnection, other: &mut DbConnection) -> QueryResult<bool> {
    one.batch_execute("BEGIN")?;
    take_exclusive(one)?;
    other.batch_execute("BEGIN")?;
    let answer: Answer = sql_query(TRY_SHARED).get_result(other)?;
    Ok(!answer.is_taken)
}
