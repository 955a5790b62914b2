//! AuthnRequests that wait for a sign-in, bound to the browser that brought them: another browser
//! that learns the id finds nothing.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::ConnectorId;
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::pending_requests;

/// A request that waits. `body` is the service's own text; the store does not read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRequest {
    pub id: String,
    /// Hash of the browser's cookie.
    pub browser_hash: Vec<u8>,
    pub connector: ConnectorId,
    pub body: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Keeps a request.
pub fn insert(conn: &mut DbConnection, new: &PendingRequest) -> Result<(), StoreError> {
    diesel::insert_into(pending_requests::table)
        .values((
            pending_requests::id.eq(&new.id),
            pending_requests::browser_hash.eq(&new.browser_hash),
            pending_requests::connector_id.eq(new.connector.get()),
            pending_requests::body.eq(&new.body),
            pending_requests::created_at.eq(millis(new.created_at)),
            pending_requests::expires_at.eq(millis(new.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The waiting request of this id and this browser, unless it has run out.
pub fn find(
    conn: &mut DbConnection,
    id: &str,
    browser_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<PendingRequest>, StoreError> {
    let found: Option<(i64, String, i64, i64)> = pending_requests::table
        .filter(pending_requests::id.eq(id))
        .filter(pending_requests::browser_hash.eq(browser_hash))
        .filter(pending_requests::expires_at.gt(millis(now)))
        .select((
            pending_requests::connector_id,
            pending_requests::body,
            pending_requests::created_at,
            pending_requests::expires_at,
        ))
        .get_result(conn)
        .optional()?;
    let Some((connector, body, created_at, expires_at)) = found else {
        return Ok(None);
    };
    let place = Place::new("pending_requests", &id);
    Ok(Some(PendingRequest {
        id: id.to_owned(),
        browser_hash: browser_hash.to_vec(),
        connector: ConnectorId::new(connector),
        body,
        created_at: place.instant("created_at", created_at)?,
        expires_at: place.instant("expires_at", expires_at)?,
    }))
}

/// Forgets a request; false: there was none.
pub fn delete(conn: &mut DbConnection, id: &str) -> Result<bool, StoreError> {
    let row = pending_requests::table.filter(pending_requests::id.eq(id));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Removes what has run out and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = pending_requests::table.filter(pending_requests::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}
