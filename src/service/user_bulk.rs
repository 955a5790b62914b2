//! The same change to several users: each in a transaction of its own, so that a long list does not
//! keep others waiting, and each with its own audit event.

use crate::domain::audit::Actor;
use crate::domain::ids::PublicId;
use crate::domain::user::{User, UserState};
use crate::domain::user_group::MembershipMethod;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::patch::Field;
use crate::service::user_draft::UserDraft;
use crate::service::{group_members, users};
use crate::store::paging::PageRequest;
use crate::store::user_groups::{self, GroupFilter};
use crate::store::user_list;

/// Those of these users that there are, in the order of the ids. Whom somebody else has deleted is
/// left out; the others are still meant.
pub fn named(env: &Environment, ids: &[String]) -> Result<Vec<User>, ServiceError> {
    let wanted: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut found = env
        .store
        .read(|conn| user_list::with_public_ids(conn, &wanted))?;
    found.sort_by_key(|user| wanted.iter().position(|id| *id == user.public_id.as_str()));
    Ok(found)
}

/// More groups than anybody looks through.
const EVERY: u32 = 10_000;

/// A group to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName {
    pub id: PublicId,
    pub name: String,
}

/// The groups that users can be added to by hand, by name.
pub fn static_groups(env: &Environment) -> Result<Vec<GroupName>, ServiceError> {
    let filter = GroupFilter {
        method: Some(MembershipMethod::Static),
        ..GroupFilter::default()
    };
    let page = env
        .store
        .read(|conn| user_groups::list(conn, &filter, &PageRequest::first(EVERY)))?;
    let names = page.items.into_iter().map(|group| GroupName {
        id: group.public_id,
        name: group.name,
    });
    Ok(names.collect())
}

/// Suspends users; those that are suspended, and that no date lets in again, stay as they are.
pub fn suspend(env: &Environment, actor: &Actor, ids: &[String]) -> Result<(), ServiceError> {
    for user in named(env, ids)? {
        let is_to_return = user.schedule.activate_at.is_some();
        if is_to_return || user.clone().in_effect_at(env.now()).state != UserState::Suspended {
            users::update(env, actor, user.public_id.as_str(), (suspension(), None))?;
        }
    }
    Ok(())
}

/// Makes users members of a static group; those that are members stay so.
pub fn add_to_group(
    env: &Environment,
    actor: &Actor,
    group: &str,
    ids: &[String],
) -> Result<(), ServiceError> {
    for user in named(env, ids)? {
        group_members::add(env, actor, group, user.public_id.as_str())?;
    }
    Ok(())
}

/// The change that suspends a user.
pub fn suspension() -> UserDraft {
    UserDraft {
        state: Field::Set(UserState::Suspended.as_str().to_owned()),
        ..UserDraft::default()
    }
}
