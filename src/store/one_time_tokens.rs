//! Links that work once: setting the first password, resetting one. Stored by hash; used up by a
//! single statement, so that of any number of requests exactly one wins.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::AccountId;
use crate::store::columns::millis;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::one_time_tokens;

/// A token about to be made. `purpose` is the service's own word; a token serves only its own.
#[derive(Debug, Clone, Copy)]
pub struct NewOneTimeToken<'a> {
    pub token_hash: &'a [u8],
    pub account: AccountId,
    pub purpose: &'a str,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Inserts a token.
pub fn insert(conn: &mut DbConnection, new: NewOneTimeToken<'_>) -> Result<(), StoreError> {
    diesel::insert_into(one_time_tokens::table)
        .values((
            one_time_tokens::token_hash.eq(new.token_hash),
            one_time_tokens::account_id.eq(new.account.get()),
            one_time_tokens::purpose.eq(new.purpose),
            one_time_tokens::created_at.eq(millis(new.created_at)),
            one_time_tokens::expires_at.eq(millis(new.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The account a token would serve, without using it up; `None`: unknown, used or run out.
pub fn find(
    conn: &mut DbConnection,
    token_hash: &[u8],
    purpose: &str,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>, StoreError> {
    let account: Option<i64> = one_time_tokens::table
        .filter(one_time_tokens::token_hash.eq(token_hash))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(millis(now)))
        .select(one_time_tokens::account_id)
        .get_result(conn)
        .optional()?;
    Ok(account.map(AccountId::new))
}

/// Uses a token up and returns its account; `None`: unknown, used or run out.
pub fn consume(
    conn: &mut DbConnection,
    token_hash: &[u8],
    purpose: &str,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>, StoreError> {
    let row = one_time_tokens::table
        .filter(one_time_tokens::token_hash.eq(token_hash))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(millis(now)));
    let account: Option<i64> = diesel::update(row)
        .set(one_time_tokens::used_at.eq(Some(millis(now))))
        .returning(one_time_tokens::account_id)
        .get_result(conn)
        .optional()?;
    Ok(account.map(AccountId::new))
}

/// Takes back every token of an account, used or not.
pub fn delete_of_account(conn: &mut DbConnection, account: AccountId) -> Result<usize, StoreError> {
    let rows = one_time_tokens::table.filter(one_time_tokens::account_id.eq(account.get()));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Removes what has run out and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = one_time_tokens::table.filter(one_time_tokens::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}
