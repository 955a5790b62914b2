//! Links that set a password once (FRESH-ONCE): made here, stored by hash, used up by one statement
//! that all nodes share. Who is given one, and why, is decided by `account_links` and `recovery`.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ids::AccountId;
use crate::service::account_mail::{AccountMail, Occasion, address_of};
use crate::service::audit_trail::{Trail, object};
use crate::service::caller::stranger;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::password_policy;
use crate::service::secrets::{Sealed, random_token, token_hash};
use crate::store::accounts::{self, Account};
use crate::store::connection::DbConnection;
use crate::store::one_time_tokens::{self, NewOneTimeToken};
use crate::store::sessions;

/// A mailed link is read soon; who is late asks for another one.
const LIVES: TimeDelta = TimeDelta::minutes(30);
const NO_LINK: ServiceError = ServiceError::NotFound { what: "link" };

/// What a link was made for. Each of them sets the password, and each counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// An administrator without a password, made on the terminal or on a page.
    SetUp,
    /// A user without a password.
    Invitation,
    /// Anybody, on their own wish or an administrator's.
    Reset,
}

impl LinkPurpose {
    /// The spelling of the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SetUp => "SET_UP",
            Self::Invitation => "INVITATION",
            Self::Reset => "RESET",
        }
    }

    const fn occasion(self) -> Occasion {
        match self {
            Self::SetUp | Self::Invitation => Occasion::Invited,
            Self::Reset => Occasion::Forgotten,
        }
    }
}

/// All that set a password.
pub(in crate::service) const PURPOSES: [&str; 3] = [
    LinkPurpose::SetUp.as_str(),
    LinkPurpose::Invitation.as_str(),
    LinkPurpose::Reset.as_str(),
];

/// A link that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeLink {
    /// Where it leads; `None`: it was mailed, and nobody else gets to see it.
    pub address: Option<String>,
    pub expires_at: DateTime<Utc>,
}

/// A link about to be written, made ahead since transactions outlive their caller.
#[derive(Clone)]
pub struct NewLink {
    purpose: LinkPurpose,
    hash: Vec<u8>,
    address: String,
    sealed: Vec<u8>,
    mail: AccountMail,
    made_at: DateTime<Utc>,
}

impl NewLink {
    /// A link with a token of its own.
    pub fn prepare(env: &Environment, purpose: LinkPurpose) -> Result<Self, ServiceError> {
        Self::prepare_with(env, purpose, AccountMail::new(env)?)
    }

    /// The same where many are made.
    pub fn prepare_with(
        env: &Environment,
        purpose: LinkPurpose,
        mail: AccountMail,
    ) -> Result<Self, ServiceError> {
        let token = random_token()?;
        let address = format!("{}/setup/{token}", env.settings.base_url);
        Ok(Self {
            purpose,
            hash: token_hash(&token),
            sealed: env.keys.seal(Sealed::Link, address.as_bytes())?,
            address,
            mail,
            made_at: env.now(),
        })
    }

    /// Stores it for an account, and queues the mail.
    pub fn write(&self, conn: &mut DbConnection, account: &Account) -> Result<(), ServiceError> {
        self.store(conn, account)?;
        let what = (self.purpose.occasion(), self.sealed.as_slice());
        self.mail.link(conn, account, what)?;
        Ok(())
    }

    /// Stores it for an account without a mail: it is handed over by whoever made it.
    pub fn store(&self, conn: &mut DbConnection, account: &Account) -> Result<(), ServiceError> {
        let token = NewOneTimeToken {
            token_hash: &self.hash,
            account: account.id,
            purpose: self.purpose.as_str(),
            created_at: self.made_at,
            expires_at: self.made_at + LIVES,
        };
        Ok(one_time_tokens::insert(conn, token)?)
    }

    /// What the maker gets to see: the address only where no mail goes out.
    pub fn made(self) -> OneTimeLink {
        let is_mailed = self.mail.has_server();
        OneTimeLink {
            address: Some(self.address).filter(|_| !is_mailed),
            expires_at: self.made_at + LIVES,
        }
    }

    /// The address, for the terminal.
    pub fn into_address(self) -> String {
        self.address
    }
}

/// Whose password a link sets; an unknown, used or old link is not found, nor that of somebody who
/// may not sign in.
pub fn check(env: &Environment, token: &str) -> Result<String, ServiceError> {
    Ok(find(env, token)?.0.username)
}

/// Sets the password of a link, which is used up by it with all others of the account, ends all
/// sessions, and tells the person by mail.
pub fn use_up(env: &Environment, token: &str, password: &str) -> Result<(), ServiceError> {
    let (account, email) = find(env, token)?;
    password_policy::check(env, password, &[&account.username, &email])?;
    let password_hash = env.passwords.hash(password)?;
    let hash = token_hash(token);
    let mail = AccountMail::new(env)?;
    let trail = Trail::new(env, &stranger());
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let now = trail.at();
        let id = one_time_tokens::consume(conn, &hash, &PURPOSES, now)?.ok_or(NO_LINK)?;
        let account = accounts::find(conn, id)?
            .filter(|account| account.holder.may_act_at(now))
            .ok_or(NO_LINK)?;
        void_all(conn, id, now)?;
        accounts::set_password(conn, id, Some(&password_hash), now)?;
        sessions::delete_of_account(conn, id)?;
        let named = object("account", account.public_id.as_str(), &account.username);
        trail.write(conn, "account.password_set", named, (None, None))?;
        mail.password_changed(conn, &account)
    })
}

/// Uses up every open link of an account, since its password or its mailbox is another one now. They go on
/// counting among those that the account was given.
pub(in crate::service) fn void_all(
    conn: &mut DbConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    one_time_tokens::void(conn, account, &PURPOSES, now)?;
    Ok(())
}

/// The account of a link that works, and its e-mail address.
fn find(env: &Environment, token: &str) -> Result<(Account, String), ServiceError> {
    let hash = token_hash(token);
    let now = env.now();
    env.store.read(|conn| -> Result<_, ServiceError> {
        let id = one_time_tokens::find(conn, &hash, &PURPOSES, now)?.ok_or(NO_LINK)?;
        let account = accounts::find(conn, id)?
            .filter(|account| account.holder.may_act_at(now))
            .ok_or(NO_LINK)?;
        let email = address_of(conn, &account)?.ok_or(NO_LINK)?;
        Ok((account, email))
    })
}
