//! Codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds, one step of
//! tolerance). The secret lies in the store under the master key; a code counts once on all nodes
//! (FRESH-ONCE). Whether a code is right at a sign-in is asked by `credential.rs` alone (ONE-DOOR).

use chrono::{DateTime, TimeDelta, Utc};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::domain::audit::Actor;
use crate::domain::ids::{AccountId, PublicId};
use crate::service::audit_trail::{Trail, object};
use crate::service::authentication::SignedIn;
use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::service::organisation;
use crate::service::own_factors::kind_text;
use crate::service::secrets::{Sealed, random_bytes, token_hash};
use crate::store::accounts::Account;
use crate::store::sessions::{self, Kept};
use crate::store::totp_secrets::{self, StoredTotp};

/// RFC 4226 (4, R6) recommends 160 bits, the output of its hash.
const SECRET_LENGTH: usize = 20;
const STEP_SECONDS: u64 = 30;
/// Steps before and after the present one that are accepted: clocks differ (RFC 6238, 5.2).
const SKEW: u16 = 1;
/// A secret that was shown and never confirmed is shown again this long, where it was shown before.
const PROPOSAL_LIVES: TimeDelta = TimeDelta::hours(1);

/// A secret to be taken into an authenticator app; no `Debug`, so that it cannot reach a log.
pub struct Enrolment {
    /// Base32, in groups of four.
    pub secret: String,
    /// `otpauth://` address, for a QR code.
    pub address: String,
}

/// In what an authenticator app is set up. A secret belongs to it: whoever else knows the password is
/// shown another one, and never the one that the owner will confirm.
#[derive(Debug, Clone)]
pub(in crate::service) struct Asker {
    hash: Vec<u8>,
    /// The session of the browser, which goes on when the app is confirmed.
    session: Option<PublicId>,
}

impl Asker {
    /// A session.
    pub fn session(who: &SignedIn) -> Self {
        let id = &who.session.public_id;
        Self {
            hash: token_hash(id.as_str()),
            session: Some(id.clone()),
        }
    }

    /// A half sign-in by its token, in a browser that may have a session beside it.
    pub fn half(token: &str, session: Option<PublicId>) -> Self {
        Self {
            hash: token_hash(token),
            session,
        }
    }
}

/// The secret that an account is to confirm: the one that the asker was shown before, or a new one.
pub(in crate::service) fn enrolment(
    env: &Environment,
    account: &Account,
    asker: Asker,
) -> Result<Enrolment, ServiceError> {
    let secret = proposed(env, account.id, asker)?;
    let base32 = Secret::from(secret.to_vec()).to_base32();
    let issuer = percent_encoded(organisation::find(env)?.house());
    let label = percent_encoded(&account.username);
    Ok(Enrolment {
        address: format!("otpauth://totp/{issuer}:{label}?secret={base32}&issuer={issuer}"),
        secret: in_groups(&base32),
    })
}

/// Confirms the secret by its first code, which is used up; other sessions and sign-ins between two steps
/// began without it, and end. False: the code does not fit, or the asker was not shown this secret.
pub(in crate::service) fn confirm(
    env: &Environment,
    (account, actor): (&Account, &Actor),
    (asker, code): (Asker, &str),
) -> Result<bool, ServiceError> {
    let now = env.now();
    let id = account.id;
    let stored = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(totp_secrets::find(conn, id)?) })?;
    let is_shown = |stored: &StoredTotp| stored.asker_hash.as_ref() == Some(&asker.hash);
    let Some(stored) = stored.filter(|one| one.confirmed_at.is_none() && is_shown(one)) else {
        return Ok(false);
    };
    let secret = env.keys.unseal(Sealed::TotpSecret, &stored.sealed)?;
    let Some(step) = matching_step(&secret, code, now)? else {
        return Ok(false);
    };
    let trail = Trail::new(env, actor);
    let named = object("account", account.public_id.as_str(), &account.username);
    env.store.write(move |conn| -> Result<_, ServiceError> {
        let is_confirmed = totp_secrets::confirm(conn, id, (&stored.sealed, step), now)?;
        if is_confirmed {
            let kept = Kept {
                session: asker.session.as_ref(),
                half: Some(&asker.hash),
            };
            sessions::delete_all_but(conn, id, kept)?;
            trail.write(
                conn,
                "account.factor_added",
                named.clone(),
                (None, Some(kind_text("TOTP"))),
            )?;
        }
        Ok(is_confirmed)
    })
}

/// Whether a code fits the confirmed secret of an account; it is used up if so.
pub(in crate::service) fn use_code(
    env: &Environment,
    account: AccountId,
    code: &str,
) -> Result<bool, ServiceError> {
    let now = env.now();
    let stored = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(totp_secrets::find(conn, account)?) })?;
    let Some(stored) = stored.filter(|stored| stored.confirmed_at.is_some()) else {
        return Ok(false);
    };
    let secret = env.keys.unseal(Sealed::TotpSecret, &stored.sealed)?;
    let Some(step) = matching_step(&secret, code, now)? else {
        return Ok(false);
    };
    env.store.write(move |conn| -> Result<_, ServiceError> {
        Ok(totp_secrets::use_step(
            conn,
            account,
            (&stored.sealed, step),
            now,
        )?)
    })
}

fn proposed(
    env: &Environment,
    account: AccountId,
    asker: Asker,
) -> Result<Zeroizing<Vec<u8>>, ServiceError> {
    let now = env.now();
    let sealed = env
        .keys
        .seal(Sealed::TotpSecret, &random_bytes(SECRET_LENGTH)?)?;
    let kept = env.store.write(move |conn| -> Result<_, ServiceError> {
        let is_kept = totp_secrets::find(conn, account)?.is_some_and(|before| {
            before.asker_hash.as_ref() == Some(&asker.hash)
                && now < before.created_at + PROPOSAL_LIVES
        });
        if !is_kept {
            totp_secrets::propose(conn, account, (&sealed, &asker.hash), now)?;
        }
        Ok(totp_secrets::find(conn, account)?)
    })?;
    let Some(kept) = kept.filter(|kept| kept.confirmed_at.is_none()) else {
        return Err(ServiceError::NotFound { what: "enrolment" });
    };
    Ok(env.keys.unseal(Sealed::TotpSecret, &kept.sealed)?)
}

/// The step whose code this is.
fn matching_step(
    secret: &[u8],
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>, ServiceError> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    // A clock before 1970 has no step that fits.
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let found = generator(secret)?.check(&digits, seconds);
    Ok(found.and_then(|step| i64::try_from(step).ok()))
}

fn generator(secret: &[u8]) -> Result<Totp, InternalError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW)
        .with_step_duration(STEP_SECONDS)
        .with_secret(secret)
        .build()
        .map_err(InternalError::Totp)
}

/// RFC 3986, 2.1: everything but unreserved characters.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// Easier to type over.
fn in_groups(text: &str) -> String {
    let mut grouped = String::new();
    for (place, character) in text.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(character);
    }
    grouped
}

#[cfg(test)]
mod tests;
