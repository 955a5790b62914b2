//! The hash chain over audit events (KEY-AT-REST). Each process is one chain with its own id;
//! each linked event carries its number in that chain, the hash of the event before it and its
//! own hash, so that a changed, inserted or removed event is found.
//!
//! The hash is SHA-256, in lower-case hex, of the UTF-8 text of this JSON array, without spaces:
//! `[chain_id, chain_seq, prev_hash, public_id, at, actor_kind, actor_id, actor_name, kind,
//! object_kind, object_id, object_name, before, after]`, with `at` in milliseconds UTC, absent
//! `before` and `after` as null, and `""` as the previous hash of the first event (number 1).
//!
//! SQLite's writer links before each commit; on PostgreSQL a thread links what was committed.
//! The last event of the chain is read in the linking transaction, so that no memory of it can be
//! wrong after a commit with unknown outcome.

use diesel::dsl::max;
use diesel::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::store::audit_checkpoints;
use crate::store::audit_events::AuditRow;
use crate::store::audit_walk::{self, Fault, Position};
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::audit_events;

/// Rows linked in one transaction at most, on PostgreSQL.
const AT_ONCE: i64 = 500;

/// One process's chain.
#[derive(Debug, Clone)]
pub(in crate::store) struct Chain {
    id: String,
}

/// What [`verify_chain`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainFinding {
    /// Number of events whose links and hashes are right.
    Unbroken { events: usize },
    /// What is wrong with the first event that does not fit.
    Broken(Fault),
}

impl Chain {
    /// A chain that has no event yet.
    pub(in crate::store) fn new(id: String) -> Self {
        Self { id }
    }

    /// Links the events that are not linked, in the order of their keys. Returns how many. A
    /// node's rows may be linked by another node, in that one's chain: so nothing stays unlinked
    /// when a node dies between a commit and its linking.
    pub(in crate::store) fn link(&self, conn: &mut DbConnection) -> Result<usize, StoreError> {
        let rows = unlinked(conn)?;
        if rows.is_empty() {
            return Ok(0);
        }
        let (mut seq, mut prev) = self.head(conn)?;
        for row in &rows {
            seq += 1;
            let hash = hash_of(row, &self.id, seq, &prev);
            on_either!(conn, |db| diesel::update(audit_events::table.find(row.id))
                .set((
                    audit_events::chain_id.eq(&self.id),
                    audit_events::chain_seq.eq(Some(seq)),
                    audit_events::prev_hash.eq(Some(&prev)),
                    audit_events::hash.eq(Some(&hash)),
                ))
                .execute(db))?;
            prev = hash;
        }
        Ok(rows.len())
    }

    /// Number and hash of the chain's last event.
    fn head(&self, conn: &mut DbConnection) -> Result<(i64, String), StoreError> {
        let mine = audit_events::table.filter(audit_events::chain_id.eq(&self.id));
        let last: Option<i64> = mine.select(max(audit_events::chain_seq)).get_result(conn)?;
        let Some(seq) = last else {
            // It has none yet, or retention removed them all: then it goes on where they ended.
            let cut = audit_checkpoints::find(conn, &self.id)?;
            let position = cut.map(|checkpoint| checkpoint.head.position);
            let position = position.unwrap_or_default();
            return Ok((position.seq, position.hash));
        };
        let hash: Option<String> = mine
            .filter(audit_events::chain_seq.eq(seq))
            .select(audit_events::hash)
            .get_result(conn)?;
        let hash = hash.ok_or_else(|| StoreError::corrupt("audit_events", "hash", &self.id))?;
        Ok((seq, hash))
    }
}

/// PostgreSQL passes over rows that another node is linking at this moment.
fn unlinked(conn: &mut DbConnection) -> Result<Vec<AuditRow>, StoreError> {
    let query = audit_events::table
        .filter(audit_events::chain_seq.is_null())
        .order(audit_events::id);
    let rows = on_either!(
        conn,
        postgres
            | pg
            | query
                .select(AuditRow::as_select())
                .limit(AT_ONCE)
                .for_update()
                .skip_locked()
                .load(pg),
        sqlite | lite | query.select(AuditRow::as_select()).load(lite)
    )?;
    Ok(rows)
}

/// Walks over a whole chain.
pub fn verify_chain(conn: &mut DbConnection, chain: &str) -> Result<ChainFinding, StoreError> {
    let mut position = Position::default();
    let mut events = 0;
    loop {
        let walked = audit_walk::step(conn, chain, (&position, None))?;
        events += walked.events;
        position = walked.position;
        match walked.fault {
            Some(fault) => return Ok(ChainFinding::Broken(fault)),
            None if walked.is_over => return Ok(ChainFinding::Unbroken { events }),
            None => {}
        }
    }
}

/// Whether a row's hash is that of what it says at its place: chain, number, hash of the one before.
pub(in crate::store) fn fits(row: &AuditRow, (chain, seq, prev): (&str, i64, &str)) -> bool {
    row.prev_hash.as_deref() == Some(prev)
        && row.hash.as_ref() == Some(&hash_of(row, chain, seq, prev))
}

fn hash_of(row: &AuditRow, chain: &str, seq: i64, prev: &str) -> String {
    let text = json!([
        chain,
        seq,
        prev,
        row.public_id,
        row.at,
        row.actor_kind,
        row.actor_id,
        row.actor_name,
        row.kind,
        row.object_kind,
        row.object_id,
        row.object_name,
        row.before,
        row.after,
    ])
    .to_string();
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        hex.push_str(&format!("{byte:02x}"));
    }
    hex
}
