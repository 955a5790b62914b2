//! The audit as it is written, to whoever the operator names: in the order of each chain, by one node at a time, again
//! and again until the receiver took it. The position moves after that: nothing is lost when a node dies, and what was
//! on its way then arrives twice, under the same id.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::audit::AuditEvent;
use crate::service::audit_sink::{self, Outgoing, SinkError};
use crate::service::audit_target::Target;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::lease::Lease;
use crate::store::audit_streams::{self, Stream};
use crate::store::error::StoreError;

/// Longer than one batch can take, so that a slow receiver never makes two nodes send it.
const LEASE: Duration = Duration::from_secs(60);
/// Events that are handed over at once.
const AT_ONCE: i64 = 200;
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);
/// A receiver is tried again as long as it takes.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(5);
/// No transaction is open for so long: an event that is older and not there by now will not come.
const SETTLED: TimeDelta = TimeDelta::minutes(15);

/// How delivery stands, for pages and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamState {
    /// The receiver's address without secrets.
    pub target: String,
    /// Events that wait for it.
    pub waiting: i64,
    /// Events that it took.
    pub delivered: i64,
    /// Tries that failed since the last that did not.
    pub failures: i64,
    pub delivered_at: Option<DateTime<Utc>>,
    /// Why the last try failed; empty when it did not.
    pub fault: String,
}

/// The present state; `None`: nobody receives the audit.
pub fn state(env: &Environment) -> Result<Option<StreamState>, ServiceError> {
    let Some(target) = env.stream.target() else {
        return Ok(None);
    };
    let state = env.store.read(|conn| -> Result<_, StoreError> {
        let Some(stream) = audit_streams::find(conn, target)? else {
            return Ok(None);
        };
        let waiting = audit_streams::count_pending(conn, &stream)?;
        Ok(Some((stream, waiting)))
    })?;
    Ok(state.map(|(stream, waiting)| StreamState {
        target: stream.target,
        waiting,
        delivered: stream.delivered,
        failures: stream.failures,
        delivered_at: stream.delivered_at,
        fault: stream.fault,
    }))
}

/// Delivers what waits, unless another node is at it or a pause is on. Returns how many events were taken.
pub fn deliver_waiting(env: &Environment) -> Result<usize, ServiceError> {
    let Some(target) = &env.stream.target else {
        return Ok(0);
    };
    let lease = Lease::new("audit stream", LEASE);
    let mut taken = 0;
    while lease.take(env)? {
        // Read under the lease: whoever had it may have delivered some.
        let stream = begun(env, target)?;
        let waiting = env
            .store
            .read(|conn| audit_streams::pending(conn, &stream, AT_ONCE))?;
        if waiting.is_empty() || env.now() < stream.next_try_at {
            break;
        }
        match hand_over(env, target, &waiting) {
            Ok(()) => {
                note(env, &stream, &waiting)?;
                taken += waiting.len();
            }
            Err(fault) => {
                put_off(env, &stream, &fault)?;
                break;
            }
        }
    }
    lease.release(env)?;
    Ok(taken)
}

fn begun(env: &Environment, target: &Target) -> Result<Stream, ServiceError> {
    let find = |conn: &mut _| audit_streams::find(conn, &target.shown);
    if let Some(stream) = env.store.read(find)? {
        return Ok(stream);
    }
    let name = target.shown.clone();
    env.store
        .write(move |conn| audit_streams::begin(conn, &name))?;
    let begun = env.store.read(find)?;
    begun.ok_or(ServiceError::NotFound { what: "stream" })
}

fn hand_over(env: &Environment, target: &Target, events: &[AuditEvent]) -> Result<(), SinkError> {
    let batch: Result<Vec<Outgoing>, serde_json::Error> = events
        .iter()
        .map(|stored| {
            Ok(Outgoing {
                at: stored.event.at,
                kind: stored.event.kind.clone(),
                line: env.stream.format.line(stored.clone())?,
            })
        })
        .collect();
    let batch = batch?;
    audit_sink::deliver(&env.stream, &target.way, (&batch, env.now()))
}

fn note(env: &Environment, stream: &Stream, events: &[AuditEvent]) -> Result<(), ServiceError> {
    let mut positions: BTreeMap<String, i64> = BTreeMap::new();
    for event in events {
        let last = positions.entry(event.chain_id.clone()).or_default();
        *last = event.chain_seq.unwrap_or_default().max(*last);
    }
    let number = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let now = env.now();
    let target = stream.target.clone();
    env.store
        .write(move |conn| audit_streams::advance(conn, &target, (&positions, number, now)))?;
    raise_floor(env, stream, now)
}

/// Once a minute, since it looks at many events, and holds no writer up with that.
fn raise_floor(env: &Environment, stream: &Stream, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
    let is_done = |before: DateTime<Utc>| minute(before) == minute(now);
    if stream.delivered_at.is_some_and(is_done) {
        return Ok(());
    }
    let found = env
        .store
        .read(|conn| audit_streams::next_floor(conn, stream, now - SETTLED))?;
    if let Some(floor) = found {
        let target = stream.target.clone();
        env.store
            .write(move |conn| audit_streams::raise_floor(conn, &target, floor))?;
    }
    Ok(())
}

fn put_off(env: &Environment, stream: &Stream, fault: &SinkError) -> Result<(), ServiceError> {
    let target = stream.target.clone();
    tracing::warn!(target, %fault, "the audit was not delivered and is tried again");
    let now = env.now();
    let next = now + pause_after(stream.failures);
    let fault = fault.to_string();
    env.store
        .write(move |conn| audit_streams::fail(conn, &target, (&fault, now, next)))?;
    Ok(())
}

/// Doubled after each failure.
fn pause_after(failures: i64) -> TimeDelta {
    let doublings = u32::try_from(failures.clamp(0, 16)).unwrap_or(16);
    (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE)
}
