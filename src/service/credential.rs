//! The one check of what somebody proves to be with, with the brake in it (ONE-DOOR): a name and a
//! password, then the code of a second factor. Unknown names, wrong passwords and accounts that may
//! not sign in get one answer in the same time; a wrong code counts like a wrong password.

use std::time::Duration;

use crate::domain::audit::AuditObject;
use crate::domain::ids::{AccountId, PublicId};
use crate::domain::session::AuthenticationMethod;
use crate::domain::text::fold;
use crate::service::audit_trail::{Trail, object};
use crate::service::brake::{self, Verdict};
use crate::service::caller::stranger;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::passkeys::{self, PasskeyAnswer};
use crate::service::{recovery_codes, totp};
use crate::store::accounts::{self, Account, PasswordMark};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::passkeys as stored_passkeys;

/// What somebody brings along.
#[derive(Debug, Clone, Copy)]
pub struct Credential<'a> {
    pub username: &'a str,
    pub password: &'a str,
    /// Network address of the caller.
    pub source: &'a str,
}

/// What became of it.
#[derive(Debug)]
pub enum Proof {
    /// It is this account. `failures`: what [`brake::forget`] has to be told in the transaction
    /// that acts on the proof.
    Fits {
        account: Box<Account>,
        failures: Vec<String>,
        /// What was right; whoever acts on the proof asks whether it counts still.
        shown: Shown,
    },
    /// One answer for everything that is wrong; the failure is counted and written down.
    Refused,
    /// Too many failures; nothing was checked.
    Braked { retry_after: Duration },
}

/// What somebody showed, as it was when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    Password(PasswordMark),
    /// The public id of the passkey.
    Passkey(PublicId),
}

impl Shown {
    /// Whether it counts still, and does until the end of this transaction: whoever changes the password or
    /// removes the passkey waits, and ends then what was opened by it.
    pub fn counts(&self, conn: &mut DbConnection, account: AccountId) -> Result<bool, StoreError> {
        match self {
            Self::Password(mark) => accounts::has_password(conn, account, *mark),
            Self::Passkey(id) => stored_passkeys::is_kept(conn, account, id),
        }
    }
}

/// Checks a name and a password.
pub fn prove(env: &Environment, credential: Credential<'_>) -> Result<Proof, ServiceError> {
    let name = fold(credential.username);
    let failures = brake::keys(&name, credential.source);
    if let Verdict::Wait(retry_after) = brake::begin(env, &failures)? {
        return Ok(Proof::Braked { retry_after });
    }
    let account = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(accounts::find_by_username(conn, &name)?) })?;
    let stored = account
        .as_ref()
        .and_then(|found| found.password_hash.clone());
    let fits = env
        .passwords
        .verify(credential.password, stored.as_deref())?;
    let admitted = account
        .map(|found| (found.account, found.mark))
        .filter(|(account, _)| fits && account.holder.may_act_at(env.now()));
    if let Some((account, mark)) = admitted {
        renew_hash(env, &account, (credential.password, stored.as_deref()))?;
        return Ok(Proof::Fits {
            account: Box::new(account),
            failures,
            shown: Shown::Password(mark),
        });
    }
    // The name as typed may be a password in the wrong field: only its source is written down.
    refuse(env, failures, object("session", "", credential.source))?;
    Ok(Proof::Refused)
}

/// What became of a code.
#[derive(Debug)]
pub enum FactorProof {
    /// It fits, and is used up. `failures`: as in [`Proof::Fits`].
    Fits {
        method: AuthenticationMethod,
        failures: Vec<String>,
    },
    /// It does not; the failure is counted and written down.
    Refused,
    /// Too many failures; nothing was checked.
    Braked { retry_after: Duration },
}

/// What somebody shows as second factor.
#[derive(Debug, Clone, Copy)]
pub enum Factor<'a> {
    /// Six digits are of the authenticator app, anything else is taken for a recovery code.
    Code(&'a str),
    Passkey(PasskeyAnswer<'a>),
}

/// Checks the second factor of an account whose password was right.
pub fn prove_factor(
    env: &Environment,
    account: &Account,
    (factor, source): (Factor<'_>, &str),
) -> Result<FactorProof, ServiceError> {
    let failures = brake::factor_keys(&fold(&account.username), account.id, source);
    if let Verdict::Wait(retry_after) = brake::begin(env, &failures)? {
        return Ok(FactorProof::Braked { retry_after });
    }
    let (fits, method) = match factor {
        Factor::Passkey(answer) => (
            passkeys::use_second(env, account.id, answer)?,
            AuthenticationMethod::PasswordPasskey,
        ),
        Factor::Code(code) if is_of_an_app(code) => (
            totp::use_code(env, account.id, code)?,
            AuthenticationMethod::PasswordTotp,
        ),
        Factor::Code(code) => (
            recovery_codes::use_code(env, account, code)?,
            AuthenticationMethod::PasswordRecoveryCode,
        ),
    };
    if fits {
        return Ok(FactorProof::Fits { method, failures });
    }
    let named = object("account", account.public_id.as_str(), &account.username);
    refuse(env, failures, named)?;
    Ok(FactorProof::Refused)
}

fn is_of_an_app(code: &str) -> bool {
    code.chars()
        .all(|letter| letter.is_ascii_digit() || letter.is_whitespace())
}

/// Checks a passkey that stands alone: it names the account by itself. Failures count for the source.
pub fn prove_passkey(
    env: &Environment,
    answer: PasskeyAnswer<'_>,
    source: &str,
) -> Result<Proof, ServiceError> {
    let failures = brake::source_keys(source);
    if let Verdict::Wait(retry_after) = brake::begin(env, &failures)? {
        return Ok(Proof::Braked { retry_after });
    }
    if let Some((id, passkey)) = passkeys::use_alone(env, answer)? {
        let account = env
            .store
            .read(|conn| -> Result<_, ServiceError> { Ok(accounts::find(conn, id)?) })?;
        if let Some(account) = account.filter(|account| account.holder.may_act_at(env.now())) {
            return Ok(Proof::Fits {
                account: Box::new(account),
                failures,
                shown: Shown::Passkey(passkey),
            });
        }
    }
    refuse(env, failures, object("session", "", source))?;
    Ok(Proof::Refused)
}

/// Counts a failure and writes it down.
fn refuse(
    env: &Environment,
    failures: Vec<String>,
    named: AuditObject,
) -> Result<(), ServiceError> {
    let trail = Trail::new(env, &stranger());
    env.store.write(move |conn| -> Result<(), ServiceError> {
        brake::count_failure(conn, &failures, trail.at())?;
        trail.write(conn, "sign_in.refused", named.clone(), (None, None))?;
        Ok(())
    })
}

/// Hashes a right password anew when the cost has changed since it was set. Another one that was set
/// meanwhile stays.
fn renew_hash(
    env: &Environment,
    account: &Account,
    (password, stored): (&str, Option<&str>),
) -> Result<(), ServiceError> {
    let Some(old) = stored else {
        return Ok(());
    };
    if !env.passwords.is_outdated(password, old)? {
        return Ok(());
    }
    let (id, old) = (account.id, old.to_owned());
    let new = env.passwords.hash(password)?;
    env.store.write(move |conn| -> Result<(), ServiceError> {
        accounts::replace_hash(conn, id, (&old, &new))?;
        Ok(())
    })
}
