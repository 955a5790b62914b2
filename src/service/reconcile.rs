//! The full recompute (rule A5): users and memberships are read side by side in the order of their
//! keys, a page at a time, each page at one snapshot with the rules of that snapshot, so that memory
//! stays the same whatever the size. A correct engine finds nothing. A difference is a suspicion:
//! the user is evaluated again in an ordinary change of a user, which writes, and an alarm is raised.

use std::iter::Peekable;
use std::sync::Arc;

use crate::domain::ids::UserId;
use crate::domain::membership_change::{
    MembershipChange, Rejections, UserMemberships, suggestion_difference, user_difference,
};
use crate::service::audit_trail::{Trail, object_of_user};
use crate::service::caller::system;
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::notifications::{self, Notice};
use crate::service::rule_cache::RuleCache;
use crate::service::rule_change::count;
use crate::service::user_evaluation::{self, Evaluation};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::reconciliations::{self, Reconciliation};
use crate::store::{exemptions, memberships, suggestions, users};

/// Users looked at in one snapshot.
const PAGE: u32 = 1_000;

/// What a run looked at and what it repaired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReconcileReport {
    pub users: i64,
    /// Dynamic groups.
    pub groups: i64,
    pub additions: i64,
    pub removals: i64,
    /// Memberships that stayed and had the wrong source.
    pub relabelled: i64,
    /// Suggestions that were missing or stale. Those that wait or were rejected are none.
    pub suggestions: i64,
}

impl ReconcileReport {
    /// True if nothing had to be repaired.
    pub const fn is_clean(&self) -> bool {
        self.repaired() == 0
    }

    /// How many differences there were, of any kind.
    pub const fn repaired(&self) -> i64 {
        self.additions + self.removals + self.relabelled + self.suggestions
    }

    fn add(&mut self, repaired: &Evaluation) {
        self.additions += count(repaired.joined.len());
        self.removals += count(repaired.left.len());
        self.relabelled += count(repaired.relabelled.len());
        self.suggestions += count(repaired.suggested.len() + repaired.withdrawn.len());
    }
}

/// Runs once and records the run. `cause`: `nightly` or `command`. `progress` is told users done
/// and users in all. Who may run it is the caller's affair (leases).
pub fn run(
    env: &Environment,
    cause: &str,
    mut progress: impl FnMut(u64, u64),
) -> Result<ReconcileReport, ServiceError> {
    let mut record = begin(env, cause)?;
    let total = env.store.read(users::count)?;
    let mut report = ReconcileReport::default();
    let mut after = Some(UserId::new(i64::MIN));
    while let Some(last) = after {
        progress(shown(report.users), shown(total.max(report.users)));
        let page = env
            .store
            .read(|conn| -> Result<Page, StoreError> { check(conn, &env.rules, last) })?;
        report.users += page.users;
        report.groups = page.groups;
        for user in page.suspects {
            report.add(&repair(env, user)?);
        }
        after = page.last;
    }
    progress(shown(report.users), shown(report.users));
    record.finished_at = Some(env.now());
    record.groups_checked = report.groups;
    record.additions = report.additions;
    record.removals = report.removals;
    record.repaired = report.repaired();
    env.store
        .write(move |conn| reconciliations::save(conn, &record))?;
    if !report.is_clean() {
        tracing::error!(
            additions = report.additions,
            removals = report.removals,
            relabelled = report.relabelled,
            suggestions = report.suggestions,
            "memberships differed from their rules and were repaired"
        );
    }
    Ok(report)
}

fn begin(env: &Environment, cause: &str) -> Result<Reconciliation, StoreError> {
    let record = Reconciliation {
        public_id: new_public_id(),
        cause: cause.to_owned(),
        started_at: env.now(),
        finished_at: None,
        groups_checked: 0,
        additions: 0,
        removals: 0,
        repaired: 0,
    };
    let new = record.clone();
    env.store
        .write(move |conn| reconciliations::insert(conn, &new))?;
    Ok(record)
}

/// Counts of rows are never negative.
fn shown(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}

struct Page {
    users: i64,
    groups: i64,
    /// `None`: there are no more users.
    last: Option<UserId>,
    suspects: Vec<UserId>,
}

/// Compares one page of users with what rules and exemptions say, at the snapshot of `conn`.
fn check(conn: &mut DbConnection, rules: &RuleCache, after: UserId) -> Result<Page, StoreError> {
    let rules = rules.at(conn)?;
    let page = users::list_by_key(conn, (after, PAGE))?;
    let mut suspects = Vec::new();
    let last = page.last().map(|user| user.id);
    if let (Some(first), Some(last)) = (page.first(), last) {
        let range = (first.id, last);
        let mut present = memberships::of_users(conn, range)?.into_iter().peekable();
        let mut exempt = exemptions::of_users(conn, range)?.into_iter().peekable();
        let mut stored = suggestions::of_users(conn, range)?.into_iter().peekable();
        for user in &page {
            let changes = user_difference(UserMemberships {
                matching: &rules.index().groups_matching(user),
                exemptions: &rows_of(user.id, &mut exempt),
                present: &rows_of(user.id, &mut present),
                methods: rules.methods(),
            });
            let is_wrong = |(_, change): &(_, MembershipChange)| {
                !matches!(change, MembershipChange::Suggest(_))
            };
            let stored = rows_of(user.id, &mut stored);
            let suggested = suggestion_difference(&changes, &stored, Rejections::Keep);
            let is_suspect = changes.iter().any(is_wrong)
                || !suggested.delete.is_empty()
                || !suggested.insert.is_empty();
            if is_suspect {
                suspects.push(user.id);
            }
        }
    }
    Ok(Page {
        users: count(page.len()),
        groups: count(rules.methods().len()),
        last,
        suspects,
    })
}

/// Takes the rows of one user off the front of rows in the order of users.
fn rows_of<T>(user: UserId, rows: &mut Peekable<impl Iterator<Item = (UserId, T)>>) -> Vec<T> {
    let mut own = Vec::new();
    while let Some((_, row)) = rows.next_if(|(of, _)| *of == user) {
        own.push(row);
    }
    own
}

/// Evaluates a suspect in an ordinary change of the user. What had become right meanwhile leaves no
/// trace.
fn repair(env: &Environment, id: UserId) -> Result<Evaluation, ServiceError> {
    let trail = Trail::new(env, &system());
    let rules = Arc::clone(&env.rules);
    let notice = Notice::new(env);
    env.store
        .change_user(move |conn| -> Result<Evaluation, ServiceError> {
            users::lock(conn, id)?;
            let Some(user) = users::find(conn, id)? else {
                return Ok(Evaluation::default());
            };
            let event = trail.announce();
            let repaired = user_evaluation::evaluate(conn, &rules, &user, &event)?;
            if !repaired.is_empty() {
                let what = ("user.memberships_repaired", object_of_user(&user));
                trail.write_event(conn, &event, what, (None, None))?;
            }
            let suggested = repaired.suggested.iter().copied();
            notifications::suggestions_waiting(conn, &notice, suggested)?;
            Ok(repaired)
        })
}
