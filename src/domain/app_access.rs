//! Who may open which application (rule C1), and by which groups (rule C2).

use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::connector::ConnectorStatus;
use crate::domain::ids::{GroupId, PublicId};
use crate::domain::membership::MembershipSource;
use crate::domain::text;
use crate::domain::user::UserState;

/// A membership of the user in a group that is bound to the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundMembership {
    pub group: GroupId,
    pub group_public_id: PublicId,
    pub group_name: String,
    pub source: MembershipSource,
    pub since: DateTime<Utc>,
}

/// The memberships by which a user reaches one application, by group name; shared and never copied,
/// for every sign-on decides by them, names them and tells them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessPaths(Arc<[BoundMembership]>);

impl AccessPaths {
    /// Puts memberships, in whatever order they were read, in the order of their groups' names.
    pub fn new(mut memberships: Vec<BoundMembership>) -> Self {
        memberships.sort_by_cached_key(|path| (text::fold(&path.group_name), path.group));
        Self(memberships.into())
    }
}

impl Deref for AccessPaths {
    type Target = [BoundMembership];

    fn deref(&self) -> &[BoundMembership] {
        &self.0
    }
}

/// The outcome; API spelling `ALLOWED`, `NOT_BOUND`, `USER_NOT_ACTIVE`, `CONNECTOR_INACTIVE`; and in the audit of a
/// sign-on `OUTSIDE_NETWORKS`, which depends on where somebody comes from and is nothing that is true of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessReason {
    Allowed,
    NotBound,
    UserNotActive,
    ConnectorInactive,
    OutsideNetworks,
}

impl AccessReason {
    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "ALLOWED",
            Self::NotBound => "NOT_BOUND",
            Self::UserNotActive => "USER_NOT_ACTIVE",
            Self::ConnectorInactive => "CONNECTOR_INACTIVE",
            Self::OutsideNetworks => "OUTSIDE_NETWORKS",
        }
    }

    /// The reason as a sentence for administrators.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Allowed => "The user may open the application.",
            Self::NotBound => "No group of the user is bound to the application.",
            Self::UserNotActive => "The user is not active.",
            Self::ConnectorInactive => "The application is switched off.",
            Self::OutsideNetworks => "The application does not open from this network.",
        }
    }
}

/// Allowed or not, why, and by which groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessDecision {
    pub reason: AccessReason,
    /// The groups that bind the user; also filled when state or status forbids.
    pub paths: AccessPaths,
}

impl AccessDecision {
    /// True only for [`AccessReason::Allowed`].
    pub fn is_allowed(&self) -> bool {
        self.reason == AccessReason::Allowed
    }
}

/// Decides access (rule C1): the user is active, the connector is on, a group is bound. The user's
/// state is named first, since that is what an administrator has to mend first.
pub fn decide(user: UserState, connector: ConnectorStatus, paths: AccessPaths) -> AccessDecision {
    let reason = if user != UserState::Activated {
        AccessReason::UserNotActive
    } else if connector != ConnectorStatus::Active {
        AccessReason::ConnectorInactive
    } else if paths.is_empty() {
        AccessReason::NotBound
    } else {
        AccessReason::Allowed
    };
    AccessDecision { reason, paths }
}

#[cfg(test)]
mod tests;
