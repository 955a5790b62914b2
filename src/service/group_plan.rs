//! A save of a group that is worked out and not made: the group as it is and as it is to be. Saving
//! it is `group_save.rs`; telling what it would do to members is `group_forecast.rs`.

use crate::domain::custom_attribute::AttributeName;
use crate::domain::exemption::Exemptions;
use crate::domain::ids::{GroupId, PublicId};
use crate::domain::user_group::{MembershipMethod, UserGroup};
use crate::domain::violation::Warning;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::group_exemptions;
use crate::service::group_fields::GroupChange;
use crate::service::groups::{GroupView, checked_view, view_of};
use crate::service::rule_change::RuleChange;
use crate::service::rule_preview;
use crate::store::connection::DbConnection;
use crate::store::exemptions;

/// What is saved.
#[derive(Debug, Clone)]
pub enum Target {
    /// A group that is not there yet, under this id.
    New(PublicId),
    /// A stored one, at the version that the caller read.
    Stored { id: PublicId, if_match: Option<i64> },
}

/// A save that is worked out.
pub(in crate::service) struct Plan {
    pub before: GroupView,
    before_exemptions: Exemptions,
    pub after: UserGroup,
    pub after_exemptions: Exemptions,
}

impl Plan {
    /// What a change would make of its target as that is now.
    pub fn ahead(
        conn: &mut DbConnection,
        target: &Target,
        change: &GroupChange,
    ) -> Result<Self, ServiceError> {
        let before = match target {
            Target::New(id) => view_of(conn, unsaved(id, change))?,
            Target::Stored { id, if_match } => checked_view(conn, id, *if_match)?,
        };
        Self::of(conn, before, change)
    }

    /// The same for a group that was read before.
    pub fn of(
        conn: &mut DbConnection,
        before: GroupView,
        change: &GroupChange,
    ) -> Result<Self, ServiceError> {
        let names = before.attributes.iter();
        let held: Vec<AttributeName> = names.map(|row| row.attribute.name.clone()).collect();
        let after = change.applied_to(&before.group, &held)?;
        let before_exemptions = exemptions::of_group(conn, before.group.id)?;
        let wanted = (&change.include, &change.exclude);
        let after_exemptions = group_exemptions::settle(conn, &before_exemptions, wanted)?;
        Ok(Self {
            before,
            before_exemptions,
            after,
            after_exemptions,
        })
    }

    pub const fn change(&self) -> RuleChange<'_> {
        RuleChange {
            before: &self.before.group,
            before_exemptions: &self.before_exemptions,
            after: &self.after,
            after_exemptions: &self.after_exemptions,
        }
    }

    pub fn changes_nothing(&self) -> bool {
        self.before.group == self.after && self.before_exemptions == self.after_exemptions
    }

    /// What the author of the rule should know (rule A18); never a refusal.
    pub fn notices(&self, env: &Environment) -> Result<Vec<Warning>, ServiceError> {
        if !self.after.method.is_dynamic() {
            return Ok(Vec::new());
        }
        let lints = rule_preview::lint(env, &self.change().rule())?;
        Ok(lints
            .into_iter()
            .map(|lint| Warning::new(lint.pointer, lint.detail))
            .collect())
    }
}

/// A new group before it has a rule: what `rule_change` begins with.
pub(in crate::service) fn unsaved(id: &PublicId, change: &GroupChange) -> UserGroup {
    UserGroup {
        id: GroupId::new(0),
        public_id: id.clone(),
        name: change.name.clone().into_set().unwrap_or_default(),
        description: change.description.clone().into_set().unwrap_or_default(),
        method: MembershipMethod::Static,
        notify: false,
        require_mfa: change.require_mfa.clone().into_set().unwrap_or_default(),
        rule: None,
        rule_epoch: 0,
        version: 1,
    }
}
