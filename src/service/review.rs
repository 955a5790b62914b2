//! Reviewing what a rule suggests (rules A30-A36): listing what waits, accepting a selection,
//! rejecting and remembering it. Who may is decided at the door (rule A31).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::domain::audit::Actor;
use crate::domain::ids::{PublicId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::membership_change::{MembershipChange, Pair, SuggestionOp, decide};
use crate::domain::user::User;
use crate::domain::user_group::UserGroup;
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Event, Trail, object_of_group};
use crate::service::cause::{self, Cause, Reason};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::groups::find;
use crate::service::listing::{ListQuery, Page};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::memberships::{self, NewMembership};
use crate::store::suggestions::{self, PendingSuggestion};
use crate::store::{exemptions, users};

/// A suggestion that waits.
#[derive(Debug, Clone)]
pub struct Suggestion {
    pub op: SuggestionOp,
    pub user: PublicId,
    pub username: String,
    pub display_name: String,
    pub since: DateTime<Utc>,
    /// With the conditions that the user meets or fails (rule A34).
    pub cause: Cause,
}

/// What came of a selection; public ids in the order in which they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// Accepted or rejected now.
    pub found: Vec<String>,
    /// Nothing waited for these: somebody else was faster, or it no longer applied.
    pub not_found: Vec<String>,
}

/// A page of what waits, by display name; `op` filters.
pub fn list(
    env: &Environment,
    group: &str,
    query: &ListQuery,
) -> Result<Page<Suggestion>, ServiceError> {
    query.check_filters(&["op"])?;
    let request = query.page_request()?;
    let op = query
        .filters
        .get("op")
        .map(|text| parse_op(text))
        .transpose()?;
    let group = PublicId::new(group);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let group = find(conn, &group)?;
        let page: Page<PendingSuggestion> =
            suggestions::list_pending(conn, (group.id, op), query.q.as_deref(), &request)?.into();
        let causes = causes(conn, &group, &page.items)?;
        let items = page.items.into_iter().zip(causes);
        Ok(Page {
            items: items
                .map(|(row, cause)| Suggestion {
                    op: row.op,
                    user: row.user_public_id,
                    username: row.username,
                    display_name: row.display_name,
                    since: row.since,
                    cause,
                })
                .collect(),
            next: page.next,
            total: page.total,
        })
    })
}

/// Carries out what waits for these users, if it still applies; memberships name this event as
/// their cause.
pub fn accept(
    env: &Environment,
    actor: &Actor,
    group: &str,
    users: &[String],
) -> Result<Reviewed, ServiceError> {
    review(env, actor, (group, users), Verdict::Accept)
}

/// Refuses what waits for these users; remembered until the rule or a rule attribute of the user
/// changes.
pub fn reject(
    env: &Environment,
    actor: &Actor,
    group: &str,
    users: &[String],
) -> Result<Reviewed, ServiceError> {
    review(env, actor, (group, users), Verdict::Reject)
}

#[derive(Debug, Clone, Copy)]
enum Verdict {
    Accept,
    Reject,
}

impl Verdict {
    const fn event_kind(self) -> &'static str {
        match self {
            Self::Accept => "group.suggestions_accepted",
            Self::Reject => "group.suggestions_rejected",
        }
    }
}

fn review(
    env: &Environment,
    actor: &Actor,
    (group, ids): (&str, &[String]),
    verdict: Verdict,
) -> Result<Reviewed, ServiceError> {
    if ids.is_empty() {
        let violation = Violation::new("/userIds", "Name at least one user.");
        return Err(ServiceError::Invalid(vec![violation]));
    }
    let group = PublicId::new(group);
    let ids = distinct(ids);
    let trail = Trail::new(env, actor);
    env.store
        .change_user(move |conn| -> Result<Reviewed, ServiceError> {
            let group = find(conn, &group)?;
            let users = lock(conn, &ids)?;
            let event = trail.announce();
            let mut decided = Vec::new();
            let mut reviewed = Reviewed::default();
            for id in &ids {
                let op = match users.get(id) {
                    Some(user) => decide_one(conn, (&group, user), verdict, &event)?,
                    None => None,
                };
                match (op, users.get(id)) {
                    (Some(op), Some(user)) => {
                        decided.push(text_of(user, op));
                        reviewed.found.push(id.clone());
                    }
                    _ => reviewed.not_found.push(id.clone()),
                }
            }
            if !decided.is_empty() {
                let text = serde_json::json!({ "users": decided }).to_string();
                let what = (verdict.event_kind(), object_of_group(&group));
                trail.write_event(conn, &event, what, (None, Some(text)))?;
            }
            Ok(reviewed)
        })
}

/// What was decided about one user; `None`: nothing waited, or it no longer applied.
fn decide_one(
    conn: &mut DbConnection,
    (group, user): (&UserGroup, &User),
    verdict: Verdict,
    event: &Event,
) -> Result<Option<SuggestionOp>, StoreError> {
    match verdict {
        Verdict::Reject => suggestions::reject(conn, group.id, user.id, event.at),
        Verdict::Accept => {
            let Some(op) = suggestions::take_pending(conn, group.id, user.id)? else {
                return Ok(None);
            };
            if !still_applies(conn, (group, user), op)? {
                return Ok(None);
            }
            carry_out(conn, (group, user), op, event)?;
            Ok(Some(op))
        }
    }
}

/// Decided anew from what is stored, under the locks of this transaction.
fn still_applies(
    conn: &mut DbConnection,
    (group, user): (&UserGroup, &User),
    op: SuggestionOp,
) -> Result<bool, StoreError> {
    let pair = Pair {
        method: group.method,
        matches: group.rule.as_ref().is_some_and(|rule| rule.matches(user)),
        exemption: exemptions::of_group(conn, group.id)?.effect_on(user.id),
        present: memberships::find(conn, user.id, group.id)?,
    };
    Ok(decide(pair) == Some(MembershipChange::Suggest(op)))
}

fn carry_out(
    conn: &mut DbConnection,
    (group, user): (&UserGroup, &User),
    op: SuggestionOp,
    event: &Event,
) -> Result<(), StoreError> {
    match op {
        SuggestionOp::Add => {
            let new = NewMembership {
                user: user.id,
                group: group.id,
                source: MembershipSource::Rule,
                since: event.at,
                cause: event.id.clone(),
            };
            memberships::add(conn, &new)?;
        }
        SuggestionOp::Remove => {
            memberships::remove(conn, user.id, group.id)?;
        }
    }
    Ok(())
}

/// Locks the users that exist, ascending by key, and reads them as they are then.
fn lock(conn: &mut DbConnection, ids: &[String]) -> Result<BTreeMap<String, User>, StoreError> {
    let mut keys = BTreeSet::new();
    for id in ids {
        if let Some(user) = users::find_by_public_id(conn, &PublicId::new(id.as_str()))? {
            keys.insert(user.id);
        }
    }
    for key in &keys {
        users::lock(conn, *key)?;
    }
    let keys: Vec<UserId> = keys.into_iter().collect();
    let locked = users::find_all(conn, &keys)?.into_values();
    Ok(locked
        .map(|user| (user.public_id.as_str().to_owned(), user))
        .collect())
}

fn causes(
    conn: &mut DbConnection,
    group: &UserGroup,
    rows: &[PendingSuggestion],
) -> Result<Vec<Cause>, StoreError> {
    let keys: Vec<UserId> = rows.iter().map(|row| row.user).collect();
    let users = users::find_all(conn, &keys)?;
    let reasons: Vec<Reason<'_>> = rows
        .iter()
        .map(|row| Reason {
            source: None,
            event: &row.cause,
            rule: group.rule.as_ref().zip(users.get(&row.user)),
        })
        .collect();
    cause::find_all(conn, &reasons)
}

/// Whoever is named twice is decided about once.
fn distinct(ids: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    ids.iter().filter(|id| seen.insert(*id)).cloned().collect()
}

fn text_of(user: &User, op: SuggestionOp) -> serde_json::Value {
    serde_json::json!({
        "user": user.public_id.as_str(), "username": user.username, "op": op.as_str()
    })
}

fn parse_op(text: &str) -> Result<SuggestionOp, ServiceError> {
    SuggestionOp::parse(text).ok_or_else(|| {
        let choices = SuggestionOp::ALL.map(SuggestionOp::as_str);
        ServiceError::Invalid(vec![Violation::choice("/op", &choices)])
    })
}
