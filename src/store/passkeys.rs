//! Passkeys of accounts by credential id. What is known of the key itself is the service's document;
//! the store cannot read it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::{AccountId, PublicId};
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::factor_schema::passkeys;

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPasskey {
    pub credential_id: Vec<u8>,
    pub public_id: PublicId,
    pub account: AccountId,
    /// By which its owner tells it from others.
    pub name: String,
    pub document: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = passkeys)]
struct PasskeyRow {
    credential_id: Vec<u8>,
    public_id: String,
    account_id: i64,
    name: String,
    document: String,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl PasskeyRow {
    fn into_passkey(self) -> Result<StoredPasskey, StoreError> {
        let place = Place::new("passkeys", &self.public_id);
        Ok(StoredPasskey {
            created_at: place.instant("created_at", self.created_at)?,
            last_used_at: place.optional_instant("last_used_at", self.last_used_at)?,
            account: AccountId::new(self.account_id),
            public_id: PublicId::new(self.public_id),
            credential_id: self.credential_id,
            name: self.name,
            document: self.document,
        })
    }
}

/// Inserts one. A credential id that is known is refused as not unique.
pub fn insert(conn: &mut DbConnection, new: &StoredPasskey) -> Result<(), StoreError> {
    diesel::insert_into(passkeys::table)
        .values((
            passkeys::credential_id.eq(&new.credential_id),
            passkeys::public_id.eq(new.public_id.as_str()),
            passkeys::account_id.eq(new.account.get()),
            passkeys::name.eq(&new.name),
            passkeys::document.eq(&new.document),
            passkeys::created_at.eq(millis(new.created_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The passkeys of an account, oldest first.
pub fn list_of_account(
    conn: &mut DbConnection,
    account: AccountId,
) -> Result<Vec<StoredPasskey>, StoreError> {
    let rows: Vec<PasskeyRow> = passkeys::table
        .filter(passkeys::account_id.eq(account.get()))
        .order((passkeys::created_at, passkeys::public_id))
        .select(PasskeyRow::as_select())
        .load(conn)?;
    rows.into_iter().map(PasskeyRow::into_passkey).collect()
}

/// The passkey of a credential id.
pub fn find(
    conn: &mut DbConnection,
    credential_id: &[u8],
) -> Result<Option<StoredPasskey>, StoreError> {
    let row: Option<PasskeyRow> = passkeys::table
        .find(credential_id)
        .select(PasskeyRow::as_select())
        .get_result(conn)
        .optional()?;
    row.map(PasskeyRow::into_passkey).transpose()
}

/// Whether an account has this passkey, and keeps it until the end of this transaction: whoever removes it waits,
/// and ends then what was opened with it.
pub fn is_kept(
    conn: &mut DbConnection,
    account: AccountId,
    id: &PublicId,
) -> Result<bool, StoreError> {
    let row = passkeys::table
        .filter(passkeys::public_id.eq(id.as_str()))
        .filter(passkeys::account_id.eq(account.get()))
        .select(passkeys::created_at);
    let found: Option<i64> = on_either!(
        conn,
        postgres | pg | row.for_share().get_result(pg).optional()?,
        // There is one writer at a time.
        sqlite | lite | row.get_result(lite).optional()?
    );
    Ok(found.is_some())
}

/// How many an account has.
pub fn count(conn: &mut DbConnection, account: AccountId) -> Result<i64, StoreError> {
    Ok(passkeys::table
        .filter(passkeys::account_id.eq(account.get()))
        .count()
        .get_result(conn)?)
}

/// Notes a use, with what is known of the key since. False: it was used meanwhile by another node, or
/// is gone; its counter would count twice.
pub fn note_use(
    conn: &mut DbConnection,
    before: &StoredPasskey,
    document: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = passkeys::table
        .find(&before.credential_id)
        .filter(passkeys::document.eq(&before.document));
    let changed = diesel::update(row)
        .set((
            passkeys::document.eq(document),
            passkeys::last_used_at.eq(Some(millis(now))),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Removes one of an account; false: it has no such.
pub fn delete(
    conn: &mut DbConnection,
    account: AccountId,
    id: &PublicId,
) -> Result<bool, StoreError> {
    let row = passkeys::table
        .filter(passkeys::public_id.eq(id.as_str()))
        .filter(passkeys::account_id.eq(account.get()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Removes all of an account and returns how many there were.
pub fn delete_of_account(conn: &mut DbConnection, account: AccountId) -> Result<usize, StoreError> {
    let rows = passkeys::table.filter(passkeys::account_id.eq(account.get()));
    Ok(diesel::delete(rows).execute(conn)?)
}
