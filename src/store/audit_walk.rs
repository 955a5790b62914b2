//! A walk along one chain of audit events, a page at a time, that tells the first event that does not fit and in
//! which way. It begins where retention has cut, and reads each page at a snapshot of its own, so that a walk of any
//! length holds neither memory nor a transaction. How an event is hashed is `audit_chain.rs`'s.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, exists, select};
use diesel::prelude::*;

use crate::store::audit_chain::{ErasedParts, fits};
use crate::store::audit_checkpoints;
use crate::store::audit_erasures::{self, Told};
use crate::store::audit_events::AuditRow;
use crate::store::columns::millis;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::audit_events;

/// Events that are in memory at once.
const AT_ONCE: i64 = 1_000;

/// A place in a chain: the number and the hash of an event. The default is before the first one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    pub seq: i64,
    pub hash: String,
}

/// The end of a chain as somebody noted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHead {
    pub chain: String,
    pub position: Position,
}

/// What is wrong with a chain. Events are named by their public ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The event does not say any more what was hashed.
    Changed { event: String },
    /// Events are gone between the last one that fits and this one.
    Missing {
        first: i64,
        last: i64,
        event: String,
    },
    /// The event belongs to another place of its chain.
    Reordered { event: String },
    /// The event that this one followed is gone, and another stands in its place.
    Replaced { event: String },
    /// The event at the noted end is another than the noted one.
    Rewritten { event: String },
    /// The chain ends before its noted end.
    Cut { noted: i64 },
}

/// What one page of a walk brought.
#[derive(Debug)]
pub struct Walked {
    /// The last event that fits.
    pub position: Position,
    pub events: usize,
    pub fault: Option<Fault>,
    /// There is no more behind it.
    pub is_over: bool,
}

/// Walks over the next page, from `from` on. `noted`: an end of this chain that somebody wrote down.
pub fn step(
    conn: &mut DbConnection,
    chain: &str,
    (from, noted): (&Position, Option<&Position>),
) -> Result<Walked, StoreError> {
    let cut = audit_checkpoints::find(conn, chain)?.map(|checkpoint| checkpoint.head.position);
    // Retention may cut while the walk goes on; what is gone by then was walked over or is sealed.
    let mut at = match cut {
        Some(cut) if cut.seq > from.seq => cut,
        _ => from.clone(),
    };
    if let Some(noted) = noted.filter(|noted| noted.seq == at.seq && noted.hash != at.hash) {
        let fault = Some(Fault::Cut { noted: noted.seq });
        return Ok(ended(at, 0, fault));
    }
    let page: Vec<AuditRow> = audit_events::table
        .filter(audit_events::chain_id.eq(chain))
        .filter(audit_events::chain_seq.gt(at.seq))
        .order(audit_events::chain_seq)
        .limit(AT_ONCE)
        .select(AuditRow::as_select())
        .load(conn)?;
    let events = page.len();
    if page.is_empty() {
        let missed = noted.filter(|noted| noted.seq > at.seq);
        let fault = missed.map(|noted| Fault::Cut { noted: noted.seq });
        return Ok(ended(at, 0, fault));
    }
    let ids: Vec<i64> = page.iter().map(|row| row.id).collect();
    let mut erased = audit_erasures::of_events(conn, &ids)?;
    let told = audit_erasures::told_of(conn, erased.values().flat_map(BTreeMap::values))?;
    for (walked, row) in page.into_iter().enumerate() {
        let parts = erased.remove(&row.id).unwrap_or_default();
        if let Some(fault) = fault_of(conn, (&row, &parts, &told), (chain, &at))? {
            return Ok(ended(at, walked, Some(fault)));
        }
        at = Position {
            seq: at.seq + 1,
            hash: row.hash.unwrap_or_default(),
        };
        if noted.is_some_and(|noted| noted.seq == at.seq && noted.hash != at.hash) {
            let fault = Fault::Rewritten {
                event: row.public_id,
            };
            return Ok(ended(at, walked, Some(fault)));
        }
    }
    Ok(Walked {
        position: at,
        events,
        fault: None,
        is_over: false,
    })
}

const fn ended(position: Position, events: usize, fault: Option<Fault>) -> Walked {
    Walked {
        position,
        events,
        fault,
        is_over: true,
    }
}

/// Why a row is not the one that follows `before`.
fn fault_of(
    conn: &mut DbConnection,
    (row, erased, told): (&AuditRow, &ErasedParts, &Told),
    (chain, before): (&str, &Position),
) -> Result<Option<Fault>, StoreError> {
    let event = row.public_id.clone();
    let seq = row.chain_seq.unwrap_or_default();
    if seq != before.seq + 1 {
        return Ok(Some(Fault::Missing {
            first: before.seq + 1,
            last: seq - 1,
            event,
        }));
    }
    if fits((row, erased), told, (chain, seq, &before.hash)) {
        return Ok(None);
    }
    let named = row.prev_hash.clone().unwrap_or_default();
    if named == before.hash {
        return Ok(Some(Fault::Changed { event }));
    }
    let is_elsewhere = exists(
        audit_events::table
            .filter(audit_events::chain_id.eq(chain))
            .filter(audit_events::hash.eq(&named)),
    );
    // The first event of a chain names none, wherever it was moved to.
    let is_elsewhere = named.is_empty() || select(is_elsewhere).get_result(conn)?;
    Ok(Some(if is_elsewhere {
        Fault::Reordered { event }
    } else {
        Fault::Replaced { event }
    }))
}

/// The ids of all chains, those too of which retention has left nothing.
pub fn chains(conn: &mut DbConnection) -> Result<Vec<String>, StoreError> {
    let mut found: Vec<String> = audit_events::table
        .filter(audit_events::chain_seq.is_not_null())
        .select(audit_events::chain_id)
        .distinct()
        .load(conn)?;
    let cut = audit_checkpoints::list(conn)?;
    found.extend(cut.into_iter().map(|checkpoint| checkpoint.head.chain));
    found.sort();
    found.dedup();
    Ok(found)
}

/// How many events there are, and how many of them have no place in a chain yet.
pub fn counts(conn: &mut DbConnection) -> Result<(i64, i64), StoreError> {
    let all = audit_events::table.select(count_star()).get_result(conn)?;
    let loose = audit_events::table
        .filter(audit_events::chain_seq.is_null())
        .select(count_star())
        .get_result(conn)?;
    Ok((all, loose))
}

/// The ends of all chains.
pub fn ends(conn: &mut DbConnection) -> Result<Vec<ChainHead>, StoreError> {
    let mut ends = Vec::new();
    for chain in chains(conn)? {
        let last: Option<(Option<i64>, Option<String>)> = audit_events::table
            .filter(audit_events::chain_id.eq(&chain))
            .filter(audit_events::chain_seq.is_not_null())
            .order(audit_events::chain_seq.desc())
            .select((audit_events::chain_seq, audit_events::hash))
            .first(conn)
            .optional()?;
        let position = match last {
            Some((seq, hash)) => Position {
                seq: seq.unwrap_or_default(),
                hash: hash.unwrap_or_default(),
            },
            None => audit_checkpoints::find(conn, &chain)?
                .map(|checkpoint| checkpoint.head.position)
                .unwrap_or_default(),
        };
        ends.push(ChainHead { chain, position });
    }
    Ok(ends)
}

/// Chains that hold an event from before this instant.
pub fn chains_older(
    conn: &mut DbConnection,
    before: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    Ok(audit_events::table
        .filter(audit_events::at.lt(millis(before)))
        .filter(audit_events::chain_seq.is_not_null())
        .select(audit_events::chain_id)
        .distinct()
        .load(conn)?)
}
