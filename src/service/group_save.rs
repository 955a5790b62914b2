//! The one way in which a group is created or saved: the group, its rule and exemptions go through
//! `rule_change.rs`, which lets memberships and suggestions follow in the same transaction
//! (rules A6, A12, A17, A35, A38, A50, A51), together with attributes and audit event.

use std::sync::Arc;

use crate::domain::audit::Actor;
use crate::domain::custom_attribute::AttributeName;
use crate::domain::exemption::Exemptions;
use crate::domain::ids::{GroupId, PublicId};
use crate::domain::user_group::{MembershipMethod, UserGroup};
use crate::domain::violation::{Violation, Warning};
use crate::service::audit_trail::{Event, Trail, object_of_group};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::group_exemptions;
use crate::service::group_fields::GroupChange;
use crate::service::groups::{GroupView, checked_view, find, locked_view, text_of, view_of};
use crate::service::notifications::{self, Notice};
use crate::service::patch::Field;
use crate::service::rule_ahead::Ahead;
use crate::service::rule_change::{self, RuleChange, RuleChangeError, RuleOutcome};
use crate::service::rule_preview;
use crate::store::connection::DbConnection;
use crate::store::user_groups::{self, NewUserGroup};
use crate::store::{custom_attributes, exemptions};

/// How often a save begins anew because others change the same group.
const ATTEMPTS: usize = 5;

/// What is saved.
#[derive(Debug, Clone)]
pub enum Target {
    /// A group that is not there yet, under this id.
    New(PublicId),
    /// A stored one, at the version that the caller read.
    Stored { id: PublicId, if_match: Option<i64> },
}

/// Saves, and answers with the group as it is then. A change of many members is worked out before
/// the transaction, and anew if the group changed meanwhile.
pub fn run(
    env: &Environment,
    actor: &Actor,
    target: Target,
    change: GroupChange,
) -> Result<GroupView, ServiceError> {
    let job = Arc::new(Job {
        target,
        change,
        trail: Trail::new(env, actor),
        notice: Notice::new(env),
    });
    for _ in 0..ATTEMPTS {
        let plan = env.store.read(|conn| job.plan(conn))?;
        let notices = plan.notices(env)?;
        let ahead = rule_change::prepare(env, &plan.change())?;
        let saving = Arc::clone(&job);
        let saved = env
            .store
            .change_rules(move |conn| saving.save(conn, ahead.as_ref()));
        match saved {
            Ok(mut view) => {
                view.warnings.extend(job.change.warnings.iter().cloned());
                view.warnings.extend(notices);
                return Ok(view);
            }
            Err(RuleChangeError::Stale) => {}
            Err(RuleChangeError::Service(error)) => return Err(error),
        }
    }
    let detail = "Others keep changing this group. Read it again and repeat the change.";
    Err(ServiceError::Conflict(Violation::new("", detail)))
}

/// One save, which may be tried more than once.
struct Job {
    target: Target,
    change: GroupChange,
    trail: Trail,
    notice: Notice,
}

impl Job {
    /// Works out what the save would do to the group as it is.
    fn plan(&self, conn: &mut DbConnection) -> Result<Plan, ServiceError> {
        let before = match &self.target {
            Target::New(id) => view_of(conn, self.unsaved(id))?,
            Target::Stored { id, if_match } => checked_view(conn, id, *if_match)?,
        };
        Plan::of(conn, before, &self.change)
    }

    /// Saves with the gate held alone.
    fn save(
        &self,
        conn: &mut DbConnection,
        ahead: Option<&Ahead>,
    ) -> Result<GroupView, RuleChangeError> {
        let event = self.trail.announce();
        let (kind, before) = match &self.target {
            Target::New(id) => {
                let group = self.insert(conn, id)?;
                ("group.created", view_of(conn, group)?)
            }
            Target::Stored { id, if_match } => ("group.updated", locked_view(conn, id, *if_match)?),
        };
        let plan = Plan::of(conn, before, &self.change)?;
        self.write(conn, &plan, (ahead, &event))?;
        let id = &plan.before.group.public_id;
        let saved = find(conn, id)?;
        let after = view_of(conn, saved)?;
        let former = match &self.target {
            Target::New(_) => None,
            Target::Stored { .. } => Some(text_of(&plan.before)),
        };
        let what = (kind, object_of_group(&after.group));
        self.trail
            .write_event(conn, &event, what, (former, Some(text_of(&after))))?;
        Ok(after)
    }

    fn write(
        &self,
        conn: &mut DbConnection,
        plan: &Plan,
        (ahead, event): (Option<&Ahead>, &Event),
    ) -> Result<(), RuleChangeError> {
        let is_new = matches!(self.target, Target::New(_));
        // A new static group is what was inserted.
        let outcome = if is_new && plan.changes_nothing() {
            RuleOutcome::default()
        } else {
            rule_change::apply(conn, &plan.change(), ahead, event)?
        };
        let group = plan.before.group.id;
        if outcome.suggested > 0 {
            notifications::suggestions_waiting(conn, &self.notice, [group])?;
        }
        match &self.change.attributes {
            Field::Keep => {}
            Field::Clear => custom_attributes::replace_of_group(conn, group, &[])?,
            Field::Set(attributes) => {
                custom_attributes::replace_of_group(conn, group, attributes)?;
            }
        }
        Ok(())
    }

    /// A new group before it has a rule: what `rule_change` begins with.
    fn unsaved(&self, id: &PublicId) -> UserGroup {
        UserGroup {
            id: GroupId::new(0),
            public_id: id.clone(),
            name: self.change.name.clone().into_set().unwrap_or_default(),
            description: self
                .change
                .description
                .clone()
                .into_set()
                .unwrap_or_default(),
            method: MembershipMethod::Static,
            notify: false,
            rule: None,
            rule_epoch: 0,
            version: 1,
        }
    }

    fn insert(&self, conn: &mut DbConnection, id: &PublicId) -> Result<UserGroup, ServiceError> {
        let group = self.unsaved(id);
        let new = NewUserGroup {
            public_id: group.public_id,
            name: group.name,
            description: group.description,
            method: group.method,
            notify: group.notify,
            rule: group.rule,
            rule_epoch: group.rule_epoch,
            created_at: self.trail.at(),
        };
        Ok(user_groups::insert(conn, &new)?)
    }
}

/// A save that is worked out: the group as it is and as it is to be.
struct Plan {
    before: GroupView,
    before_exemptions: Exemptions,
    after: UserGroup,
    after_exemptions: Exemptions,
}

impl Plan {
    fn of(
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

    const fn change(&self) -> RuleChange<'_> {
        RuleChange {
            before: &self.before.group,
            before_exemptions: &self.before_exemptions,
            after: &self.after,
            after_exemptions: &self.after_exemptions,
        }
    }

    fn changes_nothing(&self) -> bool {
        self.before.group == self.after && self.before_exemptions == self.after_exemptions
    }

    /// What the author of the rule should know (rule A18); never a refusal.
    fn notices(&self, env: &Environment) -> Result<Vec<Warning>, ServiceError> {
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
