//! Taking somebody's second factors away, so that they can set up new ones: done by an administrator
//! for who lost a phone, or on the terminal for the last administrator. Nobody ever chooses a factor
//! for somebody else. Sessions and remembered browsers of the account end with it, and the person is
//! told by mail.

use chrono::{DateTime, Utc};

use crate::domain::audit::{Actor, AuditObject};
use crate::domain::ids::{AccountId, PublicId};
use crate::service::account_mail::AccountMail;
use crate::service::audit_trail::{Trail, object, object_of_user};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::users;
use crate::store::accounts::{self, Account, AccountHolder};
use crate::store::connection::DbConnection;
use crate::store::{
    administrators, half_sign_ins, passkeys, recovery_codes, remembered_devices, sessions,
    totp_secrets,
};

const NO_ACCOUNT: ServiceError = ServiceError::NotFound { what: "account" };

/// A factor as administrators see it: of which kind, and when it was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorView {
    /// `TOTP`, `PASSKEY` or `RECOVERY_CODES`.
    pub kind: &'static str,
    /// The words on pages.
    pub label: &'static str,
    /// When it was set up; not known of recovery codes.
    pub added: Option<DateTime<Utc>>,
    pub last_used: Option<DateTime<Utc>>,
}

/// The factors of a user.
pub fn of_user(env: &Environment, id: &str) -> Result<Vec<FactorView>, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let user = users::find(conn, &id)?;
        of_account(conn, user.id.account())
    })
}

/// The factors of an administrator.
pub fn of_administrator(env: &Environment, id: &str) -> Result<Vec<FactorView>, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let found = administrators::find_by_public_id(conn, &id)?.ok_or(NO_ADMINISTRATOR)?;
        of_account(conn, found.id.account())
    })
}

const NO_ADMINISTRATOR: ServiceError = ServiceError::NotFound {
    what: "administrator",
};

/// Takes the factors of a user away; none is no fault.
pub fn reset_user(env: &Environment, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    let reset = Reset::new(env, actor)?;
    let id = PublicId::new(id);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let user = users::find(conn, &id)?;
        let account = accounts::find(conn, user.id.account())?.ok_or(NO_ACCOUNT)?;
        reset.carry_out(conn, &account, object_of_user(&user))
    })
}

/// The same for an administrator.
pub fn reset_administrator(env: &Environment, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    if actor.id == id {
        let detail = "your own factors are removed on the page of your account".to_owned();
        return Err(ServiceError::Forbidden { detail });
    }
    let reset = Reset::new(env, actor)?;
    let id = PublicId::new(id);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let found = administrators::find_by_public_id(conn, &id)?.ok_or(NO_ADMINISTRATOR)?;
        let account = accounts::find(conn, found.id.account())?.ok_or(NO_ACCOUNT)?;
        let named = object("administrator", found.public_id.as_str(), &found.username);
        reset.carry_out(conn, &account, named)
    })
}

/// The same by username, on the terminal, for administrators alone: users have somebody to ask.
pub fn reset_named(env: &Environment, actor: &Actor, username: &str) -> Result<(), ServiceError> {
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(accounts::find_by_username(conn, username)?)
    })?;
    let account = found.map(|found| found.account);
    let is_administrator =
        |account: &Account| matches!(account.holder, AccountHolder::Administrator { .. });
    let account = account.filter(is_administrator).ok_or(NO_ADMINISTRATOR)?;
    reset_administrator(env, actor, account.public_id.as_str())
}

fn of_account(
    conn: &mut DbConnection,
    account: AccountId,
) -> Result<Vec<FactorView>, ServiceError> {
    let mut factors = Vec::new();
    if let Some(totp) = totp_secrets::find(conn, account)?
        && totp.confirmed_at.is_some()
    {
        factors.push(FactorView {
            kind: "TOTP",
            label: "Authenticator app",
            added: totp.confirmed_at,
            last_used: totp.last_used_at,
        });
    }
    for passkey in passkeys::list_of_account(conn, account)? {
        factors.push(FactorView {
            kind: "PASSKEY",
            label: "Passkey",
            added: Some(passkey.created_at),
            last_used: passkey.last_used_at,
        });
    }
    if recovery_codes::count(conn, account)? > 0 {
        factors.push(FactorView {
            kind: "RECOVERY_CODES",
            label: "Recovery codes",
            added: None,
            last_used: None,
        });
    }
    Ok(factors)
}

/// One reset, which may be tried more than once.
struct Reset {
    trail: Trail,
    mail: AccountMail,
}

impl Reset {
    fn new(env: &Environment, actor: &Actor) -> Result<Self, ServiceError> {
        Ok(Self {
            trail: Trail::new(env, actor),
            mail: AccountMail::new(env)?,
        })
    }

    fn carry_out(
        &self,
        conn: &mut DbConnection,
        account: &Account,
        named: AuditObject,
    ) -> Result<(), ServiceError> {
        let factors = of_account(conn, account.id)?;
        totp_secrets::delete(conn, account.id)?;
        passkeys::delete_of_account(conn, account.id)?;
        half_sign_ins::delete_of_account(conn, account.id)?;
        if factors.is_empty() {
            return Ok(());
        }
        recovery_codes::delete_of_account(conn, account.id)?;
        remembered_devices::delete_of_account(conn, account.id)?;
        sessions::delete_of_account(conn, account.id)?;
        let kinds: Vec<&str> = factors.iter().map(|factor| factor.kind).collect();
        let before = serde_json::json!({ "factors": kinds }).to_string();
        self.trail
            .write(conn, "account.factors_reset", named, (Some(before), None))?;
        self.mail.factors_removed(conn, account)
    }
}
