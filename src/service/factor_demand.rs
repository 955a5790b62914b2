//! What a sign-in has to bring along beside the password: what the account has, what its groups or its
//! role ask for, and what the application that waits takes. Read when somebody signs in; a sign-on
//! looks again when it issues (CHECK-AT-ISSUE).

use crate::domain::connector::Connector;
use crate::domain::ids::AccountId;
use crate::domain::second_factor::{AdminMfa, FactorFacts, SecondStep};
use crate::domain::session::AuthenticationMethod;
use crate::saml::authn_context::is_met_by;
use crate::service::client::Client;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::pending::{self, Ask};
use crate::service::secrets::token_hash;
use crate::service::sign_on::Browser;
use crate::store::accounts::{Account, AccountHolder};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{passkeys, remembered_devices, totp_secrets, user_groups};

/// What an application that waits takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// Nothing less than two factors.
    pub two_factors: bool,
    /// Nothing that was proven before: a remembered browser does not count.
    pub anew: bool,
}

impl Wish {
    /// What a sign-on at this application takes.
    pub fn of(connector: &Connector, ask: &Ask) -> Self {
        let by_request = better_way(ask, AuthenticationMethod::Password);
        let two_factors = connector.settings.require_mfa || by_request == Some(Way::SecondFactor);
        Self {
            two_factors,
            anew: two_factors || ask.force_authn(),
        }
    }

    /// The same for the sign-on that waits in this browser.
    pub fn of_waiting(
        env: &Environment,
        client: &Client,
        request: Option<&str>,
    ) -> Result<Self, ServiceError> {
        let Some(id) = request else {
            return Ok(Self::default());
        };
        let browser = Browser {
            pre_session: client.pre_session.clone(),
            ..Browser::default()
        };
        let kept = pending::find(env, &browser, id)?;
        Ok(kept
            .map(|kept| Self::of(&kept.connector, &kept.pending.ask))
            .unwrap_or_default())
    }
}

/// How a request could be met that a session does not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By a second factor beside it.
    SecondFactor,
    /// By another sign-in.
    OtherSignIn,
}

/// How the RequestedAuthnContext could be met, if this method does not; `None`: it does, or nothing
/// does (SAML Core 3.3.2.2.1).
pub fn better_way(ask: &Ask, method: AuthenticationMethod) -> Option<Way> {
    let Ask::Request(request) = ask else {
        return None;
    };
    let is_met =
        |method: &AuthenticationMethod| is_met_by(request.requested_authn_context(), *method);
    if is_met(&method) {
        return None;
    }
    let mut others = AuthenticationMethod::ALL.into_iter().filter(is_met);
    let other = others.next()?;
    let is_stronger = other.is_multi_factor() && !method.is_multi_factor();
    Some(if is_stronger {
        Way::SecondFactor
    } else {
        Way::OtherSignIn
    })
}

/// What follows on the right password of an account.
pub fn second_step(
    env: &Environment,
    account: &Account,
    (client, wish): (&Client, Wish),
) -> Result<SecondStep, ServiceError> {
    let now = env.now();
    let (is_enrolled, policy_asks) = env.store.read(|conn| -> Result<_, ServiceError> {
        let policy_asks = policy_asks(conn, account, env)?;
        Ok((is_enrolled(conn, account.id)?, policy_asks))
    })?;
    let is_remembered = match &client.device {
        Some(token) if is_enrolled && !wish.anew => {
            let (id, hash) = (account.id, token_hash(token));
            env.store.write(move |conn| -> Result<_, ServiceError> {
                Ok(remembered_devices::recognise(conn, id, &hash, now)?)
            })?
        }
        _ => false,
    };
    let facts = FactorFacts {
        is_enrolled,
        policy_asks,
        sign_on_asks: wish.two_factors,
        is_remembered,
    };
    Ok(facts.second_step())
}

/// Whether an account has a second factor.
pub(in crate::service) fn is_enrolled(
    conn: &mut DbConnection,
    account: AccountId,
) -> Result<bool, StoreError> {
    let totp = totp_secrets::find(conn, account)?;
    let has_totp = totp.is_some_and(|totp| totp.confirmed_at.is_some());
    Ok(has_totp || passkeys::count(conn, account)? > 0)
}

/// Whether this house asks the holder of an account for a second factor.
fn policy_asks(
    conn: &mut DbConnection,
    account: &Account,
    env: &Environment,
) -> Result<bool, StoreError> {
    match account.holder {
        // A passkey is added on the own account, which opens by a password as long as there is no factor.
        AccountHolder::Administrator { .. } => Ok(env.admin_mfa == AdminMfa::Required),
        AccountHolder::User { .. } if env.users_need_mfa => Ok(true),
        AccountHolder::User { id, .. } => user_groups::asks_for_mfa(conn, id),
    }
}
