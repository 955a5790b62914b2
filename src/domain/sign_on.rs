//! One sign-on as data: what has to be known about a user and an application, and what is decided
//! from it. `decide` is the only decision; previews and explanations show its result (rule C2).

use crate::domain::app_access::{self, AccessDecision, AccessPaths};
use crate::domain::attribute_release::{self, ReleaseInput};
use crate::domain::connector::Connector;
use crate::domain::custom_attribute::{CustomAttribute, GroupAttribute};
use crate::domain::release::Release;
use crate::domain::user::User;

/// Everything one decision reads, taken at one snapshot (rule C1).
#[derive(Debug, Clone)]
pub struct SignOnView {
    pub user: User,
    pub connector: Connector,
    /// The user's memberships in groups that are bound to the connector.
    pub memberships: AccessPaths,
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
    /// Decides access and what is released.
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
