//! Wishes for a new password that wait for the worker: a row for each, with an account or without
//! one, so that whoever asks cannot tell by time whether there is an account.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::AccountId;
use crate::store::columns::millis;
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::recovery_requests;

/// Notes a wish.
pub fn insert(
    conn: &mut DbConnection,
    account: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on_either!(conn, |db| diesel::insert_into(recovery_requests::table)
        .values((
            recovery_requests::account_id.eq(account.map(AccountId::get)),
            recovery_requests::asked_at.eq(millis(now)),
        ))
        .execute(db))?;
    Ok(())
}

/// The keys of those that wait, the oldest first.
pub fn list(conn: &mut DbConnection, limit: u32) -> Result<Vec<i64>, StoreError> {
    Ok(recovery_requests::table
        .order(recovery_requests::id)
        .limit(limit.into())
        .select(recovery_requests::id)
        .load(conn)?)
}

/// Takes one away and gives its account; `None`: there is none, or another node took the wish.
pub fn take(conn: &mut DbConnection, id: i64) -> Result<Option<AccountId>, StoreError> {
    let taken: Option<Option<i64>> = diesel::delete(recovery_requests::table.find(id))
        .returning(recovery_requests::account_id)
        .get_result(conn)
        .optional()?;
    Ok(taken.flatten().map(AccountId::new))
}
