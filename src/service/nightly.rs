//! When the full recompute runs (rule A5): every night at a set time of a set zone, by one node; a
//! night that was missed is made up for. What it does is `reconcile.rs`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::lease::Lease;
use crate::service::listing::{ListQuery, Page};
use crate::service::reconcile::{self, ReconcileReport};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::paging::PageRequest;
use crate::store::reconciliations::{self, Reconciliation};
use crate::store::signing_keys;

const LEASE_NAME: &str = "reconcile";
/// How long a node that died keeps the others waiting.
const LEASE: Duration = Duration::from_secs(120);
/// A run prolongs its lease this often.
const PROLONGED_EVERY: TimeDelta = TimeDelta::seconds(20);
/// More runs than anybody starts by hand in one day.
const RECENT: u32 = 100;

/// The time of day of the nightly run.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub at: Time,
    pub zone: TimeZone,
}

/// What became of a wish to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    Done(ReconcileReport),
    /// Another one is running, here or on another node.
    Busy,
}

/// Reads a time of day such as `02:00`.
pub fn time_of_day(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text).ok()
}

/// Reads UTC, or a name of the system's time zone database such as `Europe/Berlin`.
pub fn time_zone(text: &str) -> Option<TimeZone> {
    TimeZone::get(text).ok()
}

impl Schedule {
    /// The last instant, up to `now`, at which a run was due. A time that the clocks skip in spring
    /// is due when they have skipped it; one that comes twice in autumn, the first time.
    pub fn last_due(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let now = Timestamp::from_millisecond(now.timestamp_millis()).ok()?;
        let today = now.to_zoned(self.zone.clone()).date();
        [0, 1, 2]
            .into_iter()
            .filter_map(|days| today.checked_sub(days.days()).ok())
            .filter_map(|day| {
                let due = self.zone.to_ambiguous_timestamp(day.to_datetime(self.at));
                due.compatible().ok()
            })
            .find(|due| *due <= now)
            .and_then(|due| DateTime::from_timestamp_millis(due.as_millisecond()))
    }
}

/// Runs if the last due time has no finished run behind it. True: it ran.
pub fn run_if_due(env: &Environment, schedule: &Schedule) -> Result<bool, ServiceError> {
    let Some(due) = schedule.last_due(env.now()) else {
        return Ok(false);
    };
    let lacks_a_run = || env.store.read(|conn| is_owed(conn, due));
    if !lacks_a_run()? {
        return Ok(false);
    }
    let lease = Lease::new(LEASE_NAME, LEASE);
    // Asked again under the lease: whoever had it may have done the work.
    if !lease.take(env)? {
        return Ok(false);
    }
    let ran = lacks_a_run().map_err(ServiceError::from).and_then(|owed| {
        if owed {
            under(env, &lease, "nightly", |_, _| {})?;
        }
        Ok(owed)
    });
    lease.release(env)?;
    ran
}

/// Runs now, unless another run is going on. `progress` is told users done and users in all.
pub fn recompute(
    env: &Environment,
    cause: &str,
    progress: impl FnMut(u64, u64),
) -> Result<Attempt, ServiceError> {
    let lease = Lease::new(LEASE_NAME, LEASE);
    if !lease.take(env)? {
        return Ok(Attempt::Busy);
    }
    let report = under(env, &lease, cause, progress);
    lease.release(env)?;
    Ok(Attempt::Done(report?))
}

/// The runs, newest first.
pub fn list(env: &Environment, query: &ListQuery) -> Result<Page<Reconciliation>, ServiceError> {
    let request = query.page_request()?;
    let page = env
        .store
        .read(|conn| reconciliations::list(conn, &request))?;
    Ok(page.into())
}

fn under(
    env: &Environment,
    lease: &Lease,
    cause: &str,
    mut progress: impl FnMut(u64, u64),
) -> Result<ReconcileReport, ServiceError> {
    let mut prolonged = env.now();
    reconcile::run(env, cause, |done, all| {
        let now = env.now();
        if now - prolonged >= PROLONGED_EVERY {
            prolonged = now;
            // Two runs beside each other do no harm; they only do the work twice.
            if let Err(error) = lease.take(env) {
                tracing::warn!(%error, "the lease of the recompute could not be prolonged");
            }
        }
        progress(done, all);
    })
}

/// Whether nobody has run to the end since then. An installation that is younger owes nothing.
fn is_owed(conn: &mut DbConnection, due: DateTime<Utc>) -> Result<bool, StoreError> {
    let installed = signing_keys::list(conn)?
        .into_iter()
        .map(|key| key.created_at)
        .min();
    if installed.is_none_or(|installed| installed >= due) {
        return Ok(false);
    }
    let runs = reconciliations::list(conn, &PageRequest::first(RECENT))?.items;
    let is_behind = |run: &Reconciliation| run.started_at >= due && run.finished_at.is_some();
    Ok(!runs.iter().any(is_behind))
}

#[cfg(test)]
mod tests;
