//! How long the audit is kept, if its owner sets an end: whole days of it are removed from the beginnings of chains,
//! some at a time. In their place stands a checkpoint, sealed under the master key, so that what is left can still be
//! proven; and an event that tells of it. What does not fit its chain, or waits for a receiver, stays.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::service::audit_trail::{Trail, object};
use crate::service::audit_verify::checkpoint_text;
use crate::service::caller::system;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::lease::Lease;
use crate::service::secrets::Sealed;
use crate::service::stored_settings::StoredSettings;
use crate::store::audit_checkpoints::{self, Checkpoint};
use crate::store::audit_walk::{self, ChainHead, Position};
use crate::store::{audit_streams, connection::DbConnection, error::StoreError};

/// Longer than one transaction takes.
const LEASE: Duration = Duration::from_secs(300);
/// Events that go in one transaction, of one chain.
const OF_A_CHAIN: i64 = 500;
/// Chains that go in one transaction.
const CHAINS: usize = 20;

/// Removes what is too old; nothing when there is no end, or when another node is at it. Returns how many events went.
pub fn sweep(env: &Environment) -> Result<usize, ServiceError> {
    let Some(days) = StoredSettings::read(env)?.audit_retention_days()? else {
        return Ok(0);
    };
    // Whole days, so that one sweep a day finds something, and the event that tells of it is one a day.
    let midnight = env
        .now()
        .date_naive()
        .and_time(chrono::NaiveTime::MIN)
        .and_utc();
    let before = midnight - TimeDelta::days(days);
    let lease = Lease::new("audit retention", LEASE);
    let mut all = 0;
    while lease.take(env)? {
        let found = env.store.read(|conn| old_ends(env, conn, before))?;
        if found.is_empty() {
            break;
        }
        let gone = remove(env, (found, before))?;
        all += gone;
        if gone == 0 {
            break;
        }
    }
    lease.release(env)?;
    Ok(all)
}

/// The ends up to which chains may go.
fn old_ends(
    env: &Environment,
    conn: &mut DbConnection,
    before: DateTime<Utc>,
) -> Result<Vec<ChainHead>, StoreError> {
    let mut found = Vec::new();
    for chain in audit_walk::chains_older(conn, before)? {
        let delivered = match env.stream.target() {
            Some(target) => Some(audit_streams::position(conn, target, &chain)?),
            None => None,
        };
        let limits = (before, delivered, OF_A_CHAIN);
        if let Some((end, _events)) = audit_checkpoints::removable(conn, &chain, limits)? {
            // What was tampered with is evidence, and stays.
            let walked =
                audit_walk::step(conn, &chain, (&Position::default(), Some(&end.position)))?;
            match walked.fault {
                None => found.push(end),
                Some(fault) => tracing::error!(
                    chain,
                    ?fault,
                    "a chain of the audit is broken; nothing is removed from it"
                ),
            }
        }
        if found.len() == CHAINS {
            break;
        }
    }
    Ok(found)
}

fn remove(
    env: &Environment,
    (ends, before): (Vec<ChainHead>, DateTime<Utc>),
) -> Result<usize, ServiceError> {
    let checkpoints: Result<Vec<Checkpoint>, ServiceError> = ends
        .into_iter()
        .map(|head| {
            let text = checkpoint_text(&head);
            let sealed = env.keys.seal(Sealed::AuditCheckpoint, text.as_bytes())?;
            Ok(Checkpoint { head, sealed })
        })
        .collect();
    let checkpoints = checkpoints?;
    let trail = Trail::new(env, &system());
    env.store.write(move |conn| -> Result<usize, ServiceError> {
        let mut gone = 0;
        for checkpoint in &checkpoints {
            gone += audit_checkpoints::cut(conn, checkpoint)?;
        }
        if gone == 0 {
            return Ok(0);
        }
        let after = serde_json::json!({ "events": gone, "before": before.to_rfc3339() });
        let named = object("audit", "", "audit");
        trail.write(
            conn,
            "audit.removed",
            named,
            (None, Some(after.to_string())),
        )?;
        Ok(gone)
    })
}
