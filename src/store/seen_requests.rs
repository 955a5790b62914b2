//! Request ids that were answered (FRESH-ONCE). Consuming one is a single insert, so that of any
//! number of nodes and sessions exactly one wins.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::ConnectorId;
use crate::store::columns::millis;
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::seen_requests;

/// A request id about to be answered.
#[derive(Debug, Clone, Copy)]
pub struct SeenRequest<'a> {
    pub connector: ConnectorId,
    pub request_id: &'a str,
    /// The session family that gets the answer.
    pub family: &'a str,
    pub now: DateTime<Utc>,
    /// Until when the id must be remembered.
    pub expires_at: DateTime<Utc>,
}

/// Who may have the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consumption {
    /// Nobody had it yet; now it is consumed.
    Consumed,
    /// This session family had it and may have it again ("reload").
    SameFamily,
    /// Another one had it: refuse.
    Foreign,
}

/// Consumes a request id in the transaction of its answer.
pub fn consume(conn: &mut DbConnection, seen: SeenRequest<'_>) -> Result<Consumption, StoreError> {
    let values = (
        seen_requests::connector_id.eq(seen.connector.get()),
        seen_requests::request_id.eq(seen.request_id),
        seen_requests::family.eq(seen.family),
        seen_requests::consumed_at.eq(millis(seen.now)),
        seen_requests::expires_at.eq(millis(seen.expires_at)),
    );
    let inserted = on_either!(conn, |db| diesel::insert_into(seen_requests::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(db))?;
    if inserted == 1 {
        return Ok(Consumption::Consumed);
    }
    // A statement of its own: on PostgreSQL it sees the row that the insert has waited for.
    let family: String = seen_requests::table
        .find((seen.connector.get(), seen.request_id))
        .select(seen_requests::family)
        .get_result(conn)?;
    Ok(if family == seen.family {
        Consumption::SameFamily
    } else {
        Consumption::Foreign
    })
}

/// Whether a request id is consumed; consumes nothing.
pub fn is_seen(
    conn: &mut DbConnection,
    connector: ConnectorId,
    request_id: &str,
) -> Result<bool, StoreError> {
    let row = seen_requests::table.find((connector.get(), request_id));
    let found: i64 = row.count().get_result(conn)?;
    Ok(found > 0)
}

/// Removes what need not be remembered any more and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = seen_requests::table.filter(seen_requests::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}
