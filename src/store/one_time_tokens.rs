//! Links that work once: setting the first password, resetting one. Stored by hash; used up by a
//! single statement, so that of any number of requests exactly one wins.

use chrono::{DateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::domain::ids::AccountId;
use crate::store::columns::{Place, millis};
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

/// The account a token of one of these purposes would serve, without using it up; `None`: unknown,
/// used or run out.
pub fn find(
    conn: &mut DbConnection,
    token_hash: &[u8],
    purposes: &[&str],
    now: DateTime<Utc>,
) -> Result<Option<AccountId>, StoreError> {
    let account: Option<i64> = one_time_tokens::table
        .filter(one_time_tokens::token_hash.eq(token_hash))
        .filter(one_time_tokens::purpose.eq_any(purposes))
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
    purposes: &[&str],
    now: DateTime<Utc>,
) -> Result<Option<AccountId>, StoreError> {
    let row = one_time_tokens::table
        .filter(one_time_tokens::token_hash.eq(token_hash))
        .filter(one_time_tokens::purpose.eq_any(purposes))
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(millis(now)));
    let account: Option<i64> = diesel::update(row)
        .set(one_time_tokens::used_at.eq(Some(millis(now))))
        .returning(one_time_tokens::account_id)
        .get_result(conn)
        .optional()?;
    Ok(account.map(AccountId::new))
}

/// Uses up whatever an account has of these purposes: what one of them did, no other undoes.
pub fn void(
    conn: &mut DbConnection,
    account: AccountId,
    purposes: &[&str],
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let rows = one_time_tokens::table
        .filter(one_time_tokens::account_id.eq(account.get()))
        .filter(one_time_tokens::purpose.eq_any(purposes))
        .filter(one_time_tokens::used_at.is_null());
    Ok(diesel::update(rows)
        .set(one_time_tokens::used_at.eq(Some(millis(now))))
        .execute(conn)?)
}

/// How many tokens of a purpose an account was given since then, used or not.
pub fn count_since(
    conn: &mut DbConnection,
    (account, purpose): (AccountId, &str),
    since: DateTime<Utc>,
) -> Result<i64, StoreError> {
    Ok(one_time_tokens::table
        .filter(one_time_tokens::account_id.eq(account.get()))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::created_at.gt(millis(since)))
        .count()
        .get_result(conn)?)
}

/// Until when the newest link of these purposes works that an account has and has not used.
pub fn open_until(
    conn: &mut DbConnection,
    (account, purposes): (AccountId, &[&str]),
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let latest: Option<i64> = one_time_tokens::table
        .filter(one_time_tokens::account_id.eq(account.get()))
        .filter(one_time_tokens::purpose.eq_any(purposes))
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(millis(now)))
        .select(max(one_time_tokens::expires_at))
        .get_result(conn)?;
    Place::new("one_time_tokens", &account.get()).optional_instant("expires_at", latest)
}

/// Removes what has run out and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = one_time_tokens::table.filter(one_time_tokens::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}
