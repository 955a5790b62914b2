//! Scopes of roles in use (rule C5): limiting administrators and API tokens to user groups, and the check
//! that the guards make before a limited role acts.

use crate::domain::admin::{Action, AdminRole, Administrator, Object};
use crate::domain::audit::Actor;
use crate::domain::ids::{AdminId, PublicId};
use crate::domain::role_scope::{OutOfReach, Reach, RoleScope, ScopedGroup, can_be_limited, reach};
use crate::domain::user_group::UserGroup;
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Trail, object};
use crate::service::authentication::SignedIn;
use crate::service::caller::Caller;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::patch::Violations;
use crate::store::connection::DbConnection;
use crate::store::{administrators, role_scopes, user_groups};

/// More groups are a role for everything.
const MOST: usize = 500;
const NOT_LIMITED: &str =
    "Only the roles Manager and Help Desk can be limited to user groups. Give one of them first.";

/// The caller that a signed-in administrator is; the scope is read on every request, as the role is.
pub fn caller(env: &Environment, who: &SignedIn, role: AdminRole) -> Result<Caller, ServiceError> {
    let id = AdminId::new(who.session.account.get());
    let scope = env
        .store
        .read(|conn| role_scopes::of_administrator(conn, id))?;
    Ok(Caller {
        actor: who.actor(),
        role,
        scope,
    })
}

/// The group or the user that a request is about, by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Group(PublicId),
    User(PublicId),
}

impl Named {
    /// The kind of it.
    pub const fn object(&self) -> Object {
        match self {
            Self::Group(_) => Object::Group,
            Self::User(_) => Object::User,
        }
    }
}

/// Lets a call pass, or refuses it in words (ONE-DOOR), and the log says whom. `named`: what it is about, if its
/// address says so; what a limited role would have to look up elsewhere, it may not do.
pub fn check(
    env: &Environment,
    caller: &Caller,
    (action, object): (Action, Object),
    named: Option<&Named>,
) -> Result<(), ServiceError> {
    let outcome = judge(env, caller, (action, object), named);
    if let Err(ServiceError::Forbidden { .. }) = &outcome {
        let (kind, name) = (caller.actor.kind, &caller.actor.name);
        tracing::info!(
            ?kind,
            ?name,
            ?action,
            ?object,
            "a role does not permit this"
        );
    }
    outcome
}

fn judge(
    env: &Environment,
    caller: &Caller,
    (action, object): (Action, Object),
    named: Option<&Named>,
) -> Result<(), ServiceError> {
    let is_reached = match reach(caller.role, caller.scope.is_limited(), (action, object)) {
        Err(out_of_reach) => return Err(refusal(out_of_reach)),
        Ok(Reach::Everywhere) => true,
        Ok(Reach::ThisGroup) => {
            matches!(named, Some(Named::Group(_))) && reaches(env, caller, named)?
        }
        Ok(Reach::ThisUser) => {
            matches!(named, Some(Named::User(_))) && reaches(env, caller, named)?
        }
    };
    if is_reached {
        Ok(())
    } else {
        Err(refusal(OutOfReach::Scope(caller.role)))
    }
}

/// Whether what a request is about is within the scope of the caller.
pub fn reaches(
    env: &Environment,
    caller: &Caller,
    named: Option<&Named>,
) -> Result<bool, ServiceError> {
    match named {
        _ if !caller.scope.is_limited() => Ok(true),
        None => Ok(false),
        Some(Named::Group(group)) => Ok(caller.scope.holds(group)),
        Some(Named::User(user)) => env.store.read(|conn| -> Result<_, ServiceError> {
            Ok(role_scopes::has_member(conn, &caller.scope, user)?)
        }),
    }
}

fn refusal(out_of_reach: OutOfReach) -> ServiceError {
    ServiceError::Forbidden {
        detail: out_of_reach.to_string(),
    }
}

/// The scope of an administrator.
pub fn get(env: &Environment, id: &str) -> Result<(Administrator, RoleScope), ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| {
        let found = find(conn, &id)?;
        let scope = role_scopes::of_administrator(conn, found.id)?;
        Ok((found, scope))
    })
}

/// How groups are named: by public id in programs, by name on pages.
#[derive(Debug, Clone)]
pub enum GroupList {
    Ids(Vec<String>),
    Names(Vec<String>),
}

impl GroupList {
    /// Names, one a line; `None` for an empty text, which takes a limit off.
    pub fn of_lines(typed: &str) -> Option<Self> {
        let lines = typed.lines().map(str::trim);
        let names: Vec<String> = lines
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        (!names.is_empty()).then_some(Self::Names(names))
    }
}

/// Limits an administrator to user groups; `None`: not any longer. Nobody changes their own reach.
pub fn set(
    env: &Environment,
    actor: &Actor,
    id: &str,
    groups: Option<&GroupList>,
) -> Result<RoleScope, ServiceError> {
    if actor.id == id {
        return Err(ServiceError::Forbidden {
            detail: "nobody changes the reach of their own role: ask another administrator"
                .to_owned(),
        });
    }
    let id = PublicId::new(id);
    let groups = groups.cloned();
    let trail = Trail::new(env, actor);
    env.store
        .write(move |conn| -> Result<RoleScope, ServiceError> {
            let found = find(conn, &id)?;
            let before = role_scopes::of_administrator(conn, found.id)?;
            let after = settle(conn, found.role, groups.as_ref())?;
            role_scopes::set_of_administrator(conn, found.id, &after)?;
            let named = object("administrator", found.public_id.as_str(), &found.username);
            let texts = (Some(text(&before)), Some(text(&after)));
            trail.write(conn, "administrator.scope_set", named, texts)?;
            Ok(after)
        })
}

/// The scope of a role that is to be limited to these groups, or to none.
pub fn settle(
    conn: &mut DbConnection,
    role: AdminRole,
    groups: Option<&GroupList>,
) -> Result<RoleScope, ServiceError> {
    let Some(groups) = groups else {
        return Ok(RoleScope::Everywhere);
    };
    if !can_be_limited(role) {
        return Err(invalid(NOT_LIMITED));
    }
    let words = match groups {
        GroupList::Ids(words) | GroupList::Names(words) => words,
    };
    if words.is_empty() {
        return Err(invalid("Name at least one user group."));
    }
    if words.len() > MOST {
        return Err(invalid("Name at most 500 user groups."));
    }
    let mut found = Vec::with_capacity(words.len());
    let mut broken = Violations::default();
    for (place, word) in words.iter().enumerate() {
        let group = match groups {
            GroupList::Ids(_) => {
                user_groups::find_by_public_id(conn, &PublicId::new(word.as_str()))?
            }
            GroupList::Names(_) => user_groups::find_by_name(conn, word)?,
        };
        match group {
            Some(group) => found.push(scoped(group)),
            None => broken.add(
                format!("/groups/{place}"),
                format!("There is no user group {word}."),
            ),
        }
    }
    broken.into_result()?;
    found.sort_by(|a, b| (&a.name, a.id.get()).cmp(&(&b.name, b.id.get())));
    found.dedup();
    Ok(RoleScope::Groups(found))
}

/// What the audit keeps of a scope.
fn text(scope: &RoleScope) -> String {
    serde_json::json!({ "groups": names(scope) }).to_string()
}

/// The names of its groups; `None`: everywhere.
pub fn names(scope: &RoleScope) -> Option<Vec<&str>> {
    let names = scope.groups().iter().map(|group| group.name.as_str());
    scope.is_limited().then(|| names.collect())
}

fn scoped(group: UserGroup) -> ScopedGroup {
    ScopedGroup {
        id: group.id,
        public_id: group.public_id,
        name: group.name,
    }
}

fn invalid(detail: &str) -> ServiceError {
    ServiceError::Invalid(vec![Violation::new("/groups", detail)])
}

fn find(conn: &mut DbConnection, id: &PublicId) -> Result<Administrator, ServiceError> {
    administrators::find_by_public_id(conn, id)?.ok_or(ServiceError::NotFound {
        what: "administrator",
    })
}
