//! Responses that wait for the service provider to fetch them. Taking one is a single delete, so that
//! of any number of nodes and askers exactly one gets it (SAML Bindings 3.6.5.2: one use).

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::ConnectorId;
use crate::store::columns::millis;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::waiting_responses;

/// A response that waits. `sealed` is the service's own; the store cannot read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingResponse {
    /// Hash of the handle by which it is asked for.
    pub handle_hash: Vec<u8>,
    /// Who alone may fetch it.
    pub connector: ConnectorId,
    pub sealed: Vec<u8>,
    pub expires_at: DateTime<Utc>,
}

/// Keeps a response.
pub fn insert(conn: &mut DbConnection, new: &WaitingResponse) -> Result<(), StoreError> {
    diesel::insert_into(waiting_responses::table)
        .values((
            waiting_responses::handle_hash.eq(&new.handle_hash),
            waiting_responses::connector_id.eq(new.connector.get()),
            waiting_responses::sealed.eq(&new.sealed),
            waiting_responses::expires_at.eq(millis(new.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Hands a response over, once, to the connector that it is for; `None`: unknown, fetched already,
/// another's, or run out.
pub fn take(
    conn: &mut DbConnection,
    handle_hash: &[u8],
    connector: ConnectorId,
    now: DateTime<Utc>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row = waiting_responses::table
        .filter(waiting_responses::handle_hash.eq(handle_hash))
        .filter(waiting_responses::connector_id.eq(connector.get()))
        .filter(waiting_responses::expires_at.gt(millis(now)));
    Ok(diesel::delete(row)
        .returning(waiting_responses::sealed)
        .get_result(conn)
        .optional()?)
}

/// By what a response is asked for, and the response, sealed.
pub type SealedResponse = (Vec<u8>, Vec<u8>);

/// Everything that waits.
pub fn list(conn: &mut DbConnection) -> Result<Vec<SealedResponse>, StoreError> {
    Ok(waiting_responses::table
        .select((waiting_responses::handle_hash, waiting_responses::sealed))
        .load(conn)?)
}

/// Puts the same response in its place, sealed by another key; one that was fetched meanwhile stays away.
pub fn reseal(
    conn: &mut DbConnection,
    handle_hash: &[u8],
    sealed: &[u8],
) -> Result<(), StoreError> {
    diesel::update(waiting_responses::table.find(handle_hash))
        .set(waiting_responses::sealed.eq(sealed))
        .execute(conn)?;
    Ok(())
}

/// Removes one that nobody can open any more.
pub fn delete(conn: &mut DbConnection, handle_hash: &[u8]) -> Result<(), StoreError> {
    diesel::delete(waiting_responses::table.find(handle_hash)).execute(conn)?;
    Ok(())
}

/// Removes what has run out and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = waiting_responses::table.filter(waiting_responses::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}
