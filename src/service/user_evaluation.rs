//! The one way in which a user is created or saved: the row, and in the same transaction the
//! memberships that rules and exemptions make of it (rules A4, A7, A8). No other file of the
//! services names the store's functions that write a user row; a test holds it.
//!
//! All rules are evaluated and compared with the stored memberships, which heals any earlier error
//! of that user and needs no knowledge of what changed.

use crate::domain::ids::GroupId;
use crate::domain::membership_change::{
    MembershipChange, Rejections, UserMemberships, suggestion_difference, user_difference,
};
use crate::domain::user::{RuleAttribute, User};
use crate::service::audit_trail::Event;
use crate::service::error::ServiceError;
use crate::service::rule_cache::{RuleCache, RuleSet};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::exemptions;
use crate::store::memberships::{self, NewMembership};
use crate::store::suggestions::{self, NewSuggestion};
use crate::store::users::{self, NewUser};

/// What an evaluation changed; groups ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    pub joined: Vec<GroupId>,
    pub left: Vec<GroupId>,
    /// The membership stays, with another source.
    pub relabelled: Vec<GroupId>,
    /// Groups under review that have a new suggestion about the user (rule A30).
    pub suggested: Vec<GroupId>,
    /// Groups whose suggestion about the user went stale.
    pub withdrawn: Vec<GroupId>,
}

impl Evaluation {
    /// True if everything was as it should be.
    pub const fn is_empty(&self) -> bool {
        self.joined.is_empty()
            && self.left.is_empty()
            && self.relabelled.is_empty()
            && self.suggested.is_empty()
            && self.withdrawn.is_empty()
    }
}

/// Creates a user, who is in the groups when this returns (rule A8). Call inside
/// `Store::change_user`; write the event in the same transaction.
pub fn create(
    conn: &mut DbConnection,
    rules: &RuleCache,
    new: &NewUser,
    event: &Event,
) -> Result<(User, Evaluation), ServiceError> {
    let user = users::insert(conn, new)?;
    let evaluation = evaluate(conn, rules, &user, event)?;
    Ok((user, evaluation))
}

/// Saves a user and lets the memberships follow (rule A7). Call inside `Store::change_user`, with
/// the user locked before `before` was read; write the event in the same transaction.
pub fn save(
    conn: &mut DbConnection,
    rules: &RuleCache,
    (before, after): (&User, &User),
    event: &Event,
) -> Result<(User, Evaluation), ServiceError> {
    let user = users::save(conn, after, event.at)?;
    let is_changed =
        |attribute: RuleAttribute| before.rule_value(attribute) != after.rule_value(attribute);
    let rejections = if RuleAttribute::ALL.into_iter().any(is_changed) {
        Rejections::Forget
    } else {
        Rejections::Keep
    };
    let evaluation = compare_and_write(conn, rules, (&user, rejections), event)?;
    Ok((user, evaluation))
}

/// Brings the memberships of a stored user to what rules and exemptions say, without saving the
/// user. Call inside `Store::change_user`, with the user locked before it was read.
pub fn evaluate(
    conn: &mut DbConnection,
    rules: &RuleCache,
    user: &User,
    event: &Event,
) -> Result<Evaluation, ServiceError> {
    compare_and_write(conn, rules, (user, Rejections::Keep), event)
}

fn compare_and_write(
    conn: &mut DbConnection,
    rules: &RuleCache,
    (user, rejections): (&User, Rejections),
    event: &Event,
) -> Result<Evaluation, ServiceError> {
    let rules = rules.at(conn)?;
    let present = memberships::of_user(conn, user.id)?;
    let exemptions = exemptions::of_user(conn, user.id)?;
    let changes = user_difference(UserMemberships {
        matching: &rules.index().groups_matching(user),
        exemptions: &exemptions,
        present: &present,
        methods: rules.methods(),
    });
    let mut evaluation = Evaluation::default();
    for (group, change) in &changes {
        write_membership(conn, (user, *group, *change), event, &mut evaluation)?;
    }
    if rules.has_reviewed_groups() {
        write_suggestions(conn, &rules, (user, rejections, &changes), event).map(
            |(suggested, withdrawn)| {
                evaluation.suggested = suggested;
                evaluation.withdrawn = withdrawn;
            },
        )?;
    }
    Ok(evaluation)
}

fn write_membership(
    conn: &mut DbConnection,
    (user, group, change): (&User, GroupId, MembershipChange),
    event: &Event,
    evaluation: &mut Evaluation,
) -> Result<(), StoreError> {
    match change {
        MembershipChange::Add(source) => {
            let new = NewMembership {
                user: user.id,
                group,
                source,
                since: event.at,
                cause: event.id.clone(),
            };
            memberships::add(conn, &new)?;
            evaluation.joined.push(group);
        }
        MembershipChange::Remove => {
            memberships::remove(conn, user.id, group)?;
            evaluation.left.push(group);
        }
        MembershipChange::SetSource(source) => {
            memberships::set_source(conn, user.id, group, source)?;
            evaluation.relabelled.push(group);
        }
        MembershipChange::Suggest(_) => {}
    }
    Ok(())
}

/// Suggestions that appeared and that vanished (rules A30, A36).
fn write_suggestions(
    conn: &mut DbConnection,
    rules: &RuleSet,
    (user, rejections, changes): (&User, Rejections, &[(GroupId, MembershipChange)]),
    event: &Event,
) -> Result<(Vec<GroupId>, Vec<GroupId>), StoreError> {
    let stored = suggestions::of_user(conn, user.id)?;
    let difference = suggestion_difference(changes, &stored, rejections);
    for group in &difference.delete {
        suggestions::delete(conn, *group, user.id)?;
    }
    for (group, op) in &difference.insert {
        let new = NewSuggestion {
            group: *group,
            user: user.id,
            op: *op,
            epoch: rules.rule_epoch(*group),
            cause: event.id.clone(),
            since: event.at,
        };
        suggestions::insert(conn, &new)?;
    }
    let suggested = difference.insert.into_iter().map(|(group, _)| group);
    Ok((suggested.collect(), difference.delete))
}
