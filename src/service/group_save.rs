//! The one way in which a group is created or saved: the group, its rule and exemptions go through
//! `rule_change.rs`, which lets memberships and suggestions follow in the same transaction
//! (rules A6, A12, A17, A35, A38, A50, A51), together with attributes and audit event.

use std::sync::Arc;

use crate::domain::audit::Actor;
use crate::domain::ids::PublicId;
use crate::domain::user_group::UserGroup;
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Event, Trail, object_of_group};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::group_fields::GroupChange;
use crate::service::group_plan::{Plan, Target, unsaved};
use crate::service::groups::{GroupView, find, locked_view, text_of, view_of};
use crate::service::notifications::{self, Notice};
use crate::service::patch::Field;
use crate::service::rule_ahead::Ahead;
use crate::service::rule_change::{self, RuleChangeError, RuleOutcome};
use crate::store::connection::DbConnection;
use crate::store::custom_attributes;
use crate::store::user_groups::{self, NewUserGroup};

/// How often a save begins anew because others change the same group.
const ATTEMPTS: usize = 5;

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
        let plan = env
            .store
            .read(|conn| Plan::ahead(conn, &job.target, &job.change))?;
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

    fn insert(&self, conn: &mut DbConnection, id: &PublicId) -> Result<UserGroup, ServiceError> {
        let group = unsaved(id, &self.change);
        let new = NewUserGroup {
            public_id: group.public_id,
            name: group.name,
            description: group.description,
            method: group.method,
            notify: group.notify,
            require_mfa: group.require_mfa,
            rule: group.rule,
            rule_epoch: group.rule_epoch,
            created_at: self.trail.at(),
        };
        Ok(user_groups::insert(conn, &new)?)
    }
}
