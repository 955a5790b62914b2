//! Of which connectors the documents are recorded, and until when.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::ConnectorId;
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::payload_recordings;

/// Those that have not ended at `now`.
pub fn list(
    conn: &mut DbConnection,
    now: DateTime<Utc>,
) -> Result<Vec<(ConnectorId, DateTime<Utc>)>, StoreError> {
    let rows: Vec<(i64, i64)> = payload_recordings::table
        .filter(payload_recordings::ends_at.gt(millis(now)))
        .load(conn)?;
    rows.into_iter()
        .map(|(connector, ends_at)| {
            let place = Place::new("payload_recordings", &connector);
            Ok((
                ConnectorId::new(connector),
                place.instant("ends_at", ends_at)?,
            ))
        })
        .collect()
}

/// Until when those of one connector are recorded; `None`: they are not, at `now`.
pub fn ends_at(
    conn: &mut DbConnection,
    connector: ConnectorId,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let found: Option<i64> = payload_recordings::table
        .find(connector.get())
        .filter(payload_recordings::ends_at.gt(millis(now)))
        .select(payload_recordings::ends_at)
        .get_result(conn)
        .optional()?;
    let connector = connector.get();
    let place = Place::new("payload_recordings", &connector);
    found.map(|end| place.instant("ends_at", end)).transpose()
}

/// Records until then, instead of until another instant.
pub fn keep(
    conn: &mut DbConnection,
    connector: ConnectorId,
    ends_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    remove(conn, connector)?;
    diesel::insert_into(payload_recordings::table)
        .values((
            payload_recordings::connector_id.eq(connector.get()),
            payload_recordings::ends_at.eq(millis(ends_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records no more. False: it did not.
pub fn remove(conn: &mut DbConnection, connector: ConnectorId) -> Result<bool, StoreError> {
    let row = payload_recordings::table.find(connector.get());
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Removes those that have ended, and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let ended = payload_recordings::table.filter(payload_recordings::ends_at.le(millis(now)));
    Ok(diesel::delete(ended).execute(conn)?)
}
