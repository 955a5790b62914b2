//! The secret of an account's authenticator app: one for each account, sealed by the service. A code
//! is used up by one conditional update, so that of any number of nodes exactly one accepts it
//! (FRESH-ONCE).

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::AccountId;
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::factor_schema::totp_secrets;

/// A secret as stored; no `Debug`, though it is sealed.
pub struct StoredTotp {
    pub sealed: Vec<u8>,
    /// `None`: it was shown, and no code has come back yet.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Hash of the session or half sign-in that it was shown in, until it is confirmed.
    pub asker_hash: Option<Vec<u8>>,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Secret, confirmed, asker, created, last used.
type TotpRow = (Vec<u8>, Option<i64>, Option<Vec<u8>>, i64, Option<i64>);

/// Keeps a secret that was just made, with the hash of who is shown it. One that is not confirmed is
/// replaced; over a confirmed one nothing is done.
pub fn propose(
    conn: &mut DbConnection,
    account: AccountId,
    (sealed, asker_hash): (&[u8], &[u8]),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    delete_proposal(conn, account)?;
    on_either!(conn, |db| diesel::insert_into(totp_secrets::table)
        .values((
            totp_secrets::account_id.eq(account.get()),
            totp_secrets::sealed.eq(sealed),
            totp_secrets::asker_hash.eq(asker_hash),
            totp_secrets::last_step.eq(0),
            totp_secrets::created_at.eq(millis(now)),
        ))
        .on_conflict_do_nothing()
        .execute(db))?;
    Ok(())
}

/// The secret of an account, confirmed or not.
pub fn find(conn: &mut DbConnection, account: AccountId) -> Result<Option<StoredTotp>, StoreError> {
    let row: Option<TotpRow> = totp_secrets::table
        .find(account.get())
        .select((
            totp_secrets::sealed,
            totp_secrets::confirmed_at,
            totp_secrets::asker_hash,
            totp_secrets::created_at,
            totp_secrets::last_used_at,
        ))
        .get_result(conn)
        .optional()?;
    let Some((sealed, confirmed_at, asker_hash, created_at, last_used_at)) = row else {
        return Ok(None);
    };
    let key = account.get();
    let place = Place::new("totp_secrets", &key);
    Ok(Some(StoredTotp {
        sealed,
        confirmed_at: place.optional_instant("confirmed_at", confirmed_at)?,
        asker_hash,
        created_at: place.instant("created_at", created_at)?,
        last_used_at: place.optional_instant("last_used_at", last_used_at)?,
    }))
}

/// Confirms a proposed secret by the step of its first code, which is used up with it. False: it is
/// another secret by now, or was confirmed before.
pub fn confirm(
    conn: &mut DbConnection,
    account: AccountId,
    (sealed, step): (&[u8], i64),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = totp_secrets::table
        .find(account.get())
        .filter(totp_secrets::sealed.eq(sealed))
        .filter(totp_secrets::confirmed_at.is_null());
    let changed = diesel::update(row)
        .set((
            totp_secrets::confirmed_at.eq(Some(millis(now))),
            totp_secrets::asker_hash.eq(None::<Vec<u8>>),
            totp_secrets::last_step.eq(step),
            totp_secrets::last_used_at.eq(Some(millis(now))),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Uses up the code of a step. False: it, or a newer one, was used before, or the secret is another
/// by now.
pub fn use_step(
    conn: &mut DbConnection,
    account: AccountId,
    (sealed, step): (&[u8], i64),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = totp_secrets::table
        .find(account.get())
        .filter(totp_secrets::sealed.eq(sealed))
        .filter(totp_secrets::confirmed_at.is_not_null())
        .filter(totp_secrets::last_step.lt(step));
    let changed = diesel::update(row)
        .set((
            totp_secrets::last_step.eq(step),
            totp_secrets::last_used_at.eq(Some(millis(now))),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Removes the secret of an account that was shown and never confirmed, if there is one.
pub fn delete_proposal(conn: &mut DbConnection, account: AccountId) -> Result<(), StoreError> {
    let row = totp_secrets::table
        .find(account.get())
        .filter(totp_secrets::confirmed_at.is_null());
    diesel::delete(row).execute(conn)?;
    Ok(())
}

/// Removes the secret of an account; false: there was none.
pub fn delete(conn: &mut DbConnection, account: AccountId) -> Result<bool, StoreError> {
    Ok(diesel::delete(totp_secrets::table.find(account.get())).execute(conn)? == 1)
}

/// The sealed secrets of all accounts.
pub fn sealed(conn: &mut DbConnection) -> Result<Vec<(AccountId, Vec<u8>)>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = totp_secrets::table
        .select((totp_secrets::account_id, totp_secrets::sealed))
        .load(conn)?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(id, sealed)| (AccountId::new(id), sealed))
        .collect())
}

/// Puts a secret sealed anew in the place of the same sealed before.
pub fn reseal(
    conn: &mut DbConnection,
    account: AccountId,
    (before, sealed): (&[u8], &[u8]),
) -> Result<(), StoreError> {
    let row = totp_secrets::table
        .find(account.get())
        .filter(totp_secrets::sealed.eq(before));
    diesel::update(row)
        .set(totp_secrets::sealed.eq(sealed))
        .execute(conn)?;
    Ok(())
}
