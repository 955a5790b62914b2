//! A browser session of an account, and how somebody proved who they are in it. Sessions are read
//! from the store on every request (rule C1); nothing here is a cache.

use chrono::{DateTime, Duration, Utc};

use crate::domain::ids::{AccountId, PublicId};
use crate::domain::secret::shown_by_name;

/// How a session was authenticated; told to service providers truthfully.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationMethod {
    Password,
    /// A password in a browser that is remembered: the second factor was proven in it before, not now.
    PasswordRememberedDevice,
    /// A password, and a code of an authenticator app.
    PasswordTotp,
    /// A password, and a passkey.
    PasswordPasskey,
    /// A password, and one of the codes that were written down.
    PasswordRecoveryCode,
    /// A passkey alone. Its device made sure of the person, by a PIN or a finger: two factors.
    Passkey,
}

impl AuthenticationMethod {
    pub const ALL: [Self; 6] = [
        Self::Password,
        Self::PasswordRememberedDevice,
        Self::PasswordTotp,
        Self::PasswordPasskey,
        Self::PasswordRecoveryCode,
        Self::Passkey,
    ];

    /// The spelling of store and audit.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "PASSWORD",
            Self::PasswordRememberedDevice => "PASSWORD_REMEMBERED_DEVICE",
            Self::PasswordTotp => "PASSWORD_TOTP",
            Self::PasswordPasskey => "PASSWORD_PASSKEY",
            Self::PasswordRecoveryCode => "PASSWORD_RECOVERY_CODE",
            Self::Passkey => "PASSKEY",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// Whether two factors were proven in this sign-in; this alone is told to service providers.
    pub const fn is_multi_factor(self) -> bool {
        match self {
            Self::Password | Self::PasswordRememberedDevice => false,
            Self::PasswordTotp
            | Self::PasswordPasskey
            | Self::PasswordRecoveryCode
            | Self::Passkey => true,
        }
    }

    /// Whether a passkey was used, which works on this site alone: nobody can be lured into telling it.
    pub const fn resists_phishing(self) -> bool {
        matches!(self, Self::PasswordPasskey | Self::Passkey)
    }

    /// Whether it is enough where this house asks its own people for a second factor: a remembered
    /// browser stands for the factor that was proven in it.
    pub const fn satisfies_policy(self) -> bool {
        self.is_multi_factor() || matches!(self, Self::PasswordRememberedDevice)
    }
}

/// The two kinds of accounts behind one sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    User,
    Administrator,
}

/// How long sessions live; a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLife {
    /// A session ends after this long without a request.
    pub idle: Duration,
    /// A session ends this long after sign-in, whatever happens; SessionNotOnOrAfter.
    pub absolute: Duration,
}

impl Default for SessionLife {
    fn default() -> Self {
        Self {
            idle: Duration::hours(8),
            absolute: Duration::hours(12),
        }
    }
}

/// How long a sign-in counts for actions that ask for a fresh one.
pub const FRESH_FOR: Duration = Duration::minutes(15);

/// A live session.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub public_id: PublicId,
    /// Survives a new sign-in in the same browser (FRESH-ONCE).
    pub family: String,
    pub account: AccountId,
    pub account_kind: AccountKind,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    /// The instant at which the session ends at the latest.
    pub ends_at: DateTime<Utc>,
    /// It ends after this long without a request.
    pub idle: Duration,
    /// When the credential was last checked; AuthnInstant.
    pub authenticated_at: DateTime<Utc>,
    pub method: AuthenticationMethod,
    /// Secret text of the CSRF tokens of this session.
    pub csrf_secret: String,
}

shown_by_name!(Session);

impl Session {
    /// True while the proof of who it is is new enough for what cannot be taken back. A remembered browser
    /// proved nothing new.
    pub fn is_fresh_at(&self, now: DateTime<Utc>) -> bool {
        now < self.authenticated_at + FRESH_FOR
            && self.method != AuthenticationMethod::PasswordRememberedDevice
    }

    /// True while neither lifetime has run out at `now`.
    pub fn is_live_at(&self, now: DateTime<Utc>) -> bool {
        now < self.ends_at && now < self.last_seen_at + self.idle
    }
}
