//! How far the audit was delivered to its receiver. Positions are kept by chain, since a chain's numbers have no gaps
//! and become visible in their order, which on PostgreSQL keys do not. Who receives and how is the service's.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, min, not};
use diesel::prelude::*;

use crate::domain::audit::AuditEvent;
use crate::store::audit_events::AuditRow;
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, MultiBackend, on_either};
use crate::store::error::StoreError;
use crate::store::schema::{audit_events, audit_stream_positions, audit_streams};

type Query<'a> = audit_events::BoxedQuery<'a, MultiBackend>;

/// A receiver, and how delivery to it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    pub target: String,
    /// Every event up to this key has been delivered.
    pub floor: i64,
    /// Events that the receiver took.
    pub delivered: i64,
    /// Tries that failed since the last that did not.
    pub failures: i64,
    pub delivered_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    /// Why the last try failed; empty when it did not.
    pub fault: String,
    pub next_try_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_streams)]
struct StreamRow {
    target: String,
    floor_id: i64,
    delivered: i64,
    failures: i64,
    delivered_at: Option<i64>,
    failed_at: Option<i64>,
    fault: String,
    next_try_at: i64,
}

/// A stream; `None`: nothing was ever tried.
pub fn find(conn: &mut DbConnection, target: &str) -> Result<Option<Stream>, StoreError> {
    let row: Option<StreamRow> = audit_streams::table
        .find(target)
        .select(StreamRow::as_select())
        .get_result(conn)
        .optional()?;
    let place = Place::new("audit_streams", &target);
    row.map(|row| {
        Ok(Stream {
            floor: row.floor_id,
            delivered: row.delivered,
            failures: row.failures,
            delivered_at: place.optional_instant("delivered_at", row.delivered_at)?,
            failed_at: place.optional_instant("failed_at", row.failed_at)?,
            next_try_at: place.instant("next_try_at", row.next_try_at)?,
            fault: row.fault,
            target: row.target,
        })
    })
    .transpose()
}

/// Begins a stream with the oldest event that is kept; nothing happens if it has begun.
pub fn begin(conn: &mut DbConnection, target: &str) -> Result<(), StoreError> {
    let values = (
        audit_streams::target.eq(target),
        audit_streams::floor_id.eq(0),
        audit_streams::delivered.eq(0),
        audit_streams::failures.eq(0),
        audit_streams::fault.eq(""),
        audit_streams::next_try_at.eq(0),
    );
    on_either!(conn, |db| diesel::insert_into(audit_streams::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(db))?;
    Ok(())
}

/// The next events, each chain in its own order: a later event of a chain never goes before an earlier one, whichever
/// became visible first. Only those that have their place in a chain: the others follow within a second.
pub fn pending(
    conn: &mut DbConnection,
    stream: &Stream,
    most: i64,
) -> Result<Vec<AuditEvent>, StoreError> {
    let first: Vec<String> = waiting(stream)
        .order(audit_events::id)
        .limit(most)
        .select(audit_events::chain_id)
        .load(conn)?;
    let mut chains: Vec<String> = Vec::new();
    for chain in first {
        if !chains.contains(&chain) {
            chains.push(chain);
        }
    }
    let mut events = Vec::new();
    let mut room = most;
    for chain in chains {
        let delivered = position(conn, &stream.target, &chain)?;
        let rows: Vec<AuditRow> = audit_events::table
            .filter(audit_events::chain_id.eq(&chain))
            .filter(audit_events::chain_seq.gt(delivered))
            .order(audit_events::chain_seq)
            .limit(room)
            .select(AuditRow::as_select())
            .load(conn)?;
        room -= i64::try_from(rows.len()).unwrap_or(room);
        for row in rows {
            events.push(row.into_event()?);
        }
        if room <= 0 {
            break;
        }
    }
    Ok(events)
}

/// How many events wait.
pub fn count_pending(conn: &mut DbConnection, stream: &Stream) -> Result<i64, StoreError> {
    Ok(waiting(stream).count().get_result(conn)?)
}

/// Events above the floor that are behind the position of their chain.
fn waiting(stream: &Stream) -> Query<'_> {
    let is_delivered = audit_stream_positions::table
        .filter(audit_stream_positions::target.eq(&stream.target))
        .filter(audit_stream_positions::chain_id.eq(audit_events::chain_id))
        .filter(
            audit_stream_positions::seq
                .nullable()
                .ge(audit_events::chain_seq),
        );
    audit_events::table
        .filter(audit_events::id.gt(stream.floor))
        .filter(audit_events::chain_seq.is_not_null())
        .filter(not(exists(is_delivered)))
        .into_boxed()
}

/// Notes what the receiver took: the last number of each chain.
pub fn advance(
    conn: &mut DbConnection,
    target: &str,
    (positions, number, now): (&BTreeMap<String, i64>, i64, DateTime<Utc>),
) -> Result<(), StoreError> {
    use audit_stream_positions::{chain_id, seq, table};
    for (chain, last) in positions {
        let key = (
            audit_stream_positions::target.eq(target),
            chain_id.eq(chain),
        );
        on_either!(conn, |db| diesel::insert_into(table)
            .values((key, seq.eq(last)))
            .on_conflict((audit_stream_positions::target, chain_id))
            .do_update()
            .set(seq.eq(last))
            .execute(db))?;
    }
    diesel::update(audit_streams::table.find(target))
        .set((
            audit_streams::delivered.eq(audit_streams::delivered + number),
            audit_streams::failures.eq(0),
            audit_streams::fault.eq(""),
            audit_streams::delivered_at.eq(Some(millis(now))),
        ))
        .execute(conn)?;
    Ok(())
}

/// How far the floor may be raised, so that a look for what waits stays short: over all events that nothing waits below
/// and that are older than `settled`. A younger key may still become visible behind a later one. `None`: not at all.
pub fn next_floor(
    conn: &mut DbConnection,
    stream: &Stream,
    settled: DateTime<Utc>,
) -> Result<Option<i64>, StoreError> {
    let first_waiting: Option<i64> = waiting(stream)
        .select(min(audit_events::id))
        .get_result(conn)?;
    let first_young: Option<i64> = audit_events::table
        .filter(audit_events::id.gt(stream.floor))
        .filter(
            audit_events::at
                .ge(millis(settled))
                .or(audit_events::chain_seq.is_null()),
        )
        .select(min(audit_events::id))
        .get_result(conn)?;
    // With no young event nobody knows which key comes next: the floor stays.
    let Some(young) = first_young else {
        return Ok(None);
    };
    let floor = first_waiting.map_or(young, |waiting| waiting.min(young)) - 1;
    Ok(Some(floor).filter(|floor| *floor > stream.floor))
}

/// Raises the floor; one that is higher stays.
pub fn raise_floor(conn: &mut DbConnection, target: &str, floor: i64) -> Result<(), StoreError> {
    diesel::update(audit_streams::table.find(target))
        .filter(audit_streams::floor_id.lt(floor))
        .set(audit_streams::floor_id.eq(floor))
        .execute(conn)?;
    Ok(())
}

/// Notes that the receiver took nothing, and when to try again.
pub fn fail(
    conn: &mut DbConnection,
    target: &str,
    (fault, now, next): (&str, DateTime<Utc>, DateTime<Utc>),
) -> Result<(), StoreError> {
    diesel::update(audit_streams::table.find(target))
        .set((
            audit_streams::failures.eq(audit_streams::failures + 1),
            audit_streams::fault.eq(fault),
            audit_streams::failed_at.eq(Some(millis(now))),
            audit_streams::next_try_at.eq(millis(next)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The last number of a chain that was delivered; 0: none.
pub fn position(conn: &mut DbConnection, target: &str, chain: &str) -> Result<i64, StoreError> {
    let found: Option<i64> = audit_stream_positions::table
        .find((target, chain))
        .select(audit_stream_positions::seq)
        .get_result(conn)
        .optional()?;
    Ok(found.unwrap_or_default())
}
