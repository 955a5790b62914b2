//! Links that administrators have sent: an invitation to somebody who has no password yet, a reset
//! for somebody who lost theirs. Nobody chooses a password for another by them, and where mail goes
//! out nobody else sees the link.

use chrono::{DateTime, Utc};

use crate::domain::audit::Actor;
use crate::domain::ids::PublicId;
use crate::domain::session::AccountKind;
use crate::domain::user::User;
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Trail, object, object_of_user};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::one_time_links::{LinkPurpose, NewLink, OneTimeLink, PURPOSES};
use crate::service::users::find;
use crate::store::accounts::{self, Account, PasswordFacts};
use crate::store::connection::DbConnection;
use crate::store::one_time_tokens;

const NO_ACCOUNT: ServiceError = ServiceError::NotFound { what: "account" };
const NOT_ACTIVE: &str = "The user is not active, and could not sign in. Activate the user first.";
const HAS_PASSWORD: &str = "The user has a password. Send a link that resets it instead.";

/// How a user stands to their password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordState {
    /// When it was set; `None`: there is none.
    pub set_at: Option<DateTime<Utc>>,
    pub invited_at: Option<DateTime<Utc>>,
    /// Until when a link works that was sent and not used.
    pub link_until: Option<DateTime<Utc>>,
}

/// Reads it.
pub fn state(env: &Environment, id: &str) -> Result<PasswordState, ServiceError> {
    let id = PublicId::new(id);
    let now = env.now();
    env.store.read(|conn| -> Result<_, ServiceError> {
        let account = find(conn, &id)?.id.account();
        let facts = accounts::password_facts(conn, account)?.ok_or(NO_ACCOUNT)?;
        Ok(PasswordState {
            set_at: facts.set_at,
            invited_at: facts.invited_at,
            link_until: one_time_tokens::open_until(conn, (account, &PURPOSES), now)?,
        })
    })
}

/// Sends a user without a password a link that sets the first one; again, if need be.
pub fn invite(env: &Environment, actor: &Actor, id: &str) -> Result<OneTimeLink, ServiceError> {
    send(env, actor, (id, LinkPurpose::Invitation))
}

/// Sends a user a link that sets a new password; until it is used the present one counts.
pub fn reset(env: &Environment, actor: &Actor, id: &str) -> Result<OneTimeLink, ServiceError> {
    send(env, actor, (id, LinkPurpose::Reset))
}

fn send(
    env: &Environment,
    actor: &Actor,
    (id, purpose): (&str, LinkPurpose),
) -> Result<OneTimeLink, ServiceError> {
    let id = PublicId::new(id);
    let link = NewLink::prepare(env, purpose)?;
    let made = link.clone().made();
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let user = find(conn, &id)?;
        let (account, facts) = account_of(conn, &user)?;
        if !account.holder.may_act_at(trail.at()) {
            return Err(ServiceError::Conflict(Violation::new("/state", NOT_ACTIVE)));
        }
        if purpose == LinkPurpose::Reset {
            link.write(conn, &account)?;
            let what = object_of_user(&user);
            trail.write(conn, "user.reset_link_made", what, (None, None))?;
            return Ok(());
        }
        if facts.set_at.is_some() {
            let violation = Violation::new("", HAS_PASSWORD);
            return Err(ServiceError::Conflict(violation));
        }
        write_invitation(conn, &trail, (&user, &account, &link))
    })?;
    Ok(made)
}

/// Invites a user who has just been made.
pub(in crate::service) fn invite_new(
    conn: &mut DbConnection,
    trail: &Trail,
    (user, link): (&User, &NewLink),
) -> Result<bool, ServiceError> {
    let (account, _) = account_of(conn, user)?;
    if !account.holder.may_act_at(trail.at()) {
        return Ok(false);
    }
    write_invitation(conn, trail, (user, &account, link))?;
    Ok(true)
}

fn write_invitation(
    conn: &mut DbConnection,
    trail: &Trail,
    (user, account, link): (&User, &Account, &NewLink),
) -> Result<(), ServiceError> {
    link.write(conn, account)?;
    accounts::note_invitation(conn, account.id, trail.at())?;
    trail.write(conn, "user.invited", object_of_user(user), (None, None))?;
    Ok(())
}

/// The address of a link that resets an administrator's password, for the terminal alone: who may
/// run commands there can do anything, and nobody else gets past a lost last administrator.
pub fn reset_administrator(
    env: &Environment,
    actor: &Actor,
    username: &str,
) -> Result<String, ServiceError> {
    let name = username.to_owned();
    let link = NewLink::prepare(env, LinkPurpose::Reset)?;
    let address = link.clone().into_address();
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let found = accounts::find_by_username(conn, &name)?.map(|found| found.account);
        let account = found
            .filter(|account| account.holder.kind() == AccountKind::Administrator)
            .ok_or(ServiceError::NotFound {
                what: "administrator",
            })?;
        link.store(conn, &account)?;
        let named = object(
            "administrator",
            account.public_id.as_str(),
            &account.username,
        );
        trail.write(conn, "administrator.reset_link_made", named, (None, None))?;
        Ok(())
    })?;
    Ok(address)
}

fn account_of(
    conn: &mut DbConnection,
    user: &User,
) -> Result<(Account, PasswordFacts), ServiceError> {
    let id = user.id.account();
    let account = accounts::find(conn, id)?.ok_or(NO_ACCOUNT)?;
    let facts = accounts::password_facts(conn, id)?.ok_or(NO_ACCOUNT)?;
    Ok((account, facts))
}
