//! Users: created, changed and deleted by administrators only (rule C4), each change with its audit
//! event in the same transaction (rule C7).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::app_access::{self, AccessDecision};
use crate::domain::audit::Actor;
use crate::domain::ids::{GroupId, PublicId};
use crate::domain::membership::MembershipSource;
use crate::domain::user::{User, UserField};
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Trail, object_of_user, user_text};
use crate::service::cause::{self, Cause, Reason};
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::listing::{ListQuery, Page};
use crate::service::notifications::{self, Notice};
use crate::service::one_time_links;
use crate::service::password_policy;
use crate::service::user_draft::UserDraft;
use crate::service::user_fields::{UserChange, parse};
use crate::service::user_record::{self, UserView, Writing};
use crate::store::connection::DbConnection;
use crate::store::connectors::{self, ConnectorFilter};
use crate::store::error::StoreError;
use crate::store::paging::PageRequest;
use crate::store::user_list::{self, UserFilter};
use crate::store::{accounts, memberships, sessions, sign_on_view, user_groups, users};

/// More applications than anybody registers.
const EVERY: u32 = 100_000;

/// One group of a user, with why and since when (rule A10).
#[derive(Debug, Clone)]
pub struct GroupOfUser {
    pub group: PublicId,
    pub group_name: String,
    pub source: MembershipSource,
    pub since: DateTime<Utc>,
    pub cause: Cause,
}

/// One application, and whether the user may open it.
#[derive(Debug, Clone)]
pub struct ConnectorOfUser {
    pub connector: PublicId,
    pub slug: String,
    pub name: String,
    pub decision: AccessDecision,
}

/// Creates a user.
pub fn create(
    env: &Environment,
    actor: &Actor,
    draft: UserDraft,
) -> Result<UserView, ServiceError> {
    let change = parse(draft)?;
    let user = change.new_user(new_public_id(), env.now())?;
    let password_hash = hash_password(env, &change, &[&user.username, &user.email])?;
    let warnings = change.warnings.clone();
    let trail = Trail::new(env, actor);
    let rules = Arc::clone(&env.rules);
    let notice = Notice::new(env);
    env.store
        .change_user(move |conn| -> Result<UserView, ServiceError> {
            let event = trail.announce();
            let writing = Writing {
                rules: &rules,
                trail: &trail,
                event: &event,
            };
            let attributes = change.attributes.clone().into_set().unwrap_or_default();
            let (view, evaluation) = user_record::insert(conn, writing, (&user, attributes))?;
            if let Some(hash) = &password_hash {
                accounts::set_password(conn, view.user.id.account(), Some(hash), trail.at())?;
            }
            notifications::suggestions_waiting(conn, &notice, evaluation.suggested)?;
            Ok(view.warning(warnings.clone()))
        })
}

/// One user.
pub fn get(env: &Environment, id: &str) -> Result<UserView, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| view(conn, &id))
}

/// A page of users without their attributes, by display name.
pub fn people(env: &Environment, query: &ListQuery) -> Result<Page<User>, ServiceError> {
    let request = query.page_request()?;
    let filter = filter(query)?;
    env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(user_list::list(conn, &filter, &request)?.into())
    })
}

/// A page of users, by display name.
pub fn list(env: &Environment, query: &ListQuery) -> Result<Page<UserView>, ServiceError> {
    let request = query.page_request()?;
    let filter = filter(query)?;
    env.store.read(|conn| -> Result<_, ServiceError> {
        let page: Page<User> = user_list::list(conn, &filter, &request)?.into();
        Ok(Page {
            items: user_record::complete_all(conn, page.items)?,
            next: page.next,
            total: page.total,
        })
    })
}

/// Changes what the draft names. `if_match`: the version the caller read.
pub fn update(
    env: &Environment,
    actor: &Actor,
    id: &str,
    (draft, if_match): (UserDraft, Option<i64>),
) -> Result<UserView, ServiceError> {
    let change = parse(draft)?;
    let id = PublicId::new(id);
    let password_hash = match change.password.clone().into_set() {
        Some(_) => {
            let user = change.applied_to(&get(env, id.as_str())?.user, env.now());
            hash_password(env, &change, &[&user.username, &user.email])?
        }
        None => None,
    };
    let trail = Trail::new(env, actor);
    let rules = Arc::clone(&env.rules);
    let notice = Notice::new(env);
    env.store
        .change_user(move |conn| -> Result<UserView, ServiceError> {
            let event = trail.announce();
            let before = locked_view(conn, &id, if_match)?;
            let writing = Writing {
                rules: &rules,
                trail: &trail,
                event: &event,
            };
            let user = change.applied_to(&before.user, trail.at());
            let after = (&user, change.attributes_to_save());
            let (after, evaluation) = user_record::save(conn, writing, &before, after)?;
            if let Some(hash) = &password_hash {
                accounts::set_password(conn, user.id.account(), Some(hash), trail.at())?;
                one_time_links::void_all(conn, user.id.account(), trail.at())?;
                sessions::delete_of_account(conn, user.id.account())?;
                trail.write(
                    conn,
                    "user.password_set",
                    object_of_user(&after.user),
                    (None, None),
                )?;
            }
            notifications::suggestions_waiting(conn, &notice, evaluation.suggested)?;
            Ok(after.warning(change.warnings.clone()))
        })
}

/// Deletes a user; the audit stays and the names are free again.
pub fn delete(
    env: &Environment,
    actor: &Actor,
    id: &str,
    if_match: Option<i64>,
) -> Result<(), ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store
        .change_user(move |conn| -> Result<(), ServiceError> {
            let before = locked_view(conn, &id, if_match)?;
            users::delete(conn, before.user.id)?;
            let text = user_text(&before.user, &before.attributes);
            trail.write(
                conn,
                "user.deleted",
                object_of_user(&before.user),
                (Some(text), None),
            )?;
            Ok(())
        })
}

/// Sets a password and ends the user's sessions.
pub fn set_password(
    env: &Environment,
    actor: &Actor,
    id: &str,
    password: &str,
) -> Result<(), ServiceError> {
    let view = get(env, id)?;
    password_policy::check(env, password, &[&view.user.username, &view.user.email])?;
    let hash = env.passwords.hash(password)?;
    let trail = Trail::new(env, actor);
    let id = view.user.public_id;
    env.store
        .change_user(move |conn| -> Result<(), ServiceError> {
            let user = locked_view(conn, &id, None)?.user;
            accounts::set_password(conn, user.id.account(), Some(&hash), trail.at())?;
            one_time_links::void_all(conn, user.id.account(), trail.at())?;
            sessions::delete_of_account(conn, user.id.account())?;
            trail.write(
                conn,
                "user.password_set",
                object_of_user(&user),
                (None, None),
            )?;
            Ok(())
        })
}

/// The groups of a user, by name, with source, since and cause.
pub fn groups(env: &Environment, id: &str) -> Result<Vec<GroupOfUser>, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let user = find(conn, &id)?;
        let rows = memberships::list_groups_of(conn, user.id)?;
        let causes = group_causes(conn, &user, &rows)?;
        Ok(rows
            .into_iter()
            .zip(causes)
            .map(|(row, cause)| GroupOfUser {
                group: row.group_public_id,
                group_name: row.group_name,
                source: row.source,
                since: row.since,
                cause,
            })
            .collect())
    })
}

/// Why the user is in each of `rows`, in their order.
pub(in crate::service) fn group_causes(
    conn: &mut DbConnection,
    user: &User,
    rows: &[memberships::GroupOfUser],
) -> Result<Vec<Cause>, StoreError> {
    let by_rule: Vec<GroupId> = rows
        .iter()
        .filter(|row| row.source == MembershipSource::Rule)
        .map(|row| row.group)
        .collect();
    let groups = user_groups::find_all(conn, &by_rule)?;
    let reasons: Vec<Reason<'_>> = rows
        .iter()
        .map(|row| Reason {
            source: Some(row.source),
            event: &row.cause,
            rule: groups
                .get(&row.group)
                .and_then(|group| Some((group.rule.as_ref()?, user))),
        })
        .collect();
    cause::find_all(conn, &reasons)
}

/// Every application, by name, with the decision for this user (rule C2).
pub fn connectors(env: &Environment, id: &str) -> Result<Vec<ConnectorOfUser>, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let user = find(conn, &id)?;
        let state = user.schedule.state_at(user.state, env.now());
        let bound = sign_on_view::load_all_for_user(conn, user.id)?;
        let all = connectors::list(
            conn,
            &ConnectorFilter::default(),
            &PageRequest::first(EVERY),
        )?;
        Ok(all
            .items
            .into_iter()
            .map(|connector| {
                let paths = bound.iter().find(|row| row.connector.id == connector.id);
                let memberships = paths.map(|row| row.memberships.clone()).unwrap_or_default();
                let status = connector.settings.status;
                ConnectorOfUser {
                    connector: connector.public_id,
                    slug: connector.settings.slug,
                    name: connector.settings.name,
                    decision: app_access::decide(state, status, memberships),
                }
            })
            .collect())
    })
}

fn hash_password(
    env: &Environment,
    change: &UserChange,
    names: &[&str],
) -> Result<Option<String>, ServiceError> {
    let Some(password) = change.password.clone().into_set() else {
        return Ok(None);
    };
    password_policy::check(env, &password, names)?;
    Ok(Some(env.passwords.hash(&password)?))
}

/// Exact filters by field; `userState` and unknown names are refused like any other typing error.
pub(in crate::service) fn filter(query: &ListQuery) -> Result<UserFilter, ServiceError> {
    let mut exact = Vec::new();
    for (name, value) in &query.filters {
        let field = UserField::all()
            .find(|field| field.as_str() == name)
            .ok_or_else(|| {
                let detail =
                    format!("There is no filter {name}. The fields of a user are filters.");
                ServiceError::Invalid(vec![Violation::new(format!("/{name}"), detail)])
            })?;
        exact.push((field, value.clone()));
    }
    Ok(UserFilter {
        q: query.q.clone(),
        exact,
    })
}

/// Finds a user or says that there is none.
pub(in crate::service) fn find(
    conn: &mut DbConnection,
    id: &PublicId,
) -> Result<User, ServiceError> {
    users::find_by_public_id(conn, id)?.ok_or(ServiceError::NotFound { what: "user" })
}

fn view(conn: &mut DbConnection, id: &PublicId) -> Result<UserView, ServiceError> {
    let user = find(conn, id)?;
    user_record::complete(conn, user)
}

/// Locks the row, then reads it: what was read before the lock may be old.
fn locked_view(
    conn: &mut DbConnection,
    id: &PublicId,
    if_match: Option<i64>,
) -> Result<UserView, ServiceError> {
    let key = find(conn, id)?.id;
    users::lock(conn, key)?;
    let view = view(conn, id)?;
    match if_match {
        Some(version) if version != view.user.version => Err(ServiceError::Stale),
        _ => Ok(view),
    }
}
