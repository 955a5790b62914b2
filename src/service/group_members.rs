//! The members of a group: listed with why and since when (rule A10), added and removed by hand
//! where no rule decides (rules A1, A37).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::audit::Actor;
use crate::domain::ids::{PublicId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::membership_change::check_by_hand;
use crate::domain::user::User;
use crate::domain::user_group::UserGroup;
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Trail, object_of_group};
use crate::service::cause::{self, Cause, Reason};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::groups::find;
use crate::service::listing::{ListQuery, Page};
use crate::store::connection::DbConnection;
use crate::store::memberships::NewMembership;
use crate::store::{member_list, memberships, users};

/// One member, with why and since when (rule A10).
#[derive(Debug, Clone)]
pub struct Member {
    pub user: PublicId,
    pub username: String,
    pub display_name: String,
    pub source: MembershipSource,
    pub since: DateTime<Utc>,
    pub cause: Cause,
}

/// A page of members, by display name.
pub fn list(env: &Environment, id: &str, query: &ListQuery) -> Result<Page<Member>, ServiceError> {
    query.check_filters(&[])?;
    let request = query.page_request()?;
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let group = find(conn, &id)?;
        let page: Page<member_list::Member> =
            member_list::list(conn, group.id, query.q.as_deref(), &request)?.into();
        let causes = causes(conn, &group, &page.items)?;
        let items = page.items.into_iter().zip(causes);
        Ok(Page {
            items: items
                .map(|(row, cause)| Member {
                    user: row.user_public_id,
                    username: row.username,
                    display_name: row.display_name,
                    source: row.source,
                    since: row.since,
                    cause,
                })
                .collect(),
            next: page.next,
            total: page.total,
        })
    })
}

fn causes(
    conn: &mut DbConnection,
    group: &UserGroup,
    rows: &[member_list::Member],
) -> Result<Vec<Cause>, ServiceError> {
    let by_rule: Vec<UserId> = rows
        .iter()
        .filter(|row| row.source == MembershipSource::Rule)
        .map(|row| row.user)
        .collect();
    let users = users::find_all(conn, &by_rule)?;
    let reasons: Vec<Reason<'_>> = rows
        .iter()
        .map(|row| Reason {
            source: Some(row.source),
            event: &row.cause,
            rule: group.rule.as_ref().zip(users.get(&row.user)),
        })
        .collect();
    Ok(cause::find_all(conn, &reasons)?)
}

/// Adds a member by hand; one who is there already stays as they are.
pub fn add(env: &Environment, actor: &Actor, group: &str, user: &str) -> Result<(), ServiceError> {
    add_all(env, actor, group, &[user.to_owned()])
}

/// Adds several, all or none.
pub fn add_all(
    env: &Environment,
    actor: &Actor,
    group: &str,
    users: &[String],
) -> Result<(), ServiceError> {
    change(env, actor, (group, users), Membership::Added)
}

/// Removes a member by hand; one who is not there is no fault.
pub fn remove(
    env: &Environment,
    actor: &Actor,
    group: &str,
    user: &str,
) -> Result<(), ServiceError> {
    remove_all(env, actor, group, &[user.to_owned()])
}

/// Removes several, all or none.
pub fn remove_all(
    env: &Environment,
    actor: &Actor,
    group: &str,
    users: &[String],
) -> Result<(), ServiceError> {
    change(env, actor, (group, users), Membership::Removed)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Membership {
    Added,
    Removed,
}

fn change(
    env: &Environment,
    actor: &Actor,
    (group, users): (&str, &[String]),
    wanted: Membership,
) -> Result<(), ServiceError> {
    let group = PublicId::new(group);
    let users: Vec<PublicId> = users.iter().map(|id| PublicId::new(id.as_str())).collect();
    let trail = Trail::new(env, actor);
    env.store
        .change_user(move |conn| -> Result<(), ServiceError> {
            let group = find(conn, &group)?;
            check_by_hand(&group).map_err(|refusal| {
                ServiceError::Conflict(Violation::new("", refusal.to_string()))
            })?;
            for user in locked(conn, &users)?.values() {
                let is_member = memberships::find(conn, user.id, group.id)?.is_some();
                if is_member != (wanted == Membership::Added) {
                    write(conn, &trail, (&group, user), wanted)?;
                }
            }
            Ok(())
        })
}

/// The users, locked ascending by key; each of them has to be there.
fn locked(
    conn: &mut DbConnection,
    ids: &[PublicId],
) -> Result<BTreeMap<UserId, User>, ServiceError> {
    let mut found = BTreeMap::new();
    for id in ids {
        let user = users::find_by_public_id(conn, id)?;
        let user = user.ok_or(ServiceError::NotFound { what: "user" })?;
        found.insert(user.id, user);
    }
    for key in found.keys() {
        users::lock(conn, *key)?;
    }
    Ok(found)
}

fn write(
    conn: &mut DbConnection,
    trail: &Trail,
    (group, user): (&UserGroup, &User),
    wanted: Membership,
) -> Result<(), ServiceError> {
    let member = serde_json::json!({
        "user": user.public_id.as_str(), "username": user.username
    });
    let text = Some(member.to_string());
    let object = object_of_group(group);
    match wanted {
        Membership::Added => {
            let cause = trail.write(conn, "group.member_added", object, (None, text))?;
            let new = NewMembership {
                user: user.id,
                group: group.id,
                source: MembershipSource::Direct,
                since: trail.at(),
                cause,
            };
            memberships::add(conn, &new)?;
        }
        Membership::Removed => {
            memberships::remove(conn, user.id, group.id)?;
            trail.write(conn, "group.member_removed", object, (text, None))?;
        }
    }
    Ok(())
}
