//! The flight recorder: what was exchanged last with each service provider, for looking at. It never
//! slows or fails a sign-on: a message's verdicts are put aside in memory, which is bounded, and
//! written down about every second by a thread of its own; what does not fit is dropped. It is no
//! proof of anything: that is the audit.
//!
//! Strangers can make up messages without end. What nobody stands behind has a small share of its
//! own, in memory, of each round of writing and of the table, so that a flood costs a bounded number
//! of writes and displaces nothing that is proven.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::exchange::Exchange;
use crate::domain::ids::ConnectorId;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::store::exchanges::{self, Keep};
use crate::store::payload_recordings;

/// What stays of each connector.
pub const KEEP: Keep = Keep {
    proven: 50,
    unproven: 25,
    payloads: 16,
};
/// A document is kept up to this length, in bytes; so a connector has at most a megabyte of them.
pub const MAX_PAYLOAD_BYTES: usize = 64 * 1024;
/// Documents are forgotten after this long, and everything else after [`KEPT`].
pub const PAYLOADS_KEPT: TimeDelta = TimeDelta::days(1);
pub const KEPT: TimeDelta = TimeDelta::days(14);

/// So many wait to be written at most.
const MAX_WAITING: usize = 2_000;
/// So many of them with nobody behind them, whichever connector they name.
const MAX_UNPROVEN_WAITING: usize = 50;
/// So many of them with a document.
const MAX_PAYLOADS_WAITING: usize = 64;

/// What waits to be written, and of whom documents are wanted.
#[derive(Debug, Default)]
pub struct FlightRecorder {
    waiting: Mutex<Waiting>,
    /// As this process last read it; what is written down is decided by the store.
    recordings: Mutex<BTreeMap<ConnectorId, DateTime<Utc>>>,
}

/// By connector and whether they are proven.
type Queues = BTreeMap<(ConnectorId, bool), VecDeque<Exchange>>;

#[derive(Debug, Default)]
struct Waiting {
    queues: Queues,
    all: usize,
    unproven: usize,
    payloads: usize,
}

impl Waiting {
    fn push(&mut self, connector: ConnectorId, mut exchange: Exchange) {
        let is_proven = exchange.is_proven();
        let kept = if is_proven {
            KEEP.proven
        } else {
            KEEP.unproven
        };
        let is_full =
            self.all >= MAX_WAITING || (!is_proven && self.unproven >= MAX_UNPROVEN_WAITING);
        let queue = self.queues.get_mut(&(connector, is_proven));
        match queue {
            // Its own oldest goes, and if it has none, it is the one that is dropped.
            None if is_full => return,
            Some(queue) if is_full || queue.len() >= kept => {
                if let Some(oldest) = queue.pop_front() {
                    self.all -= 1;
                    self.unproven -= usize::from(!is_proven);
                    self.payloads -= usize::from(oldest.payload.is_some());
                }
            }
            _ => {}
        }
        if self.payloads >= MAX_PAYLOADS_WAITING {
            exchange.payload = None;
        }
        self.all += 1;
        self.unproven += usize::from(!is_proven);
        self.payloads += usize::from(exchange.payload.is_some());
        let queue = self.queues.entry((connector, is_proven)).or_default();
        queue.push_back(exchange);
    }
}

impl FlightRecorder {
    /// Puts an exchange aside; it is written down within about a second, or dropped.
    pub fn keep(&self, connector: ConnectorId, exchange: Exchange) {
        lock(&self.waiting).push(connector, exchange);
    }

    /// Whether documents of this connector are wanted.
    pub fn wants_payload(&self, connector: ConnectorId, now: DateTime<Utc>) -> bool {
        lock(&self.recordings)
            .get(&connector)
            .is_some_and(|ends_at| *ends_at > now)
    }

    /// Whether documents of anybody are wanted.
    pub fn wants_any_payload(&self) -> bool {
        !lock(&self.recordings).is_empty()
    }

    /// Takes what waits, by connector and in the order of time.
    fn take(&self) -> BTreeMap<ConnectorId, Vec<Exchange>> {
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        let mut taken: BTreeMap<ConnectorId, Vec<Exchange>> = BTreeMap::new();
        for ((connector, _), queue) in waiting.queues {
            taken.entry(connector).or_default().extend(queue);
        }
        for exchanges in taken.values_mut() {
            // Ids are in the order in which they were made, also within a millisecond.
            exchanges.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        }
        taken
    }
}

/// A panic of another thread leaves nothing here half done that would matter.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes down what waits, a connector at a time, and reads of whom documents are wanted. What cannot
/// be written is dropped.
pub fn flush(env: &Environment) -> Result<(), ServiceError> {
    let now = env.now();
    let wanted = env.store.read(|conn| payload_recordings::list(conn, now))?;
    *lock(&env.recorder.recordings) = wanted.into_iter().collect();
    let mut outcome = Ok(());
    for (connector, exchanges) in env.recorder.take() {
        // One that cannot be written is no reason to drop those of others.
        if let Err(error) = write(env, connector, exchanges) {
            outcome = Err(error);
        }
    }
    outcome
}

fn write(
    env: &Environment,
    connector: ConnectorId,
    waiting: Vec<Exchange>,
) -> Result<(), ServiceError> {
    let now = env.now();
    env.store.write(move |conn| -> Result<(), ServiceError> {
        // Asked here, where it counts: recording may have been ended on another node meanwhile.
        let is_wanted = payload_recordings::ends_at(conn, connector, now)?.is_some();
        let mut written = waiting.clone();
        if !is_wanted {
            for exchange in &mut written {
                exchange.payload = None;
            }
        }
        Ok(exchanges::add(conn, connector, &written, KEEP)?)
    })
}

#[cfg(test)]
mod tests;
