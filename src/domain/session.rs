//! A browser session of an account, and how somebody proved who they are in it. Sessions are read
//! from the store on every request (rule C1); nothing here is a cache.

use chrono::{DateTime, Duration, Utc};

use crate::domain::ids::{AccountId, PublicId};
use crate::domain::secret::shown_by_name;

/// How a session was authenticated; told to service providers truthfully.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationMethod {
    Password,
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
    /// True while neither lifetime has run out at `now`.
    pub fn is_live_at(&self, now: DateTime<Utc>) -> bool {
        now < self.ends_at && now < self.last_seen_at + self.idle
    }
}
