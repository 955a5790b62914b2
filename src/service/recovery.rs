//! A forgotten password: whoever asks is answered alike and in the same time, whether there is an
//! account or not, since the same statements run for both. What becomes of the wish happens behind
//! the answer, on whichever node takes it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::session::AccountKind;
use crate::domain::text::fold;
use crate::service::account_mail::AccountMail;
use crate::service::audit_trail::{Trail, object};
use crate::service::brake::{self, Verdict};
use crate::service::caller::stranger;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::one_time_links::{LinkPurpose, NewLink};
use crate::service::stored_settings::StoredSettings;
use crate::store::accounts::{self, Account};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{one_time_tokens, recovery_requests};

/// An account is sent this many links at most,
const MOST_LINKS: i64 = 3;
/// in this time.
pub(in crate::service) const COUNTED: TimeDelta = TimeDelta::hours(1);
/// Wishes that are read at once.
const AT_ONCE: u32 = 50;

/// What became of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// If there is such an account, a mail follows.
    Noted,
    /// Too many wishes from there.
    Braked { retry_after: Duration },
}

/// Whom people are told to turn to when no mail goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// Whether a link can be mailed.
    pub can_mail: bool,
    /// The contact of the settings; empty when there is none.
    pub contact: String,
}

/// What the page has to know.
pub fn help(env: &Environment) -> Result<Help, ServiceError> {
    let settings = StoredSettings::read(env)?;
    Ok(Help {
        can_mail: !settings.mail_server()?.value.is_empty(),
        contact: settings.contact_email().to_owned(),
    })
}

/// Notes the wish of somebody who gives a username or an e-mail address. Every wish counts for the
/// brake, so that nobody is flooded with mail and no list of names is tried.
pub fn ask(env: &Environment, name: &str, source: &str) -> Result<Asked, ServiceError> {
    let now = env.now();
    let name = fold(name.trim());
    let keys = brake::keys_at("forgot", &name, source);
    if let Verdict::Wait(retry_after) = brake::begin(env, &keys)? {
        return Ok(Asked::Braked { retry_after });
    }
    let account = env
        .store
        .read(|conn| accounts::find_by_name_or_email(conn, &name))?
        .map(|account| account.id);
    env.store.write(move |conn| -> Result<(), StoreError> {
        brake::count_failure(conn, &keys, now)?;
        recovery_requests::insert(conn, account, now)
    })?;
    Ok(Asked::Noted)
}

/// Deals with the wishes that wait; returns how many links were mailed.
pub fn answer_waiting(env: &Environment) -> Result<usize, ServiceError> {
    let waiting = env
        .store
        .read(|conn| recovery_requests::list(conn, AT_ONCE))?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mail = AccountMail::new(env)?;
    let mut mailed = 0;
    for id in waiting {
        let link = NewLink::prepare_with(env, LinkPurpose::Reset, mail.clone())?;
        let trail = Trail::new(env, &stranger());
        let sent = env.store.write(move |conn| -> Result<bool, ServiceError> {
            let Some(account) = recovery_requests::take(conn, id)? else {
                return Ok(false);
            };
            let account = accounts::find(conn, account)?;
            let Some(account) = account else {
                return Ok(false);
            };
            if !may_be_sent(conn, &account, trail.at())? {
                return Ok(false);
            }
            link.write(conn, &account)?;
            let named = object("account", account.public_id.as_str(), &account.username);
            trail.write(conn, "account.reset_link_mailed", named, (None, None))?;
            Ok(true)
        })?;
        mailed += usize::from(sent);
    }
    Ok(mailed)
}

/// Who may sign in and has had a password, or was invited to set one; not more often than is of use.
fn may_be_sent(
    conn: &mut DbConnection,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let facts = accounts::password_facts(conn, account.id)?;
    let is_known = facts.is_some_and(|facts| {
        let is_administrator = account.holder.kind() == AccountKind::Administrator;
        is_administrator || facts.set_at.is_some() || facts.invited_at.is_some()
    });
    let what = (account.id, LinkPurpose::Reset.as_str());
    let sent = one_time_tokens::count_since(conn, what, now - COUNTED)?;
    Ok(is_known && account.holder.may_act_at(now) && sent < MOST_LINKS)
}
