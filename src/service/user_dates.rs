//! The dates at which users become active or are suspended, carried out when they have come: through
//! the one change of a user, so that dynamic groups follow, sessions end and the audit tells it. One
//! node at a time. Sign-on does not wait for it: access is decided by the dates themselves.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::ids::{GroupId, PublicId};
use crate::service::audit_trail::Trail;
use crate::service::caller::system;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::lease::Lease;
use crate::service::notifications::{self, Notice};
use crate::service::user_record::{self, Writing};
use crate::store::connection::DbConnection;
use crate::store::users;

const LEASE: Duration = Duration::from_secs(60);
/// Users that are read at once.
const AT_ONCE: u32 = 200;

/// Carries out what is due, unless another node is at it. Returns how many users changed.
pub fn carry_out(env: &Environment) -> Result<usize, ServiceError> {
    if due(env)?.is_empty() {
        return Ok(0);
    }
    let lease = Lease::new("user dates", LEASE);
    let mut changed = 0;
    while lease.take(env)? {
        let before = changed;
        for user in due(env)? {
            changed += usize::from(change(env, user)?);
        }
        // Whoever is left could not be changed; the next round tries again.
        if changed == before {
            break;
        }
    }
    lease.release(env)?;
    Ok(changed)
}

fn due(env: &Environment) -> Result<Vec<PublicId>, ServiceError> {
    let now = env.now();
    Ok(env.store.read(|conn| users::due(conn, now, AT_ONCE))?)
}

/// Changes one user, if a date has still come when the user is locked.
fn change(env: &Environment, id: PublicId) -> Result<bool, ServiceError> {
    let trail = Trail::new(env, &system());
    let rules = Arc::clone(&env.rules);
    let notice = Notice::new(env);
    env.store
        .change_user(move |conn| -> Result<bool, ServiceError> {
            let event = trail.announce();
            let writing = Writing {
                rules: &rules,
                trail: &trail,
                event: &event,
            };
            let Some(suggested) = change_locked(conn, writing, (&id, trail.at()))? else {
                return Ok(false);
            };
            notifications::suggestions_waiting(conn, &notice, suggested)?;
            Ok(true)
        })
}

/// The groups that got suggestions by it; `None`: nothing is due any more.
fn change_locked(
    conn: &mut DbConnection,
    writing: Writing<'_>,
    (id, now): (&PublicId, DateTime<Utc>),
) -> Result<Option<Vec<GroupId>>, ServiceError> {
    let Some(found) = users::find_by_public_id(conn, id)? else {
        return Ok(None);
    };
    users::lock(conn, found.id)?;
    let Some(user) = users::find(conn, found.id)? else {
        return Ok(None);
    };
    let to_come = user.schedule.to_come(now);
    if to_come == user.schedule {
        return Ok(None);
    }
    let before = user_record::complete(conn, user)?;
    let mut after = before.user.clone().in_effect_at(now);
    after.schedule = to_come;
    let (_, evaluation) = user_record::save(conn, writing, &before, (&after, None))?;
    Ok(Some(evaluation.suggested.into_iter().collect()))
}
