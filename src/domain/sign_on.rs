//! One sign-on as data: what has to be known about a user and an application, and what is decided
//! from it. `decide` is the only decision; previews and explanations show its result (rule C2).

use std::net::IpAddr;

use crate::domain::app_access::{self, AccessDecision, AccessPaths, AccessReason};
use crate::domain::attribute_release::{self, ReleaseInput};
use crate::domain::connector::Connector;
use crate::domain::custom_attribute::{CustomAttribute, GroupAttribute};
use crate::domain::release::Release;
use crate::domain::session::AuthenticationMethod;
use crate::domain::user::User;

/// Everything one decision reads, taken at one snapshot (rule C1).
#[derive(Debug, Clone)]
pub struct SignOnView {
    pub user: User,
    pub connector: Connector,
    /// The user's memberships in groups that are bound to the connector.
    pub memberships: AccessPaths,
    /// Whether any group of the user asks its members for a second factor. Known of those alone who
    /// reach the connector.
    pub group_asks_for_mfa: bool,
    /// Attributes of those groups; names no mapping asks for may be left out.
    pub group_attributes: Vec<GroupAttribute>,
    /// The user's own attributes; names no mapping asks for may be left out.
    pub user_attributes: Vec<CustomAttribute>,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOnDecision {
    pub access: AccessDecision,
    /// Computed also when access is denied, so that an explanation shows what would be released.
    pub release: Release,
}

impl SignOnView {
    /// Whether a session of this method lacks the second factor that application or groups ask for, or this house of
    /// everybody. To the application a remembered browser is none.
    pub const fn lacks_factor(&self, method: AuthenticationMethod, house_asks: bool) -> bool {
        (self.connector.settings.require_mfa && !method.is_multi_factor())
            || ((self.group_asks_for_mfa || house_asks) && !method.satisfies_policy())
    }

    /// The decision for somebody who comes from an address.
    pub fn decide_from(&self, source: Option<IpAddr>) -> SignOnDecision {
        let mut decision = self.decide();
        if decision.access.is_allowed() && !self.connector.settings.conditions.admits(source) {
            decision.access.reason = AccessReason::OutsideNetworks;
        }
        decision
    }

    /// Decides access and what is released, wherever somebody comes from.
    pub fn decide(&self) -> SignOnDecision {
        let settings = &self.connector.settings;
        SignOnDecision {
            access: app_access::decide(self.user.state, settings.status, self.memberships.clone()),
            release: attribute_release::release(ReleaseInput {
                user: &self.user,
                user_attributes: &self.user_attributes,
                group_attributes: &self.group_attributes,
                memberships: &self.memberships,
                mappings: &settings.mappings,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
