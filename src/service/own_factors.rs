//! The second factors of the own account: what there is, adding and ending them, recovery codes, and
//! the browsers that are remembered. Ending a factor asks for a fresh sign-in, at the door.

use chrono::{DateTime, Utc};

use crate::domain::ids::PublicId;
use crate::domain::second_factor::AdminMfa;
use crate::service::audit_trail::{Trail, object};
use crate::service::authentication::SignedIn;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::factor_demand::is_enrolled;
use crate::service::totp::{self, Asker, Enrolment};
use crate::store::accounts::{self, Account};
use crate::store::passkeys::{self, StoredPasskey};
use crate::store::remembered_devices::RememberedDevice;
use crate::store::{recovery_codes, remembered_devices, sessions, totp_secrets};

/// Whether the account has a passkey.
pub fn has_passkey(env: &Environment, who: &SignedIn) -> Result<bool, ServiceError> {
    let account = who.session.account;
    env.store
        .read(|conn| -> Result<_, ServiceError> { Ok(passkeys::count(conn, account)? > 0) })
}

const NO_ACCOUNT: ServiceError = ServiceError::NotFound { what: "account" };

/// An authenticator app that was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotpFacts {
    pub added: DateTime<Utc>,
    pub last_used: Option<DateTime<Utc>>,
}

/// The factors of an account as its owner sees them.
#[derive(Debug, Clone)]
pub struct OwnFactors {
    pub totp: Option<TotpFacts>,
    /// Oldest first.
    pub passkeys: Vec<PasskeyView>,
    pub recovery_codes: i64,
    /// Newest first.
    pub devices: Vec<DeviceView>,
}

impl OwnFactors {
    /// Whether there is any.
    pub const fn is_enrolled(&self) -> bool {
        self.totp.is_some() || !self.passkeys.is_empty()
    }
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyView {
    pub id: PublicId,
    pub name: String,
    pub added: DateTime<Utc>,
    pub last_used: Option<DateTime<Utc>>,
}

impl From<StoredPasskey> for PasskeyView {
    fn from(passkey: StoredPasskey) -> Self {
        Self {
            id: passkey.public_id,
            name: passkey.name,
            added: passkey.created_at,
            last_used: passkey.last_used_at,
        }
    }
}

/// A remembered browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceView {
    pub id: PublicId,
    pub address: String,
    pub user_agent: String,
    pub since: DateTime<Utc>,
    pub last_used: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl From<RememberedDevice> for DeviceView {
    fn from(device: RememberedDevice) -> Self {
        Self {
            id: device.public_id,
            address: device.address,
            user_agent: device.user_agent,
            since: device.created_at,
            last_used: device.last_used_at,
            until: device.expires_at,
        }
    }
}

/// What there is.
pub fn get(env: &Environment, who: &SignedIn) -> Result<OwnFactors, ServiceError> {
    let id = who.session.account;
    let now = env.now();
    env.store.read(|conn| -> Result<_, ServiceError> {
        let totp = totp_secrets::find(conn, id)?;
        let passkeys = passkeys::list_of_account(conn, id)?;
        let devices = remembered_devices::list_of_account(conn, id, now)?;
        Ok(OwnFactors {
            totp: totp.and_then(|totp| {
                Some(TotpFacts {
                    added: totp.confirmed_at?,
                    last_used: totp.last_used_at,
                })
            }),
            passkeys: passkeys.into_iter().map(PasskeyView::from).collect(),
            recovery_codes: recovery_codes::count(conn, id)?,
            devices: devices.into_iter().map(DeviceView::from).collect(),
        })
    })
}

/// The secret to be confirmed; `None`: there is an authenticator app already.
pub fn totp_enrolment(
    env: &Environment,
    who: &SignedIn,
) -> Result<Option<Enrolment>, ServiceError> {
    if get(env, who)?.totp.is_some() {
        return Ok(None);
    }
    totp::enrolment(env, &account(env, who)?, Asker::session(who)).map(Some)
}

/// Confirms it by a code, and other sessions end; false: the code does not fit.
pub fn confirm_totp(env: &Environment, who: &SignedIn, code: &str) -> Result<bool, ServiceError> {
    let holder = (&account(env, who)?, &who.actor());
    totp::confirm(env, holder, (Asker::session(who), code))
}

/// Whether a session may change the factors of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayChange {
    Yes,
    /// After a sign-in that proves the factor there is.
    AfterSignIn,
    /// After a sign-in with the passkey there is.
    AfterPasskey,
}

/// Where there is a factor, it was proven: the password alone neither removes what stands beside it nor adds to
/// it. Where administrators need a passkey, nothing less than theirs does: whoever lured a code out of one
/// would add a passkey of their own otherwise.
pub fn may_change(env: &Environment, who: &SignedIn) -> Result<MayChange, ServiceError> {
    let method = who.session.method;
    let needs_passkey = who.role.is_some() && env.admin_mfa == AdminMfa::Passkey;
    if needs_passkey && !method.resists_phishing() && has_passkey(env, who)? {
        return Ok(MayChange::AfterPasskey);
    }
    if method.satisfies_policy() {
        return Ok(MayChange::Yes);
    }
    let id = who.session.account;
    let is_enrolled = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(is_enrolled(conn, id)?) })?;
    Ok(if is_enrolled {
        MayChange::AfterSignIn
    } else {
        MayChange::Yes
    })
}

/// One factor of the own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnFactor {
    Totp,
    Passkey(PublicId),
}

/// Ends a factor. Other sessions end and no browser is remembered any more; with the last factor the
/// recovery codes go.
pub fn end(env: &Environment, who: &SignedIn, factor: OwnFactor) -> Result<(), ServiceError> {
    let id = who.session.account;
    let this = who.session.public_id.clone();
    let trail = Trail::new(env, &who.actor());
    let named = object("account", who.public_id.as_str(), &who.username);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let (is_gone, kind) = match &factor {
            OwnFactor::Totp => (totp_secrets::delete(conn, id)?, "TOTP"),
            OwnFactor::Passkey(passkey) => (passkeys::delete(conn, id, passkey)?, "PASSKEY"),
        };
        if !is_gone {
            return Err(ServiceError::NotFound { what: "factor" });
        }
        if !is_enrolled(conn, id)? {
            recovery_codes::delete_of_account(conn, id)?;
        }
        remembered_devices::delete_of_account(conn, id)?;
        sessions::delete_others(conn, id, &this)?;
        let texts = (Some(kind_text(kind)), None);
        trail.write(conn, "account.factor_ended", named.clone(), texts)?;
        Ok(())
    })
}

/// What the audit says of a factor.
pub(in crate::service) fn kind_text(kind: &str) -> String {
    serde_json::json!({ "factor": kind }).to_string()
}

/// Forgets a remembered browser; one that is forgotten already is no fault.
pub fn forget_device(env: &Environment, who: &SignedIn, device: &str) -> Result<(), ServiceError> {
    let id = who.session.account;
    let device = PublicId::new(device);
    let trail = Trail::new(env, &who.actor());
    let named = object("account", who.public_id.as_str(), &who.username);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        if remembered_devices::delete_by_public_id(conn, id, &device)? {
            trail.write(
                conn,
                "account.device_forgotten",
                named.clone(),
                (None, None),
            )?;
        }
        Ok(())
    })
}

/// The account behind a session.
pub(in crate::service) fn account(
    env: &Environment,
    who: &SignedIn,
) -> Result<Account, ServiceError> {
    let id = who.session.account;
    env.store
        .read(|conn| -> Result<_, ServiceError> { accounts::find(conn, id)?.ok_or(NO_ACCOUNT) })
}
