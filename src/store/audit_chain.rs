//! The hash chain over audit events (KEY-AT-REST). Each process is one chain with its own id;
//! each linked event carries its number in that chain, the hash of the event before it and its
//! own hash, so that a changed, inserted or removed event is found.
//!
//! What names a person is chained by a salted digest, so that it can be erased without breaking
//! anything: the actor part is `actor_name`, its digest SHA-256 of the JSON array
//! `["actor", salt, actor_name]`; the object part is `object_name`, `before` and `after`, its digest
//! that of `["object", salt, object_name, before, after]`. While the salt is there, the digest is
//! computed from what the row says; of an erased part it is kept in `audit_erasures`.
//!
//! The hash is SHA-256, in lower-case hex, of the UTF-8 text of this JSON array, without spaces:
//! `[2, chain_id, chain_seq, prev_hash, public_id, at, actor_kind, actor_id, actor digest, kind,
//! object_kind, object_id, object digest]`, with `at` in milliseconds UTC, absent `before` and
//! `after` as null, and `""` as the previous hash of the first event (number 1).
//!
//! Events of before the salts (format 1) are hashed in clear: `[chain_id, chain_seq, prev_hash,
//! public_id, at, actor_kind, actor_id, actor_name, kind, object_kind, object_id, object_name,
//! before, after]`. When such a one is erased, its hash stays as a link, and no more can be proven
//! of it.
//!
//! SQLite's writer links before each commit; on PostgreSQL a thread links what was committed.
//! The last event of the chain is read in the linking transaction, so that no memory of it can be
//! wrong after a commit with unknown outcome.

use std::collections::BTreeMap;

use diesel::dsl::max;
use diesel::prelude::*;
use serde_json::json;

use crate::store::audit_checkpoints;
use crate::store::audit_erasures::{self, ErasedPart, Told};
use crate::store::audit_events::AuditRow;
use crate::store::audit_parts::{Part, digest, digest_of};
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
        // What was erased has lost a salt: the events of every day need no look.
        let has_lost = |row: &&AuditRow| row.actor_salt.is_none() || row.object_salt.is_none();
        let ids: Vec<i64> = rows.iter().filter(has_lost).map(|row| row.id).collect();
        let erased = audit_erasures::of_events(conn, &ids)?;
        let (mut seq, mut prev) = self.head(conn)?;
        for row in &rows {
            seq += 1;
            let parts = erased.get(&row.id).unwrap_or(&NOTHING);
            // A row without salts is of a format that knew no erasing: its text is all there.
            let hash = hash_of(row, parts, (&self.id, seq, &prev))
                .unwrap_or_else(|| clear_hash(row, (&self.id, seq, &prev)));
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

/// The erased parts of one event.
pub(in crate::store) type ErasedParts = BTreeMap<Part, ErasedPart>;

static NOTHING: ErasedParts = BTreeMap::new();

/// Whether a row's hash is that of what it says at its place: chain, number, hash of the one before; and
/// what was erased of it is told by the chain. Of an erased event of format 1 only the link is left, which
/// the next event repeats.
pub(in crate::store) fn fits(
    (row, erased): (&AuditRow, &ErasedParts),
    told: &Told,
    place: (&str, i64, &str),
) -> bool {
    let is_hashed = if is_clear(row, erased) && !erased.is_empty() {
        row.hash.is_some()
    } else {
        hash_of(row, erased, place).is_some_and(|hash| row.hash.as_ref() == Some(&hash))
    };
    let (_, _, prev) = place;
    is_hashed
        && row.prev_hash.as_deref() == Some(prev)
        && audit_erasures::are_told(told, (&row.public_id, erased))
}

/// Whether a row is of format 1: neither part has a salt, or had one.
fn is_clear(row: &AuditRow, erased: &ErasedParts) -> bool {
    row.actor_salt.is_none()
        && row.object_salt.is_none()
        && erased.values().all(|part| part.digest.is_none())
}

/// The hash of a row at its place: chain, number, hash of the one before. `None`: a salt is gone
/// without an erasure that kept the digest.
fn hash_of(
    row: &AuditRow,
    erased: &ErasedParts,
    (chain, seq, prev): (&str, i64, &str),
) -> Option<String> {
    if is_clear(row, erased) {
        return Some(clear_hash(row, (chain, seq, prev)));
    }
    let kept = |part: Part| erased.get(&part).and_then(|part| part.digest.clone());
    let actor = digest_of(row, Part::Actor).or_else(|| kept(Part::Actor))?;
    let object = digest_of(row, Part::Object).or_else(|| kept(Part::Object))?;
    Some(digest(&json!([
        2,
        chain,
        seq,
        prev,
        row.public_id,
        row.at,
        row.actor_kind,
        row.actor_id,
        actor,
        row.kind,
        row.object_kind,
        row.object_id,
        object,
    ])))
}

/// Format 1.
fn clear_hash(row: &AuditRow, (chain, seq, prev): (&str, i64, &str)) -> String {
    digest(&json!([
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
    ]))
}
