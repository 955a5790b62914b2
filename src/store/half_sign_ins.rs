//! Sign-ins between their two steps, found by the hash of a cookie's token and bound to the browser
//! that made the first step. A half sign-in is no session: nothing else reads these rows.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::AccountId;
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::factor_schema::half_sign_ins;

/// A half sign-in about to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfSignIn {
    pub account: AccountId,
    /// Hash of the pre-session cookie.
    pub browser_hash: Vec<u8>,
    /// Whether a first factor may be set up in it.
    pub may_enrol: bool,
    /// When the password was checked.
    pub password_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Keeps one under the hash of its token.
pub fn insert(
    conn: &mut DbConnection,
    token_hash: &[u8],
    new: &HalfSignIn,
) -> Result<(), StoreError> {
    diesel::insert_into(half_sign_ins::table)
        .values((
            half_sign_ins::token_hash.eq(token_hash),
            half_sign_ins::account_id.eq(new.account.get()),
            half_sign_ins::browser_hash.eq(&new.browser_hash),
            half_sign_ins::may_enrol.eq(new.may_enrol),
            half_sign_ins::password_at.eq(millis(new.password_at)),
            half_sign_ins::expires_at.eq(millis(new.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The half sign-in of a token in this browser; `None`: unknown, another browser's, finished or run out.
pub fn find(
    conn: &mut DbConnection,
    (token_hash, browser_hash): (&[u8], &[u8]),
    now: DateTime<Utc>,
) -> Result<Option<HalfSignIn>, StoreError> {
    let found: Option<(i64, bool, i64, i64)> = half_sign_ins::table
        .filter(half_sign_ins::token_hash.eq(token_hash))
        .filter(half_sign_ins::browser_hash.eq(browser_hash))
        .filter(half_sign_ins::expires_at.gt(millis(now)))
        .select((
            half_sign_ins::account_id,
            half_sign_ins::may_enrol,
            half_sign_ins::password_at,
            half_sign_ins::expires_at,
        ))
        .get_result(conn)
        .optional()?;
    let Some((account, may_enrol, password_at, expires_at)) = found else {
        return Ok(None);
    };
    let place = Place::new("half_sign_ins", &account);
    Ok(Some(HalfSignIn {
        account: AccountId::new(account),
        browser_hash: browser_hash.to_vec(),
        may_enrol,
        password_at: place.instant("password_at", password_at)?,
        expires_at: place.instant("expires_at", expires_at)?,
    }))
}

/// Ends one; false: it was ended before, and what was to follow must not.
pub fn delete(conn: &mut DbConnection, token_hash: &[u8]) -> Result<bool, StoreError> {
    let row = half_sign_ins::table.filter(half_sign_ins::token_hash.eq(token_hash));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Ends all of an account and returns how many there were.
pub fn delete_of_account(conn: &mut DbConnection, account: AccountId) -> Result<usize, StoreError> {
    let rows = half_sign_ins::table.filter(half_sign_ins::account_id.eq(account.get()));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Ends all of an account but that of a token, if there is one.
pub fn delete_others(
    conn: &mut DbConnection,
    account: AccountId,
    keep: &[u8],
) -> Result<(), StoreError> {
    let rows = half_sign_ins::table
        .filter(half_sign_ins::account_id.eq(account.get()))
        .filter(half_sign_ins::token_hash.ne(keep));
    diesel::delete(rows).execute(conn)?;
    Ok(())
}

/// Removes what has run out and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = half_sign_ins::table.filter(half_sign_ins::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}
