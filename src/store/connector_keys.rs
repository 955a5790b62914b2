//! The dates of connectors that switch to a key ahead of the others, or after them. Kept apart from a
//! connector's settings, so that no edit of a connector ever touches a key.

use diesel::prelude::*;

use crate::domain::ids::{ConnectorId, SigningKeyId};
use crate::domain::key_rollover::OwnSwitch;
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::connector_keys;

/// The dates of one connector; read on the way of every sign-on.
pub fn list_of_connector(
    conn: &mut DbConnection,
    connector: ConnectorId,
) -> Result<Vec<OwnSwitch>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = connector_keys::table
        .filter(connector_keys::connector_id.eq(connector.get()))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// All dates.
pub fn list(conn: &mut DbConnection) -> Result<Vec<OwnSwitch>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = connector_keys::table
        .order((connector_keys::connector_id, connector_keys::key_id))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Keeps a date, instead of the one that was there.
pub fn keep(conn: &mut DbConnection, switch: OwnSwitch) -> Result<(), StoreError> {
    remove(conn, switch.connector, switch.key)?;
    diesel::insert_into(connector_keys::table)
        .values((
            connector_keys::connector_id.eq(switch.connector.get()),
            connector_keys::key_id.eq(switch.key.get()),
            connector_keys::signs_from.eq(millis(switch.signs_from)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets a date. False: there was none.
pub fn remove(
    conn: &mut DbConnection,
    connector: ConnectorId,
    key: SigningKeyId,
) -> Result<bool, StoreError> {
    let row = connector_keys::table.find((connector.get(), key.get()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Forgets all dates for a key.
pub fn remove_of_key(conn: &mut DbConnection, key: SigningKeyId) -> Result<(), StoreError> {
    let rows = connector_keys::table.filter(connector_keys::key_id.eq(key.get()));
    diesel::delete(rows).execute(conn)?;
    Ok(())
}

fn read((connector, key, signs_from): (i64, i64, i64)) -> Result<OwnSwitch, StoreError> {
    let place = Place::new("connector_keys", &connector);
    Ok(OwnSwitch {
        connector: ConnectorId::new(connector),
        key: SigningKeyId::new(key),
        signs_from: place.instant("signs_from", signs_from)?,
    })
}
