//! The brake's memory (ONE-DOOR): failures by account and by source address, shared by all nodes.
//! How long to block is decided above.

use chrono::{DateTime, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;

use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::sign_in_failures;

/// What is remembered under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failures {
    pub failures: i64,
    pub blocked_until: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Reads a key; `None`: no failure remembered.
pub fn find(conn: &mut DbConnection, key: &str) -> Result<Option<Failures>, StoreError> {
    let found: Option<(i64, i64, i64)> = sign_in_failures::table
        .find(key)
        .select((
            sign_in_failures::failures,
            sign_in_failures::blocked_until,
            sign_in_failures::updated_at,
        ))
        .get_result(conn)
        .optional()?;
    let place = Place::new("sign_in_failures", &key);
    found
        .map(|(failures, blocked_until, updated_at)| {
            Ok(Failures {
                failures,
                blocked_until: place.instant("blocked_until", blocked_until)?,
                updated_at: place.instant("updated_at", updated_at)?,
            })
        })
        .transpose()
}

/// Takes an attempt back that was counted and not made.
pub fn take_back(conn: &mut DbConnection, key: &str) -> Result<(), StoreError> {
    let row = sign_in_failures::table.find(key);
    diesel::update(row)
        .set(sign_in_failures::failures.eq(sign_in_failures::failures - 1))
        .execute(conn)?;
    Ok(())
}

/// Counts a failure and returns how many there are now; those before `forget_before` do not count.
pub fn record(
    conn: &mut DbConnection,
    key: &str,
    now: DateTime<Utc>,
    forget_before: DateTime<Utc>,
) -> Result<i64, StoreError> {
    use sign_in_failures::{blocked_until, failures, table, updated_at};
    let first = (
        sign_in_failures::key.eq(key),
        failures.eq(1),
        blocked_until.eq(0),
        updated_at.eq(millis(now)),
    );
    let is_forgotten = updated_at.lt(millis(forget_before));
    let counted = case_when(is_forgotten, 1_i64.into_sql::<diesel::sql_types::BigInt>())
        .otherwise(failures + 1);
    let count = on_either!(conn, |db| diesel::insert_into(table)
        .values(first)
        .on_conflict(sign_in_failures::key)
        .do_update()
        .set((failures.eq(counted), updated_at.eq(millis(now))))
        .returning(failures)
        .get_result(db))?;
    Ok(count)
}

/// Blocks a key until then.
pub fn block(conn: &mut DbConnection, key: &str, until: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(sign_in_failures::table.find(key))
        .set(sign_in_failures::blocked_until.eq(millis(until)))
        .execute(conn)?;
    Ok(())
}

/// Forgets a key, after a success.
pub fn delete(conn: &mut DbConnection, key: &str) -> Result<(), StoreError> {
    diesel::delete(sign_in_failures::table.find(key)).execute(conn)?;
    Ok(())
}

/// Removes keys without a failure since then and returns how many there were.
pub fn delete_older(
    conn: &mut DbConnection,
    forget_before: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let rows =
        sign_in_failures::table.filter(sign_in_failures::updated_at.lt(millis(forget_before)));
    Ok(diesel::delete(rows).execute(conn)?)
}
