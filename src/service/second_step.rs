//! The second step of a sign-in: what waits between the two, what is asked, and how it becomes a
//! session. A half sign-in opens nothing: it only lets a code be tried, in the browser whose password
//! was right.

use std::time::Duration;

use chrono::TimeDelta;

use crate::domain::secret::shown_by_name;
use crate::domain::session::{AuthenticationMethod, Session};
use crate::service::authentication::{self, Opening, SignedIn, actor_of_account};
use crate::service::brake;
use crate::service::client::Client;
use crate::service::credential::{self, Factor, FactorProof, Shown};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::factor_demand::is_enrolled;
use crate::service::passkeys::{self as passkey_service, Question};
use crate::service::secrets::{random_token, token_hash};
use crate::service::totp::{self, Asker, Enrolment};
use crate::store::accounts::{self, Account};
use crate::store::half_sign_ins::{self, HalfSignIn};
use crate::store::{passkeys, recovery_codes, totp_secrets};

/// How long the second step may take.
const WAITS: TimeDelta = TimeDelta::minutes(10);

/// What the page of the second step asks for; no `Debug`, since a secret may be in it.
pub struct StepView {
    pub username: String,
    /// Whether the account has an authenticator app, and passkeys.
    pub has_totp: bool,
    pub has_passkeys: bool,
    pub recovery_codes: i64,
    /// `Some`: the account has no factor yet, and sets one up with this.
    pub enrolment: Option<Enrolment>,
}

/// What became of the second step.
pub enum StepOutcome {
    /// The tokens go into cookies: of the session, and of the browser if it is remembered.
    SignedIn {
        token: String,
        who: Box<SignedIn>,
        device: Option<String>,
    },
    /// The code is wrong, or was used before.
    Wrong,
    /// Too many wrong codes; nothing was checked.
    Braked { retry_after: Duration },
    /// There is no half sign-in, or no more.
    Gone,
}

shown_by_name!(StepOutcome);

/// Keeps a sign-in whose password was right just now, and gives its token.
pub(in crate::service) fn begin(
    env: &Environment,
    account: &Account,
    (pre_session, may_enrol): (&str, bool),
    (shown, attempt): (Shown, Vec<String>),
) -> Result<Option<String>, ServiceError> {
    let token = random_token()?;
    let hash = token_hash(&token);
    let now = env.now();
    let half = HalfSignIn {
        account: account.id,
        browser_hash: token_hash(pre_session),
        may_enrol,
        password_at: now,
        expires_at: now + WAITS,
    };
    let is_kept = env.store.write(move |conn| -> Result<bool, ServiceError> {
        if !shown.counts(conn, half.account)? {
            return Ok(false);
        }
        // The password was right: this attempt was no failure.
        brake::withdraw(conn, &attempt)?;
        half_sign_ins::insert(conn, &hash, &half)?;
        Ok(true)
    })?;
    Ok(is_kept.then_some(token))
}

/// The same on the strength of a live session, for an application that takes no less than two factors;
/// `None`: the account has no factor to be asked for, and its password is needed to set one up.
pub(in crate::service) fn begin_from_session(
    env: &Environment,
    session: &Session,
    pre_session: &str,
) -> Result<Option<String>, ServiceError> {
    let has_factor = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(is_enrolled(conn, session.account)?) })?;
    if !has_factor {
        return Ok(None);
    }
    let token = random_token()?;
    let hash = token_hash(&token);
    let half = HalfSignIn {
        account: session.account,
        browser_hash: token_hash(pre_session),
        may_enrol: false,
        password_at: session.authenticated_at,
        expires_at: env.now() + WAITS,
    };
    env.store.write(move |conn| -> Result<(), ServiceError> {
        Ok(half_sign_ins::insert(conn, &hash, &half)?)
    })?;
    Ok(Some(token))
}

/// What is asked of the browser with this token; `None`: nothing waits for it.
pub fn show(
    env: &Environment,
    client: &Client,
    token: &str,
) -> Result<Option<StepView>, ServiceError> {
    let Some((half, account)) = find(env, client, token)? else {
        return Ok(None);
    };
    let (has_totp, has_passkeys, recovery_codes) =
        env.store.read(|conn| -> Result<_, ServiceError> {
            let totp = totp_secrets::find(conn, account.id)?;
            Ok((
                totp.is_some_and(|totp| totp.confirmed_at.is_some()),
                passkeys::count(conn, account.id)? > 0,
                recovery_codes::count(conn, account.id)?,
            ))
        })?;
    let enrolment = match (has_totp || has_passkeys, half.may_enrol) {
        (true, _) => None,
        (false, true) => Some(totp::enrolment(env, &account, Asker::half(token, None))?),
        // Its factor was taken away meanwhile.
        (false, false) => return Ok(None),
    };
    Ok(Some(StepView {
        username: account.username,
        has_totp,
        has_passkeys,
        recovery_codes,
        enrolment,
    }))
}

/// A question to a passkey of the account that waits; `None`: nothing waits, or there is none.
pub fn ask_passkey(
    env: &Environment,
    client: &Client,
    token: &str,
) -> Result<Option<Question>, ServiceError> {
    match (find(env, client, token)?, &client.pre_session) {
        (Some((_, account)), Some(browser)) => {
            passkey_service::ask_for_second(env, account.id, browser)
        }
        _ => Ok(None),
    }
}

/// Checks the second factor and opens the session.
pub fn finish(
    env: &Environment,
    client: &Client,
    (token, factor, remember): (&str, Factor<'_>, bool),
) -> Result<StepOutcome, ServiceError> {
    let Some((half, account)) = find(env, client, token)? else {
        return Ok(StepOutcome::Gone);
    };
    let has_factor = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(is_enrolled(conn, account.id)?) })?;
    let (method, failures) = if has_factor {
        match credential::prove_factor(env, &account, (factor, &client.source))? {
            FactorProof::Fits { method, failures } => (method, failures),
            FactorProof::Refused => return Ok(StepOutcome::Wrong),
            FactorProof::Braked { retry_after } => return Ok(StepOutcome::Braked { retry_after }),
        }
    } else if half.may_enrol
        && let Factor::Code(code) = factor
    {
        let actor = actor_of_account(&account);
        // The session that this browser has is followed by the new one, which joins its family.
        let before = match &client.previous_session {
            Some(token) => authentication::session(env, token)?,
            None => None,
        };
        let asker = Asker::half(token, before.map(|who| who.session.public_id));
        if !totp::confirm(env, (&account, &actor), (asker, code))? {
            return Ok(StepOutcome::Wrong);
        }
        (AuthenticationMethod::PasswordTotp, Vec::new())
    } else {
        return Ok(StepOutcome::Gone);
    };
    let device = remember.then(random_token).transpose()?;
    let opening = Opening {
        method,
        authenticated_at: half.password_at,
        failures,
        shown: None,
        half: Some(token_hash(token)),
        device: device.as_deref().map(token_hash),
    };
    let Some(token) = authentication::open_session(env, &account, (client, opening))? else {
        return Ok(StepOutcome::Gone);
    };
    Ok(match authentication::session(env, &token)? {
        Some(who) => StepOutcome::SignedIn {
            token,
            who: Box::new(who),
            device,
        },
        None => StepOutcome::Gone,
    })
}

/// The half sign-in of this token and browser, with its account if that may sign in.
fn find(
    env: &Environment,
    client: &Client,
    token: &str,
) -> Result<Option<(HalfSignIn, Account)>, ServiceError> {
    let Some(pre_session) = &client.pre_session else {
        return Ok(None);
    };
    let (hash, browser) = (token_hash(token), token_hash(pre_session));
    let now = env.now();
    env.store.read(|conn| -> Result<_, ServiceError> {
        let Some(half) = half_sign_ins::find(conn, (&hash, &browser), now)? else {
            return Ok(None);
        };
        let account = accounts::find(conn, half.account)?;
        Ok(account
            .filter(|account| account.holder.may_act_at(now))
            .map(|account| (half, account)))
    })
}
