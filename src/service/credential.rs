//! The one check of a name and a password, with the brake in it (ONE-DOOR). Unknown names, wrong
//! passwords and accounts that may not sign in get one answer in the same time.

use std::time::Duration;

use crate::domain::text::fold;
use crate::service::audit_trail::{Trail, object};
use crate::service::brake::{self, Verdict};
use crate::service::caller::stranger;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::store::accounts::{self, Account};

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
    },
    /// One answer for everything that is wrong; the failure is counted and written down.
    Refused,
    /// Too many failures; nothing was checked.
    Braked { retry_after: Duration },
}

/// Checks a name and a password.
pub fn prove(env: &Environment, credential: Credential<'_>) -> Result<Proof, ServiceError> {
    let now = env.now();
    let name = fold(credential.username);
    let failures = brake::keys(&name, credential.source);
    if let Verdict::Wait(retry_after) = brake::ask(env, &failures, now)? {
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
        .map(|found| found.account)
        .filter(|account| fits && account.holder.may_act_at(now));
    if let Some(account) = admitted {
        renew_hash(env, &account, (credential.password, stored.as_deref()))?;
        return Ok(Proof::Fits {
            account: Box::new(account),
            failures,
        });
    }
    let trail = Trail::new(env, &stranger());
    // The name as typed may be a password in the wrong field: only its source is written down.
    let named = object("session", "", credential.source);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        brake::count_failure(conn, &failures, now)?;
        trail.write(conn, "sign_in.refused", named.clone(), (None, None))?;
        Ok(())
    })?;
    Ok(Proof::Refused)
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
