//! Recovery codes by hash. Using one is a single delete, so that of any number of nodes exactly one
//! accepts it (FRESH-ONCE).

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::AccountId;
use crate::store::columns::millis;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::factor_schema::recovery_codes;

/// Puts new codes in the place of all that an account had.
pub fn replace(
    conn: &mut DbConnection,
    account: AccountId,
    hashes: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    delete_of_account(conn, account)?;
    for hash in hashes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::account_id.eq(account.get()),
                recovery_codes::code_hash.eq(hash),
                recovery_codes::created_at.eq(millis(now)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Uses a code up; false: the account has no such code, or has it no more.
pub fn consume(
    conn: &mut DbConnection,
    account: AccountId,
    hash: &[u8],
) -> Result<bool, StoreError> {
    let row = recovery_codes::table
        .filter(recovery_codes::account_id.eq(account.get()))
        .filter(recovery_codes::code_hash.eq(hash));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// How many codes an account has left.
pub fn count(conn: &mut DbConnection, account: AccountId) -> Result<i64, StoreError> {
    Ok(recovery_codes::table
        .filter(recovery_codes::account_id.eq(account.get()))
        .count()
        .get_result(conn)?)
}

/// Removes all codes of an account and returns how many there were.
pub fn delete_of_account(conn: &mut DbConnection, account: AccountId) -> Result<usize, StoreError> {
    let rows = recovery_codes::table.filter(recovery_codes::account_id.eq(account.get()));
    Ok(diesel::delete(rows).execute(conn)?)
}
