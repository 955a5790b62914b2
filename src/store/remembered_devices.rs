//! Browsers in which an account is not asked for its second factor for a while, by the hash of a
//! cookie's token. They stand for a factor, never for a password.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::{AccountId, PublicId};
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::factor_schema::remembered_devices;

/// A remembered browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedDevice {
    pub public_id: PublicId,
    pub account: AccountId,
    /// Where it was remembered: the client's address.
    pub address: String,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = remembered_devices)]
struct DeviceRow {
    public_id: String,
    account_id: i64,
    address: String,
    user_agent: String,
    created_at: i64,
    last_used_at: i64,
    expires_at: i64,
}

impl DeviceRow {
    fn into_device(self) -> Result<RememberedDevice, StoreError> {
        let place = Place::new("remembered_devices", &self.public_id);
        Ok(RememberedDevice {
            account: AccountId::new(self.account_id),
            created_at: place.instant("created_at", self.created_at)?,
            last_used_at: place.instant("last_used_at", self.last_used_at)?,
            expires_at: place.instant("expires_at", self.expires_at)?,
            public_id: PublicId::new(self.public_id),
            address: self.address,
            user_agent: self.user_agent,
        })
    }
}

/// Remembers a browser under the hash of its token.
pub fn insert(
    conn: &mut DbConnection,
    token_hash: &[u8],
    new: &RememberedDevice,
) -> Result<(), StoreError> {
    diesel::insert_into(remembered_devices::table)
        .values((
            remembered_devices::token_hash.eq(token_hash),
            remembered_devices::public_id.eq(new.public_id.as_str()),
            remembered_devices::account_id.eq(new.account.get()),
            remembered_devices::address.eq(&new.address),
            remembered_devices::user_agent.eq(&new.user_agent),
            remembered_devices::created_at.eq(millis(new.created_at)),
            remembered_devices::last_used_at.eq(millis(new.last_used_at)),
            remembered_devices::expires_at.eq(millis(new.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether an account remembers the browser of this token; notes that it was used.
pub fn recognise(
    conn: &mut DbConnection,
    account: AccountId,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = remembered_devices::table
        .filter(remembered_devices::token_hash.eq(token_hash))
        .filter(remembered_devices::account_id.eq(account.get()))
        .filter(remembered_devices::expires_at.gt(millis(now)));
    let changed = diesel::update(row)
        .set(remembered_devices::last_used_at.eq(millis(now)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The browsers that an account remembers at this instant, newest first.
pub fn list_of_account(
    conn: &mut DbConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<RememberedDevice>, StoreError> {
    let rows: Vec<DeviceRow> = remembered_devices::table
        .filter(remembered_devices::account_id.eq(account.get()))
        .filter(remembered_devices::expires_at.gt(millis(now)))
        .order((
            remembered_devices::created_at.desc(),
            remembered_devices::public_id,
        ))
        .select(DeviceRow::as_select())
        .load(conn)?;
    rows.into_iter().map(DeviceRow::into_device).collect()
}

/// Forgets one browser of an account; false: the account remembers no such.
pub fn delete_by_public_id(
    conn: &mut DbConnection,
    account: AccountId,
    id: &PublicId,
) -> Result<bool, StoreError> {
    let row = remembered_devices::table
        .filter(remembered_devices::public_id.eq(id.as_str()))
        .filter(remembered_devices::account_id.eq(account.get()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Forgets all browsers of an account and returns how many there were.
pub fn delete_of_account(conn: &mut DbConnection, account: AccountId) -> Result<usize, StoreError> {
    let rows = remembered_devices::table.filter(remembered_devices::account_id.eq(account.get()));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Removes what has run out and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = remembered_devices::table.filter(remembered_devices::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}
