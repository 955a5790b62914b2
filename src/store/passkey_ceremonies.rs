//! Questions to authenticators that wait for their answer. Taking one is a single delete, so that an
//! answer counts once (FRESH-ONCE).

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::store::columns::millis;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::factor_schema::passkey_ceremonies;

/// A question that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyCeremony {
    pub token_hash: Vec<u8>,
    /// Hash of the cookie of the browser that was asked.
    pub browser_hash: Vec<u8>,
    /// The service's own word; an answer serves only what was asked.
    pub purpose: &'static str,
    pub sealed: Vec<u8>,
    pub expires_at: DateTime<Utc>,
}

/// Keeps one.
pub fn insert(conn: &mut DbConnection, new: &PasskeyCeremony) -> Result<(), StoreError> {
    diesel::insert_into(passkey_ceremonies::table)
        .values((
            passkey_ceremonies::token_hash.eq(&new.token_hash),
            passkey_ceremonies::browser_hash.eq(&new.browser_hash),
            passkey_ceremonies::purpose.eq(new.purpose),
            passkey_ceremonies::sealed.eq(&new.sealed),
            passkey_ceremonies::expires_at.eq(millis(new.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Hands one over, once, to the browser that was asked; `None`: unknown, answered, another's, for
/// another purpose, or run out.
pub fn take(
    conn: &mut DbConnection,
    (token_hash, browser_hash, purpose): (&[u8], &[u8], &str),
    now: DateTime<Utc>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row = passkey_ceremonies::table
        .filter(passkey_ceremonies::token_hash.eq(token_hash))
        .filter(passkey_ceremonies::browser_hash.eq(browser_hash))
        .filter(passkey_ceremonies::purpose.eq(purpose))
        .filter(passkey_ceremonies::expires_at.gt(millis(now)));
    Ok(diesel::delete(row)
        .returning(passkey_ceremonies::sealed)
        .get_result(conn)
        .optional()?)
}

/// Removes one that nobody can open any more.
pub fn delete(conn: &mut DbConnection, token_hash: &[u8]) -> Result<(), StoreError> {
    let row = passkey_ceremonies::table.filter(passkey_ceremonies::token_hash.eq(token_hash));
    diesel::delete(row).execute(conn)?;
    Ok(())
}

/// Removes what has run out and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = passkey_ceremonies::table.filter(passkey_ceremonies::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// The hash of a token, and what is sealed.
type SealedRow = (Vec<u8>, Vec<u8>);

/// What is sealed of all questions that wait, by the hashes of their tokens.
pub fn list(conn: &mut DbConnection) -> Result<Vec<SealedRow>, StoreError> {
    Ok(passkey_ceremonies::table
        .select((passkey_ceremonies::token_hash, passkey_ceremonies::sealed))
        .load(conn)?)
}

/// Puts what is sealed anew in its place, unless it was answered meanwhile.
pub fn reseal(conn: &mut DbConnection, token_hash: &[u8], sealed: &[u8]) -> Result<(), StoreError> {
    let row = passkey_ceremonies::table.filter(passkey_ceremonies::token_hash.eq(token_hash));
    diesel::update(row)
        .set(passkey_ceremonies::sealed.eq(sealed))
        .execute(conn)?;
    Ok(())
}
