//! What the dashboard tells: sign-ons by day, what waits, what runs out, what comes next. Each part
//! is asked for apart, so that a role is only told what it may see; deciding that is the door's.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::domain::signing_key::{KeyAlgorithm, KeyState};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::signing_choice::keys_at;
use crate::service::stored_settings::StoredSettings;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::paging::PageRequest;
use crate::store::{audit_events, beginnings, mail_outbox, reconciliations, suggestions};

/// Days in the picture, today among them.
pub const DAYS: u64 = 14;
/// A certificate is told of this long before its end, which leaves time to tell every application.
const RUNS_OUT_WITHIN: TimeDelta = TimeDelta::days(60);
/// Runs that are looked at: more than are ever going on or were cut off in a row.
const RECENT: u32 = 20;

/// What happened on one day of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOfSignOns {
    pub date: NaiveDate,
    pub sign_ons: i64,
    /// No access, or no assertion could be made.
    pub refusals: i64,
}

/// The last days, the oldest first. Each is counted apart: sorting a million events into days would
/// take longer than counting them.
pub fn sign_ons(env: &Environment) -> Result<Vec<DayOfSignOns>, ServiceError> {
    let today = env.now().date_naive();
    let first = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today);
    let read = |conn: &mut DbConnection| -> Result<Vec<DayOfSignOns>, StoreError> {
        let days = first.iter_days().take_while(|date| *date <= today);
        days.map(|date| on_day(conn, date)).collect()
    };
    Ok(env.store.read(read)?)
}

fn on_day(conn: &mut DbConnection, date: NaiveDate) -> Result<DayOfSignOns, StoreError> {
    let from = date.and_time(NaiveTime::MIN).and_utc();
    let day = (from, from + TimeDelta::days(1));
    Ok(DayOfSignOns {
        date,
        sign_ons: audit_events::count(conn, "assertion.issued", day)?,
        refusals: audit_events::count(conn, "sign_on.denied", day)?
            + audit_events::count(conn, "sign_on.failed", day)?,
    })
}

/// How many suggestions wait for review, and in how many groups (rule A33).
pub fn reviews(env: &Environment) -> Result<(i64, i64), ServiceError> {
    Ok(env.store.read(suggestions::count_all_pending)?)
}

/// A certificate of ours that ends soon or has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingCertificate {
    pub algorithm: KeyAlgorithm,
    /// Whether assertions are signed with it.
    pub is_active: bool,
    pub not_after: DateTime<Utc>,
    pub has_ended: bool,
}

/// Published certificates that run out, the first to end first.
pub fn ending_certificates(env: &Environment) -> Result<Vec<EndingCertificate>, ServiceError> {
    let now = env.now();
    let keys = env.store.read(|conn| keys_at(conn, now))?;
    let mut ending: Vec<EndingCertificate> = keys
        .into_iter()
        .filter(|key| key.state != KeyState::Retired && key.not_after <= now + RUNS_OUT_WITHIN)
        .map(|key| EndingCertificate {
            algorithm: key.algorithm,
            is_active: key.state == KeyState::Active,
            not_after: key.not_after,
            has_ended: key.not_after <= now,
        })
        .collect();
    ending.sort_by_key(|certificate| certificate.not_after);
    Ok(ending)
}

/// A full recompute that came to its end (rule A5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinishedRun {
    pub at: DateTime<Utc>,
    pub groups: i64,
    pub additions: i64,
    pub removals: i64,
}

impl FinishedRun {
    /// A correct engine leaves nothing to repair.
    pub const fn is_alarm(self) -> bool {
        self.additions > 0 || self.removals > 0
    }
}

/// The last one.
pub fn last_run(env: &Environment) -> Result<Option<FinishedRun>, ServiceError> {
    let recent = |conn: &mut DbConnection| reconciliations::list(conn, &PageRequest::first(RECENT));
    let runs = env.store.read(recent)?.items;
    Ok(runs.into_iter().find_map(|run| {
        Some(FinishedRun {
            at: run.finished_at?,
            groups: run.groups_checked,
            additions: run.additions,
            removals: run.removals,
        })
    }))
}

/// Mail that was not sent yet, and whether there is a server to send it.
pub fn waiting_mail(env: &Environment) -> Result<(i64, bool), ServiceError> {
    let waiting = env.store.read(mail_outbox::count_waiting)?;
    let server = StoredSettings::read(env)?.mail_server()?;
    Ok((waiting, !server.value.is_empty()))
}

/// Something an installation still lacks before somebody can sign on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    AddUser,
    AddApplication,
    AddGroup,
    FillGroup,
    BindGroup,
}

/// What comes next, in the order in which it is done; empty once a sign-on is possible.
pub fn next_steps(env: &Environment) -> Result<Vec<NextStep>, ServiceError> {
    let have = env.store.read(beginnings::find)?;
    let steps = [
        (have.connector, NextStep::AddApplication),
        (have.user, NextStep::AddUser),
        (have.group, NextStep::AddGroup),
        (have.member || !have.group, NextStep::FillGroup),
        (
            have.binding || !have.group || !have.connector,
            NextStep::BindGroup,
        ),
    ];
    let open = steps.into_iter().filter(|(is_done, _)| !is_done);
    Ok(open.map(|(_, step)| step).collect())
}
