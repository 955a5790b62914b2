//! Signing in and out, and the sessions between. Sessions are rows: read on every request, gone
//! with the commit that ends them. Credentials are checked elsewhere.

use std::time::Duration;

use chrono::TimeDelta;

use crate::domain::admin::AdminRole;
use crate::domain::audit::{Actor, ActorKind};
use crate::domain::ids::PublicId;
use crate::domain::secret::shown_by_name;
use crate::domain::session::{AccountKind, AuthenticationMethod, Session};
use crate::service::audit_trail::{Trail, object};
use crate::service::brake;
use crate::service::credential::{self, Credential, Proof};
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::secrets::{random_token, token_hash};
use crate::service::stored_settings::StoredSettings;
use crate::store::accounts::{Account, AccountHolder};
use crate::store::sessions::{self, LiveSession, SessionRecord};
use crate::store::users;

/// `last_seen_at` is written at most this often, so that reading pages stays reading.
const SEEN_IS_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Longer texts in these fields are cut: they are shown, never compared.
const AGENT_LIMIT: usize = 256;

/// Somebody wants to sign in.
pub struct SignInAttempt {
    pub username: String,
    pub password: String,
    /// Network address of the caller.
    pub source: String,
    pub user_agent: String,
    /// Token of the session that the browser had, whose family the new one joins (FRESH-ONCE).
    pub previous_session: Option<String>,
}

shown_by_name!(SignInAttempt);

/// What became of it.
pub enum SignInOutcome {
    /// The token goes into the cookie.
    SignedIn { token: String, who: Box<SignedIn> },
    /// One answer for everything that is wrong.
    Refused,
    /// Too many failures; nothing was checked.
    Braked { retry_after: Duration },
}

shown_by_name!(SignInOutcome);

/// A live session and whose it is.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub session: Session,
    pub username: String,
    pub display_name: String,
    pub public_id: PublicId,
    /// `Some` for administrators.
    pub role: Option<AdminRole>,
}

impl SignedIn {
    /// The actor of what this person does.
    pub fn actor(&self) -> Actor {
        let kind = match self.session.account_kind {
            AccountKind::User => ActorKind::User,
            AccountKind::Administrator => ActorKind::Administrator,
        };
        Actor {
            kind,
            id: self.public_id.as_str().to_owned(),
            name: self.username.clone(),
        }
    }
}

/// Checks a name and a password and opens a session.
pub fn sign_in(env: &Environment, attempt: &SignInAttempt) -> Result<SignInOutcome, ServiceError> {
    let credential = Credential {
        username: &attempt.username,
        password: &attempt.password,
        source: &attempt.source,
    };
    let (account, failures) = match credential::prove(env, credential)? {
        Proof::Fits { account, failures } => (account, failures),
        Proof::Refused => return Ok(SignInOutcome::Refused),
        Proof::Braked { retry_after } => return Ok(SignInOutcome::Braked { retry_after }),
    };
    let token = open_session(env, &account, (attempt, failures))?;
    match session(env, &token)? {
        Some(who) => Ok(SignInOutcome::SignedIn {
            token,
            who: Box::new(who),
        }),
        // Suspended between the check and the first look: the session is gone already.
        None => Ok(SignInOutcome::Refused),
    }
}

/// The live session of a cookie's token, read from the store (rules C1, C6).
pub fn session(env: &Environment, token: &str) -> Result<Option<SignedIn>, ServiceError> {
    let hash = token_hash(token);
    let now = env.now();
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        let Some(live) = sessions::find_live(conn, &hash, now)? else {
            return Ok(None);
        };
        match live.account.holder {
            holder if !holder.may_act_at(now) => Ok(None),
            AccountHolder::Administrator { role, .. } => {
                let display_name = live.account.username.clone();
                Ok(Some(signed_in(live, display_name, Some(role))))
            }
            AccountHolder::User { id, .. } => {
                let user = users::find(conn, id)?;
                Ok(user.map(|user| signed_in(live, user.display_name, None)))
            }
        }
    })?;
    if let Some(who) = &found
        && who.session.last_seen_at + SEEN_IS_NOTED_EVERY < now
    {
        env.store.write(move |conn| -> Result<(), ServiceError> {
            Ok(sessions::touch(conn, &hash, now)?)
        })?;
    }
    Ok(found)
}

fn signed_in(live: LiveSession, display_name: String, role: Option<AdminRole>) -> SignedIn {
    SignedIn {
        session: live.session,
        username: live.account.username,
        display_name,
        public_id: live.account.public_id,
        role,
    }
}

const fn kind_of(account: &Account) -> ActorKind {
    match account.holder {
        AccountHolder::User { .. } => ActorKind::User,
        AccountHolder::Administrator { .. } => ActorKind::Administrator,
    }
}

fn open_session(
    env: &Environment,
    account: &Account,
    (attempt, failures): (&SignInAttempt, Vec<String>),
) -> Result<String, ServiceError> {
    let now = env.now();
    let life = StoredSettings::read(env)?.session_life()?;
    let token = random_token()?;
    let previous = attempt.previous_session.as_deref().map(token_hash);
    let agent: String = attempt.user_agent.chars().take(AGENT_LIMIT).collect();
    let new = SessionRecord {
        session: Session {
            public_id: new_public_id(),
            family: random_token()?,
            account: account.id,
            account_kind: account.holder.kind(),
            created_at: now,
            ends_at: now + life.absolute,
            idle: life.idle,
            last_seen_at: now,
            authenticated_at: now,
            method: AuthenticationMethod::Password,
            csrf_secret: random_token()?,
        },
        address: attempt.source.clone(),
        user_agent: agent,
    };
    let hash = token_hash(&token);
    let actor = Actor {
        kind: kind_of(account),
        id: account.public_id.as_str().to_owned(),
        name: account.username.clone(),
    };
    let trail = Trail::new(env, &actor);
    let account = account.id;
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let mut new = new.clone();
        if let Some(previous) = &previous {
            // The same person in the same browser goes on answering its own requests.
            match sessions::find_live(conn, previous, now)? {
                Some(before) if before.account.id == account => {
                    new.session.family = before.session.family;
                }
                _ => {}
            }
            sessions::delete(conn, previous)?;
        }
        sessions::insert(conn, &hash, &new)?;
        brake::forget(conn, &failures)?;
        let named = object("session", new.session.public_id.as_str(), &new.address);
        trail.write(conn, "session.started", named, (None, None))?;
        Ok(())
    })?;
    Ok(token)
}
