//! Running one closure inside one transaction on a pooled connection: readers on both databases,
//! writers on PostgreSQL. SQLite's writes go through `sqlite_writer`. A closure's error or panic
//! rolls back; the connection is given back clean or not at all.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::connection::SimpleConnection;
use diesel::r2d2::PooledConnection;

use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::gate;
use crate::store::pool::{Opener, Pool, PooledDb};

/// How a transaction begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Begin {
    /// One snapshot for all statements.
    Read,
    /// Sessions, tokens, audit, connectors, bindings.
    Write,
    /// A user's rule inputs: the gate shared.
    ChangeUser,
    /// Rules, methods, exemptions, deletion of a group: the gate exclusive.
    ChangeRules,
}

/// How often a transaction is run that PostgreSQL ends with 40001 or 40P01.
const ATTEMPTS: usize = 5;

/// Runs `work` in a transaction.
pub(in crate::store) fn run<T, E, F>(pool: &Pool, begin: Begin, work: F) -> Result<T, E>
where
    E: From<StoreError>,
    F: Fn(&mut DbConnection) -> Result<T, E>,
{
    for _ in 0..ATTEMPTS {
        let mut pooled = begin_on_live_connection(pool, begin)?;
        match attempt(&mut pooled, &work) {
            Attempt::Over(result) => return result,
            Attempt::Again => {}
        }
    }
    Err(StoreError::Overloaded.into())
}

enum Attempt<T, E> {
    Over(Result<T, E>),
    Again,
}

fn attempt<T, E, F>(pooled: &mut PooledDb, work: &F) -> Attempt<T, E>
where
    E: From<StoreError>,
    F: Fn(&mut DbConnection) -> Result<T, E>,
{
    pooled.watch.reset();
    let result = match catch_unwind(AssertUnwindSafe(|| work(&mut pooled.db))) {
        // A statement failed and the closure went on: PostgreSQL would roll back and say nothing.
        Ok(Ok(_)) if pooled.watch.has_failed() => {
            Err(StoreError::Database(diesel::result::Error::RollbackTransaction).into())
        }
        Ok(Ok(value)) => match pooled.db.batch_execute("COMMIT") {
            Ok(()) => return Attempt::Over(Ok(value)),
            Err(error) => Err(StoreError::from(error).into()),
        },
        Ok(Err(error)) => Err(error),
        Err(_panic) => Err(StoreError::Panicked.into()),
    };
    let wants_retry = pooled.watch.wants_retry();
    if pooled.db.batch_execute("ROLLBACK").is_err() {
        pooled.is_spoiled = true;
    }
    if wants_retry {
        Attempt::Again
    } else {
        Attempt::Over(result)
    }
}

/// Connections may have died while they lay in the pool (a restart of the server). Nothing has
/// been sent when BEGIN fails, so another one is tried, until all idle ones are used up.
fn begin_on_live_connection(
    pool: &Pool,
    begin: Begin,
) -> Result<PooledConnection<Opener>, StoreError> {
    let mut last = None;
    for _ in 0..=pool.max_size() {
        let mut pooled = pool.get().map_err(|error| {
            if pool.state().connections < pool.max_size() {
                StoreError::unavailable(&error)
            } else {
                StoreError::Overloaded
            }
        })?;
        match start(&mut pooled.db, begin) {
            Ok(()) => return Ok(pooled),
            Err(error) => {
                pooled.is_spoiled = true;
                last = Some(StoreError::from(error));
            }
        }
    }
    Err(last.unwrap_or(StoreError::Overloaded))
}

fn start(db: &mut DbConnection, begin: Begin) -> diesel::QueryResult<()> {
    let statement = match (&*db, begin) {
        (DbConnection::Sqlite(_), _) => "BEGIN DEFERRED",
        (DbConnection::Postgres(_), Begin::Read) => {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        }
        // The proof of the gate needs each statement after the lock to see what was committed
        // before it, which REPEATABLE READ would not give.
        (DbConnection::Postgres(_), _) => "BEGIN ISOLATION LEVEL READ COMMITTED",
    };
    db.batch_execute(statement)?;
    match begin {
        Begin::Read | Begin::Write => Ok(()),
        Begin::ChangeUser => gate::take_shared(db),
        Begin::ChangeRules => gate::take_exclusive(db),
    }
}
