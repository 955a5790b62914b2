//! What people do with their own account: look at it, change the password, end sessions. Never
//! anything that a rule can see (rule C4).

use std::time::Duration;

use crate::domain::ids::{AccountId, PublicId, UserId};
use crate::domain::session::AccountKind;
use crate::service::account_mail::AccountMail;
use crate::service::audit_trail::{Trail, object};
use crate::service::authentication::SignedIn;
use crate::service::brake;
use crate::service::credential::{self, Credential, Proof};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::one_time_links;
use crate::service::password_policy;
use crate::service::user_sessions::{self, SessionView};
use crate::store::connection::DbConnection;
use crate::store::{accounts, administrators, sessions, users};

const NO_ACCOUNT: ServiceError = ServiceError::NotFound { what: "account" };
const NO_SESSION: ServiceError = ServiceError::NotFound { what: "session" };

/// An account as its owner sees it.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    pub username: String,
    pub email: String,
    /// Newest first.
    pub sessions: Vec<SessionView>,
}

/// What became of a change of password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordChange {
    /// All other sessions are ended.
    Done,
    /// The present password was wrong; counted like a wrong sign-in.
    Wrong,
    Braked {
        retry_after: Duration,
    },
}

/// The account behind a session.
pub fn get(env: &Environment, who: &SignedIn) -> Result<OwnAccount, ServiceError> {
    let now = env.now();
    env.store.read(|conn| -> Result<_, ServiceError> {
        let id = who.session.account;
        let account = accounts::find(conn, id)?.ok_or(NO_ACCOUNT)?;
        let email = match who.session.account_kind {
            AccountKind::User => users::find(conn, UserId::new(id.get()))?.map(|user| user.email),
            AccountKind::Administrator => {
                administrators::find_by_public_id(conn, &who.public_id)?.map(|admin| admin.email)
            }
        };
        Ok(OwnAccount {
            username: account.username.clone(),
            email: email.ok_or(NO_ACCOUNT)?,
            sessions: user_sessions::of_account(conn, &account, now)?,
        })
    })
}

/// Sets a new password on the strength of the present one.
pub fn change_password(
    env: &Environment,
    who: &SignedIn,
    (current, new): (&str, &str),
    source: &str,
) -> Result<PasswordChange, ServiceError> {
    let email = get(env, who)?.email;
    password_policy::check(env, new, &[&who.username, &email])?;
    let credential = Credential {
        username: &who.username,
        password: current,
        source,
    };
    let failures = match credential::prove(env, credential)? {
        Proof::Fits {
            account, failures, ..
        } if account.id == who.session.account => failures,
        Proof::Fits { .. } | Proof::Refused => return Ok(PasswordChange::Wrong),
        Proof::Braked { retry_after } => return Ok(PasswordChange::Braked { retry_after }),
    };
    let hash = env.passwords.hash(new)?;
    let mail = AccountMail::new(env)?;
    let trail = Trail::new(env, &who.actor());
    let who = who.clone();
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let id = who.session.account;
        accounts::set_password(conn, id, Some(&hash), trail.at())?;
        one_time_links::void_all(conn, id, trail.at())?;
        sessions::delete_others(conn, id, &who.session.public_id)?;
        brake::forget(conn, &failures)?;
        let named = object("account", who.public_id.as_str(), &who.username);
        trail.write(conn, "account.password_set", named, (None, None))?;
        if let Some(account) = accounts::find(conn, id)? {
            mail.password_changed(conn, &account)?;
        }
        Ok(())
    })?;
    Ok(PasswordChange::Done)
}

/// Ends one session of the own account.
pub fn end_session(env: &Environment, who: &SignedIn, session: &str) -> Result<(), ServiceError> {
    let session = PublicId::new(session);
    write(env, who, move |conn, account| {
        if sessions::delete_by_public_id(conn, account, &session)? {
            Ok(session.clone())
        } else {
            Err(NO_SESSION)
        }
    })
}

/// Ends every session but the one that asks, and every sign-in between two steps.
pub fn end_other_sessions(env: &Environment, who: &SignedIn) -> Result<(), ServiceError> {
    let this = who.session.public_id.clone();
    write(env, who, move |conn, account| {
        sessions::delete_others(conn, account, &this)?;
        Ok(this.clone())
    })
}

/// One transaction with its audit event, which names the session that `end` gives.
fn write(
    env: &Environment,
    who: &SignedIn,
    end: impl Fn(&mut DbConnection, AccountId) -> Result<PublicId, ServiceError> + Send + 'static,
) -> Result<(), ServiceError> {
    let trail = Trail::new(env, &who.actor());
    let who = who.clone();
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let session = end(conn, who.session.account)?;
        let named = object("session", session.as_str(), &who.username);
        trail.write(conn, "session.ended", named, (None, None))?;
        Ok(())
    })
}
