//! The one way in which a user is created or saved: the row, and in the same transaction the
//! memberships that rules and exemptions make of it (rules A4, A7, A8). No other file of the
//! services names the store's functions that write a user row; a test holds it.
//!
//! All rules are evaluated and compared with the stored memberships, which heals any earlier error
//! of that user and needs no knowledge of what changed.

use crate::domain::exemption::ExemptionEffect;
use crate::domain::ids::{GroupId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::membership_change::{
    MembershipChange, Rejections, StoredSuggestion, SuggestionDifference, UserMemberships,
    suggestion_difference, user_difference,
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
    let rules = rules.at(conn)?;
    // Nothing can be stored about a user who was not there.
    let stored = Stored::default();
    let evaluation = compare_and_write(conn, &rules, (&user, &stored, Rejections::Keep), event)?;
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
    let rules = rules.at(conn)?;
    let stored = Stored::load(conn, &rules, user.id)?;
    let evaluation = compare_and_write(conn, &rules, (&user, &stored, rejections), event)?;
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
    let rules = rules.at(conn)?;
    let stored = Stored::load(conn, &rules, user.id)?;
    compare_and_write(conn, &rules, (user, &stored, Rejections::Keep), event)
}

/// What is stored about one user, read after the user was locked.
#[derive(Default)]
struct Stored {
    memberships: Vec<(GroupId, MembershipSource)>,
    exemptions: Vec<(GroupId, ExemptionEffect)>,
    suggestions: Vec<(GroupId, StoredSuggestion)>,
}

impl Stored {
    fn load(conn: &mut DbConnection, rules: &RuleSet, user: UserId) -> Result<Self, StoreError> {
        Ok(Self {
            memberships: memberships::of_user(conn, user)?,
            exemptions: exemptions::of_user(conn, user)?,
            suggestions: if rules.has_reviewed_groups() {
                suggestions::of_user(conn, user)?
            } else {
                Vec::new()
            },
        })
    }
}

fn compare_and_write(
    conn: &mut DbConnection,
    rules: &RuleSet,
    (user, stored, rejections): (&User, &Stored, Rejections),
    event: &Event,
) -> Result<Evaluation, ServiceError> {
    let changes = user_difference(UserMemberships {
        matching: &rules.index().groups_matching(user),
        exemptions: &stored.exemptions,
        present: &stored.memberships,
        methods: rules.methods(),
    });
    let mut evaluation = Evaluation::default();
    write_memberships(conn, (user, &changes), event, &mut evaluation)?;
    let difference = suggestion_difference(&changes, &stored.suggestions, rejections);
    write_suggestions(conn, rules, (user, &difference), event)?;
    let suggested = difference.insert.into_iter().map(|(group, _)| group);
    evaluation.suggested = suggested.collect();
    evaluation.withdrawn = difference.delete;
    Ok(evaluation)
}

fn write_memberships(
    conn: &mut DbConnection,
    (user, changes): (&User, &[(GroupId, MembershipChange)]),
    event: &Event,
    evaluation: &mut Evaluation,
) -> Result<(), StoreError> {
    let mut joining = Vec::new();
    for (group, change) in changes.iter().copied() {
        match change {
            MembershipChange::Add(source) => {
                joining.push(NewMembership {
                    user: user.id,
                    group,
                    source,
                    since: event.at,
                    cause: event.id.clone(),
                });
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
    }
    memberships::add_all(conn, &joining)
}

/// Suggestions that appeared and that vanished (rules A30, A36).
fn write_suggestions(
    conn: &mut DbConnection,
    rules: &RuleSet,
    (user, difference): (&User, &SuggestionDifference<GroupId>),
    event: &Event,
) -> Result<(), StoreError> {
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
    Ok(())
}
