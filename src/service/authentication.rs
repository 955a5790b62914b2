//! Signing in and out, and the sessions between. Sessions are rows: read on every request, gone
//! with the commit that ends them. Credentials are checked elsewhere.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::admin::AdminRole;
use crate::domain::audit::{Actor, ActorKind};
use crate::domain::ids::PublicId;
use crate::domain::second_factor::SecondStep;
use crate::domain::secret::shown_by_name;
use crate::domain::session::{AccountKind, AuthenticationMethod, Session};
use crate::service::audit_trail::{Trail, object};
use crate::service::brake;
use crate::service::client::Client;
use crate::service::credential::{self, Credential, Proof, Shown};
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::factor_demand::{self, Wish};
use crate::service::passkeys::PasskeyAnswer;
use crate::service::second_step;
use crate::service::secrets::{random_token, token_hash};
use crate::service::stored_settings::StoredSettings;
use crate::store::accounts::{Account, AccountHolder};
use crate::store::remembered_devices::{self, RememberedDevice};
use crate::store::sessions::{self, LiveSession, SessionRecord};
use crate::store::{half_sign_ins, users};

/// `last_seen_at` is written at most this often, so that reading pages stays reading.
const SEEN_IS_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How long a browser is remembered by choice.
const DEVICE_IS_REMEMBERED: TimeDelta = TimeDelta::days(30);
/// Longer texts in these fields are cut: they are shown, never compared.
const AGENT_LIMIT: usize = 256;

/// Somebody wants to sign in.
pub struct SignInAttempt {
    pub username: String,
    pub password: String,
    pub client: Client,
}

shown_by_name!(SignInAttempt);

/// What became of it.
pub enum SignInOutcome {
    /// The token goes into the cookie.
    SignedIn { token: String, who: Box<SignedIn> },
    /// The password is right, and a second step has to follow. `None`: this client cannot take one.
    SecondStep { half: Option<String> },
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

/// Checks a name and a password and opens a session, unless a second step has to come first.
pub fn sign_in(
    env: &Environment,
    attempt: &SignInAttempt,
    wish: Wish,
) -> Result<SignInOutcome, ServiceError> {
    let client = &attempt.client;
    let credential = Credential {
        username: &attempt.username,
        password: &attempt.password,
        source: &client.source,
    };
    let (account, failures, shown) = match credential::prove(env, credential)? {
        Proof::Fits {
            account,
            failures,
            shown,
        } => (account, failures, shown),
        Proof::Refused => return Ok(SignInOutcome::Refused),
        Proof::Braked { retry_after } => return Ok(SignInOutcome::Braked { retry_after }),
    };
    let method = match factor_demand::second_step(env, &account, (client, wish))? {
        SecondStep::None => AuthenticationMethod::Password,
        SecondStep::Remembered => AuthenticationMethod::PasswordRememberedDevice,
        step @ (SecondStep::Ask | SecondStep::Enrol) => {
            // Failures from before stay counted: the sign-in has not succeeded yet.
            let may_enrol = step == SecondStep::Enrol;
            let Some(pre_session) = &client.pre_session else {
                return Ok(SignInOutcome::SecondStep { half: None });
            };
            let proven = (shown, failures);
            return Ok(
                match second_step::begin(env, &account, (pre_session, may_enrol), proven)? {
                    Some(half) => SignInOutcome::SecondStep { half: Some(half) },
                    None => SignInOutcome::Refused,
                },
            );
        }
    };
    let opening = Opening {
        method,
        authenticated_at: env.now(),
        failures,
        shown: Some(shown),
        half: None,
        device: None,
    };
    opened(env, &account, (client, opening))
}

/// Signs in with a passkey alone, which is two factors by itself.
pub fn sign_in_with_passkey(
    env: &Environment,
    client: &Client,
    answer: PasskeyAnswer<'_>,
) -> Result<SignInOutcome, ServiceError> {
    let (account, failures, shown) = match credential::prove_passkey(env, answer, &client.source)? {
        Proof::Fits {
            account,
            failures,
            shown,
        } => (account, failures, shown),
        Proof::Refused => return Ok(SignInOutcome::Refused),
        Proof::Braked { retry_after } => return Ok(SignInOutcome::Braked { retry_after }),
    };
    let opening = Opening {
        method: AuthenticationMethod::Passkey,
        authenticated_at: env.now(),
        failures,
        shown: Some(shown),
        half: None,
        device: None,
    };
    opened(env, &account, (client, opening))
}

/// Opens a session and looks at it for the first time.
fn opened(
    env: &Environment,
    account: &Account,
    (client, opening): (&Client, Opening),
) -> Result<SignInOutcome, ServiceError> {
    let Some(token) = open_session(env, account, (client, opening))? else {
        return Ok(SignInOutcome::Refused);
    };
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

/// The holder of an account, as the actor of what happens before there is a session.
pub(in crate::service) fn actor_of_account(account: &Account) -> Actor {
    let kind = match account.holder {
        AccountHolder::User { .. } => ActorKind::User,
        AccountHolder::Administrator { .. } => ActorKind::Administrator,
    };
    Actor {
        kind,
        id: account.public_id.as_str().to_owned(),
        name: account.username.clone(),
    }
}

/// A session about to be opened.
#[derive(Debug)]
pub(in crate::service) struct Opening {
    pub method: AuthenticationMethod,
    /// When the password was checked.
    pub authenticated_at: DateTime<Utc>,
    /// Counters of the brake that the success clears.
    pub failures: Vec<String>,
    /// What it is opened by; a half sign-in ended with what began it.
    pub shown: Option<Shown>,
    /// Hash of the half sign-in that it completes, which ends with it.
    pub half: Option<Vec<u8>>,
    /// Hash of the token by which the browser is to be remembered.
    pub device: Option<Vec<u8>>,
}

/// Opens a session and gives its token; `None`: the half sign-in was ended before, the password is another one by
/// now, or the passkey was removed.
pub(in crate::service) fn open_session(
    env: &Environment,
    account: &Account,
    (client, opening): (&Client, Opening),
) -> Result<Option<String>, ServiceError> {
    let now = env.now();
    let life = StoredSettings::read(env)?.session_life()?;
    let token = random_token()?;
    let previous = client.previous_session.as_deref().map(token_hash);
    let agent: String = client.user_agent.chars().take(AGENT_LIMIT).collect();
    let new = SessionRecord {
        session: Session {
            public_id: new_public_id(),
            family: random_token()?,
            account: account.id,
            account_kind: account.holder.kind(),
            created_at: now,
            ends_at: opening.authenticated_at + life.absolute,
            idle: life.idle,
            last_seen_at: now,
            authenticated_at: opening.authenticated_at,
            method: opening.method,
            csrf_secret: random_token()?,
        },
        address: client.source.clone(),
        user_agent: agent,
    };
    let hash = token_hash(&token);
    let trail = Trail::new(env, &actor_of_account(account));
    let account = account.id;
    let is_open = env.store.write(move |conn| -> Result<bool, ServiceError> {
        if let Some(half) = &opening.half
            && !half_sign_ins::delete(conn, half)?
        {
            return Ok(false);
        }
        if let Some(shown) = &opening.shown
            && !shown.counts(conn, account)?
        {
            return Ok(false);
        }
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
        if let Some(device) = &opening.device {
            remembered_devices::insert(conn, device, &remembered(&new))?;
        }
        brake::forget(conn, &opening.failures)?;
        let named = object("session", new.session.public_id.as_str(), &new.address);
        let method = serde_json::json!({ "method": new.session.method.as_str() });
        let texts = (None, Some(method.to_string()));
        trail.write(conn, "session.started", named, texts)?;
        Ok(true)
    })?;
    Ok(is_open.then_some(token))
}

/// The browser of a session that just began, to be remembered.
fn remembered(new: &SessionRecord) -> RememberedDevice {
    let now = new.session.created_at;
    RememberedDevice {
        public_id: new_public_id(),
        account: new.session.account,
        address: new.address.clone(),
        user_agent: new.user_agent.clone(),
        created_at: now,
        last_used_at: now,
        expires_at: now + DEVICE_IS_REMEMBERED,
    }
}
