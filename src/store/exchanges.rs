//! What the flight recorder keeps: few rows of each connector, the oldest of which go when new ones
//! come. What strangers can make up is counted apart from what is proven, so that it displaces
//! nothing. Never decides anything.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::exchange::Exchange;
use crate::domain::ids::{ConnectorId, PublicId};
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::exchange_document::{Columns, ExchangeDocument};
use crate::store::schema::{connectors, exchanges};
use crate::store::search::containing;

/// How many rows of one connector stay.
#[derive(Debug, Clone, Copy)]
pub struct Keep {
    /// Of those that are proven.
    pub proven: usize,
    /// Of the others.
    pub unproven: usize,
    /// Of all of them, how many with their document.
    pub payloads: usize,
}

/// Adds exchanges of one connector, in their order, and lets the oldest go. A connector that is gone
/// meanwhile has nothing kept.
pub fn add(
    conn: &mut DbConnection,
    connector: ConnectorId,
    new: &[Exchange],
    keep: Keep,
) -> Result<(), StoreError> {
    let known: i64 = connectors::table
        .filter(connectors::id.eq(connector.get()))
        .count()
        .get_result(conn)?;
    if known == 0 {
        return Ok(());
    }
    for exchange in new {
        insert(conn, connector, exchange)?;
    }
    trim(conn, connector, keep)
}

fn insert(
    conn: &mut DbConnection,
    connector: ConnectorId,
    exchange: &Exchange,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(&ExchangeDocument::of(exchange))
        .map_err(|_impossible| StoreError::corrupt("exchanges", "body", &exchange.id))?;
    diesel::insert_into(exchanges::table)
        .values((
            exchanges::public_id.eq(exchange.id.as_str()),
            exchanges::connector_id.eq(connector.get()),
            exchanges::at.eq(millis(exchange.at)),
            exchanges::is_proven.eq(exchange.is_proven()),
            exchanges::body.eq(body),
            exchanges::payload.eq(exchange.payload.as_deref()),
        ))
        .execute(conn)?;
    Ok(())
}

fn trim(conn: &mut DbConnection, connector: ConnectorId, keep: Keep) -> Result<(), StoreError> {
    let rows: Vec<(i64, bool, bool)> = exchanges::table
        .filter(exchanges::connector_id.eq(connector.get()))
        .order(exchanges::id.desc())
        .select((
            exchanges::id,
            exchanges::is_proven,
            exchanges::payload.is_not_null(),
        ))
        .load(conn)?;
    let beyond = |proven: bool, kept: usize| {
        let of_kind = rows.iter().filter(move |row| row.1 == proven);
        of_kind.skip(kept).map(|row| row.0)
    };
    let mut old: Vec<i64> = beyond(true, keep.proven).collect();
    old.extend(beyond(false, keep.unproven));
    if !old.is_empty() {
        diesel::delete(exchanges::table.filter(exchanges::id.eq_any(&old))).execute(conn)?;
    }
    let with_payload = rows.iter().filter(|row| row.2 && !old.contains(&row.0));
    let heavy: Vec<i64> = with_payload.skip(keep.payloads).map(|row| row.0).collect();
    if !heavy.is_empty() {
        diesel::update(exchanges::table.filter(exchanges::id.eq_any(&heavy)))
            .set(exchanges::payload.eq(None::<String>))
            .execute(conn)?;
    }
    Ok(())
}

/// All that is kept of a connector, newest first.
pub fn list(conn: &mut DbConnection, connector: ConnectorId) -> Result<Vec<Exchange>, StoreError> {
    let rows: Vec<(i64, String, i64, String, Option<String>)> = exchanges::table
        .filter(exchanges::connector_id.eq(connector.get()))
        .order(exchanges::id.desc())
        .select((
            exchanges::id,
            exchanges::public_id,
            exchanges::at,
            exchanges::body,
            exchanges::payload,
        ))
        .load(conn)?;
    let read = |(id, public_id, at, body, payload): (i64, String, i64, String, Option<String>)| {
        let place = Place::new("exchanges", &id);
        let document: Option<ExchangeDocument> = serde_json::from_str(&body).ok();
        let columns = Columns {
            id: PublicId::new(public_id),
            at: place.instant("at", at)?,
            payload,
        };
        place.read(
            "body",
            document.and_then(|document| document.into_exchange(columns)),
        )
    };
    rows.into_iter().map(read).collect()
}

/// Forgets the documents of a connector; what was found of them stays.
pub fn forget_payloads(conn: &mut DbConnection, connector: ConnectorId) -> Result<(), StoreError> {
    let rows = exchanges::table.filter(exchanges::connector_id.eq(connector.get()));
    diesel::update(rows)
        .set(exchanges::payload.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}

/// Removes what was exchanged about somebody whom this word names, and returns how many rows went.
pub fn delete_naming(conn: &mut DbConnection, word: &str) -> Result<usize, StoreError> {
    let quoted = serde_json::Value::from(word).to_string();
    let rows = exchanges::table.filter(exchanges::body.like(containing(&quoted)).escape('\\'));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Removes documents of before `payloads`, and rows of before `all`; returns how many rows went.
pub fn delete_older(
    conn: &mut DbConnection,
    payloads: DateTime<Utc>,
    all: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let stale = exchanges::table
        .filter(exchanges::at.lt(millis(payloads)))
        .filter(exchanges::payload.is_not_null());
    diesel::update(stale)
        .set(exchanges::payload.eq(None::<String>))
        .execute(conn)?;
    let old = exchanges::table.filter(exchanges::at.lt(millis(all)));
    Ok(diesel::delete(old).execute(conn)?)
}
