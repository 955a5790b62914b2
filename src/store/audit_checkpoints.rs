//! Where chains of audit events begin after retention has removed their older ends. The one file that deletes audit
//! events, and only together with the checkpoint that takes their place.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::store::audit_erasures::{self, ERASED};
use crate::store::audit_events::AuditRow;
use crate::store::audit_walk::{ChainHead, Position};
use crate::store::columns::millis;
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::{audit_checkpoints, audit_events};

/// The last event that was removed from a chain, and the same sealed by the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub head: ChainHead,
    pub sealed: Vec<u8>,
}

type Row = (String, i64, String, Vec<u8>);

/// All checkpoints.
pub fn list(conn: &mut DbConnection) -> Result<Vec<Checkpoint>, StoreError> {
    let rows: Vec<Row> = audit_checkpoints::table.load(conn)?;
    Ok(rows.into_iter().map(checkpoint).collect())
}

/// The checkpoint of a chain; `None`: nothing was removed from it.
pub fn find(conn: &mut DbConnection, chain: &str) -> Result<Option<Checkpoint>, StoreError> {
    let row: Option<Row> = audit_checkpoints::table
        .find(chain)
        .get_result(conn)
        .optional()?;
    Ok(row.map(checkpoint))
}

/// How much of the beginning of a chain may go: the last event of at most `most` that are all older than `before`
/// and, where a receiver waits for them, delivered. The event of an erasure stays as long as a row that it erased: it
/// is what the row is proven by. Erased rows are older than it, so they go first. `None`: nothing.
pub fn removable(
    conn: &mut DbConnection,
    chain: &str,
    (before, delivered, most): (DateTime<Utc>, Option<i64>, i64),
) -> Result<Option<(ChainHead, i64)>, StoreError> {
    let rows: Vec<AuditRow> = audit_events::table
        .filter(audit_events::chain_id.eq(chain))
        .filter(audit_events::chain_seq.is_not_null())
        .order(audit_events::chain_seq)
        .limit(most)
        .select(AuditRow::as_select())
        .load(conn)?;
    let mut last = None;
    let mut number = 0;
    for row in rows {
        let seq = row.chain_seq.unwrap_or_default();
        if row.at >= millis(before) || delivered.is_some_and(|delivered| seq > delivered) {
            break;
        }
        if row.kind == ERASED && audit_erasures::has_any_by(conn, &row.public_id)? {
            break;
        }
        number += 1;
        let hash = row.hash.unwrap_or_default();
        last = Some(Position { seq, hash });
    }
    Ok(last.map(|position| {
        let chain = chain.to_owned();
        (ChainHead { chain, position }, number)
    }))
}

/// Removes a chain's events up to the checkpoint, which takes their place. Returns how many went: none if the chain
/// was cut so far before, for a checkpoint never goes back.
pub fn cut(conn: &mut DbConnection, checkpoint: &Checkpoint) -> Result<usize, StoreError> {
    if !advance(conn, checkpoint)? {
        return Ok(0);
    }
    let ChainHead { chain, position } = &checkpoint.head;
    let gone = audit_events::table
        .filter(audit_events::chain_id.eq(chain))
        .filter(audit_events::chain_seq.le(position.seq));
    Ok(diesel::delete(gone).execute(conn)?)
}

/// Writes a checkpoint in the place of the chain's former one; false: that one is as far, or farther.
fn advance(conn: &mut DbConnection, checkpoint: &Checkpoint) -> Result<bool, StoreError> {
    use audit_checkpoints::{chain_id, last_hash, last_seq, sealed, table};
    use diesel::query_dsl::methods::FilterDsl;
    let ChainHead { chain, position } = &checkpoint.head;
    let values = (
        last_seq.eq(position.seq),
        last_hash.eq(&position.hash),
        sealed.eq(&checkpoint.sealed),
    );
    let written = on_either!(conn, |db| diesel::insert_into(table)
        .values((chain_id.eq(chain), values))
        .on_conflict(chain_id)
        .do_update()
        .set(values)
        .filter(last_seq.lt(position.seq))
        .execute(db))?;
    Ok(written == 1)
}

/// Puts the same checkpoint, sealed anew, in its place, unless retention went on meanwhile.
pub fn reseal(
    conn: &mut DbConnection,
    head: &ChainHead,
    sealed: &[u8],
) -> Result<bool, StoreError> {
    let this = audit_checkpoints::table
        .find(&head.chain)
        .filter(audit_checkpoints::last_seq.eq(head.position.seq));
    let changed = diesel::update(this)
        .set(audit_checkpoints::sealed.eq(sealed))
        .execute(conn)?;
    Ok(changed == 1)
}

fn checkpoint((chain, seq, hash, sealed): Row) -> Checkpoint {
    Checkpoint {
        head: ChainHead {
            chain,
            position: Position { seq, hash },
        },
        sealed,
    }
}
