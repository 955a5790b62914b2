//! User groups and how their membership is controlled (rules A1, A13, A14).

use crate::domain::ids::{GroupId, PublicId};
use crate::domain::membership_rule::MembershipRule;

/// How members come and go; API field `membershipMethod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MembershipMethod {
    /// By hand (rule A1, the default).
    Static,
    /// By the rule, at once.
    DynamicAutomated,
    /// By the rule, after an administrator accepts (rule A14).
    DynamicReviewRequired,
}

impl MembershipMethod {
    pub const ALL: [Self; 3] = [
        Self::Static,
        Self::DynamicAutomated,
        Self::DynamicReviewRequired,
    ];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Static => "STATIC",
            Self::DynamicAutomated => "DYNAMIC_AUTOMATED",
            Self::DynamicReviewRequired => "DYNAMIC_REVIEW_REQUIRED",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Static => "Static",
            Self::DynamicAutomated => "Dynamic",
            Self::DynamicReviewRequired => "Dynamic, with review",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// True for both dynamic methods.
    pub const fn is_dynamic(self) -> bool {
        matches!(self, Self::DynamicAutomated | Self::DynamicReviewRequired)
    }
}

/// A user group as stored, without members, attributes and exemptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserGroup {
    pub id: GroupId,
    pub public_id: PublicId,
    pub name: String,
    pub description: String,
    pub method: MembershipMethod,
    /// Mail the reviewers when suggestions wait (rule A15).
    pub notify: bool,
    /// Members need a second factor.
    pub require_mfa: bool,
    /// Kept asleep while the group is static (rule A51). `None`: never had one.
    pub rule: Option<MembershipRule>,
    /// The directory epoch at which rule, method or exemptions last changed.
    pub rule_epoch: i64,
    /// Raised by every save; the ETag.
    pub version: i64,
}
