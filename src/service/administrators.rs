//! Administrators: accounts of their own, never users, so no rule ever matches one and no
//! application lets one in.

use chrono::TimeDelta;

use crate::domain::admin::{AdminRole, Administrator};
use crate::domain::audit::Actor;
use crate::domain::identity::{email, username};
use crate::domain::ids::PublicId;
use crate::domain::role_scope::{RoleScope, can_be_limited};
use crate::domain::secret::shown_by_name;
use crate::domain::text::fold;
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Trail, object};
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::listing::{ListQuery, Page};
use crate::service::one_time_links::LinkPurpose;
use crate::service::password_policy;
use crate::service::patch::Violations;
use crate::service::secrets::{random_token, token_hash};
use crate::store::connection::DbConnection;
use crate::store::one_time_tokens::{self, NewOneTimeToken};
use crate::store::{accounts, administrators, role_scopes, sessions};

/// A set-up link is for somebody who stands at the terminal or reads mail soon.
const LINK_LIVES: TimeDelta = TimeDelta::hours(24);
const OWN: &str = "nobody changes their own role; ask another administrator";
const ROLES: &str = "The role is one of administrator, manager, help-desk, read-only.";

/// What is needed to make one.
#[derive(Clone)]
pub struct NewAdministrator {
    pub username: String,
    pub email: String,
    pub role: String,
    /// Without one, a one-time link is made.
    pub password: Option<String>,
}

shown_by_name!(NewAdministrator);

/// A new administrator whose values were checked, ready to be written.
#[derive(Debug, Clone)]
pub struct Ready {
    trail: Trail,
    row: administrators::NewAdministrator,
    password_hash: Option<String>,
    link_hash: Option<Vec<u8>>,
}

/// Makes an administrator; without a password, the second value is the token of a link
/// `/setup/{token}` that sets one.
pub fn create(
    env: &Environment,
    actor: &Actor,
    new: &NewAdministrator,
) -> Result<(Administrator, Option<String>), ServiceError> {
    let (ready, link) = prepare(env, actor, new)?;
    let made = env.store.write(move |conn| ready.write(conn))?;
    Ok((made, link))
}

/// Checks a new administrator; without a password, the second value is the token of a link.
pub fn prepare(
    env: &Environment,
    actor: &Actor,
    new: &NewAdministrator,
) -> Result<(Ready, Option<String>), ServiceError> {
    let mut broken = Violations::default();
    let name = broken.keep("/username", username(&new.username));
    let address = broken.keep("/email", email(&new.email));
    let role = broken.keep("/role", AdminRole::parse(&new.role).ok_or(ROLES));
    if let Some(password) = &new.password {
        let names = [new.username.as_str(), new.email.as_str()];
        let fault = password_policy::fault(env, password, &names)?;
        broken.extend(fault.map(|fault| fault.at("/password")));
    }
    broken.into_result()?;
    let (Some(username), Some(email), Some(role)) = (name, address, role) else {
        return Err(ServiceError::Invalid(Vec::new()));
    };
    let trail = Trail::new(env, actor);
    let row = administrators::NewAdministrator {
        public_id: new_public_id(),
        username,
        email,
        role,
        created_at: trail.at(),
    };
    let password_hash = new
        .password
        .as_deref()
        .map(|password| env.passwords.hash(password))
        .transpose()?;
    let link = if password_hash.is_none() {
        Some(random_token()?)
    } else {
        None
    };
    let ready = Ready {
        trail,
        row,
        password_hash,
        link_hash: link.as_deref().map(token_hash),
    };
    Ok((ready, link))
}

impl Ready {
    /// Writes the administrator, with password or link, and the audit event.
    pub fn write(&self, conn: &mut DbConnection) -> Result<Administrator, ServiceError> {
        let trail = &self.trail;
        let administrator = administrators::insert(conn, &self.row)?;
        let account = administrator.id.account();
        if let Some(hash) = &self.password_hash {
            accounts::set_password(conn, account, Some(hash), trail.at())?;
        }
        if let Some(hash) = &self.link_hash {
            let token = NewOneTimeToken {
                token_hash: hash,
                account,
                purpose: LinkPurpose::SetUp.as_str(),
                created_at: trail.at(),
                expires_at: trail.at() + LINK_LIVES,
            };
            one_time_tokens::insert(conn, token)?;
        }
        let after = Some(administrator.role);
        write_event(
            conn,
            trail,
            "administrator.created",
            (&administrator, after),
        )?;
        Ok(administrator)
    }
}

/// One administrator.
pub fn get(env: &Environment, id: &str) -> Result<Administrator, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| find(conn, &id))
}

/// A page of administrators, by username.
pub fn list(env: &Environment, query: &ListQuery) -> Result<Page<Administrator>, ServiceError> {
    query.check_filters(&["username", "email", "role"])?;
    query.page_request()?;
    let all = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(administrators::list(conn)?) })?;
    let wants = |name: &str, value: &str| {
        query
            .filters
            .get(name)
            .is_none_or(|wanted| fold(wanted) == fold(value))
    };
    let items: Vec<Administrator> = all
        .into_iter()
        .filter(|one| {
            let q = query.q.as_deref().map(fold).unwrap_or_default();
            wants("username", &one.username)
                && wants("email", &one.email)
                && wants("role", one.role.as_str())
                && (fold(&one.username).contains(&q) || fold(&one.email).contains(&q))
        })
        .collect();
    // A handful of people: one page holds them all.
    Ok(Page {
        total: i64::try_from(items.len()).unwrap_or(i64::MAX),
        items,
        next: None,
    })
}

/// Gives a role. The last administrator keeps theirs: nobody could give it back. Nobody changes
/// their own.
pub fn set_role(
    env: &Environment,
    actor: &Actor,
    id: &str,
    role: &str,
) -> Result<Administrator, ServiceError> {
    let role = AdminRole::parse(role)
        .ok_or_else(|| ServiceError::Invalid(vec![Violation::new("/role", ROLES)]))?;
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    let own_id = actor.id.clone();
    env.store
        .write(move |conn| -> Result<Administrator, ServiceError> {
            administrators::lock_role(conn, AdminRole::Administrator)?;
            let before = find(conn, &id)?;
            if before.public_id.as_str() == own_id {
                return Err(ServiceError::Forbidden {
                    detail: OWN.to_owned(),
                });
            }
            if role != AdminRole::Administrator {
                refuse_the_last(conn, &before)?;
            }
            let after = Administrator {
                role,
                ..before.clone()
            };
            administrators::save(conn, &after)?;
            // A role that cannot be limited takes its limit off: nobody is left with one that is not shown.
            if !can_be_limited(role) {
                role_scopes::set_of_administrator(conn, after.id, &RoleScope::Everywhere)?;
            }
            write_event(
                conn,
                &trail,
                "administrator.role_set",
                (&before, Some(role)),
            )?;
            Ok(after)
        })
}

/// Deletes an administrator and ends their sessions; the last one is refused.
pub fn delete(env: &Environment, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        administrators::lock_role(conn, AdminRole::Administrator)?;
        let before = find(conn, &id)?;
        refuse_the_last(conn, &before)?;
        sessions::delete_of_account(conn, before.id.account())?;
        administrators::delete(conn, before.id)?;
        write_event(conn, &trail, "administrator.deleted", (&before, None))
    })
}

fn find(conn: &mut DbConnection, id: &PublicId) -> Result<Administrator, ServiceError> {
    administrators::find_by_public_id(conn, id)?.ok_or(ServiceError::NotFound {
        what: "administrator",
    })
}

fn refuse_the_last(
    conn: &mut DbConnection,
    administrator: &Administrator,
) -> Result<(), ServiceError> {
    let is_last = administrator.role == AdminRole::Administrator
        && administrators::count_with_role(conn, AdminRole::Administrator)? < 2;
    if is_last {
        let detail = "This is the last administrator. Make another one first.";
        return Err(ServiceError::Conflict(Violation::new("", detail)));
    }
    Ok(())
}

fn write_event(
    conn: &mut DbConnection,
    trail: &Trail,
    kind: &str,
    (administrator, after): (&Administrator, Option<AdminRole>),
) -> Result<(), ServiceError> {
    let id = administrator.public_id.as_str();
    let named = object("administrator", id, &administrator.username);
    let text = |role: AdminRole| serde_json::json!({ "role": role.as_str() }).to_string();
    let before = (kind != "administrator.created").then(|| text(administrator.role));
    trail.write(conn, kind, named, (before, after.map(text)))?;
    Ok(())
}

/// Whether anybody can administer at all.
pub fn exists(env: &Environment) -> Result<bool, ServiceError> {
    let count = env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(administrators::count_with_role(
            conn,
            AdminRole::Administrator,
        )?)
    })?;
    Ok(count > 0)
}
