//! Changes of a group's rule, method or exemptions, with everything that follows from them for its
//! members and suggestions (rules A6, A12, A17, A30, A35, A38-A42, A50, A51).

use crate::domain::exemption::Exemptions;
use crate::domain::membership::MembershipSource;
use crate::domain::membership_change::Rejections;
use crate::domain::membership_rule::MembershipRule;
use crate::domain::user_group::{MembershipMethod, UserGroup};
use crate::service::audit_trail::Event;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::rule_ahead::{self, Ahead};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::memberships::{self, NewMembership};
use crate::store::{epochs, exemptions, rule_members, rule_suggestions, suggestions, user_groups};

/// A group as it is and as it is to be. Equal rules, methods and exemptions on both sides
/// re-evaluate the group all the same (rule A6).
#[derive(Debug, Clone, Copy)]
pub struct RuleChange<'a> {
    /// As stored; read it in the transaction that applies. A group that is being created: inserted
    /// there as static, without a rule. For [`prepare`] alone it need not be stored.
    pub before: &'a UserGroup,
    pub before_exemptions: &'a Exemptions,
    /// Method, rule, notify, name and description as they are to be saved; key, public id, version
    /// and rule epoch as in `before`.
    pub after: &'a UserGroup,
    pub after_exemptions: &'a Exemptions,
}

/// How many memberships and suggestions a change wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleOutcome {
    pub joined: i64,
    pub left: i64,
    /// New suggestions (rule A30).
    pub suggested: i64,
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum RuleChangeError {
    /// The group changed since it was read or computed: begin again with [`prepare`].
    #[error("the group changed meanwhile")]
    Stale,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for RuleChangeError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl RuleChange<'_> {
    /// The rule to be, without conditions if there is none.
    pub fn rule(&self) -> MembershipRule {
        self.after.rule.clone().unwrap_or_default()
    }

    /// Whether rejected suggestions are remembered (rule A36).
    pub fn rejections(&self) -> Rejections {
        if self.before.rule == self.after.rule {
            Rejections::Keep
        } else {
            Rejections::Forget
        }
    }

    /// Whether it changes what decides memberships.
    pub fn is_of_inputs(&self) -> bool {
        self.before.method != self.after.method
            || self.before.rule != self.after.rule
            || self.before_exemptions != self.after_exemptions
    }
}

/// Decides whether a change is long, and if so computes it ahead. Call outside any transaction;
/// `None`: the change is short.
pub fn prepare(env: &Environment, change: &RuleChange<'_>) -> Result<Option<Ahead>, ServiceError> {
    Ok(rule_ahead::compute(&env.store, change, rule_ahead::LONG)?)
}

/// Saves the group, its rule and exemptions under a new rule epoch, and brings members and
/// suggestions to what they say. Call inside `Store::change_rules`; write the event in the same
/// transaction. The limit of rule A42 holds since [`Exemptions`] are valid and replaced whole.
pub fn apply(
    conn: &mut DbConnection,
    change: &RuleChange<'_>,
    ahead: Option<&Ahead>,
    event: &Event,
) -> Result<RuleOutcome, RuleChangeError> {
    let stored = user_groups::find(conn, change.before.id)?
        .ok_or(ServiceError::NotFound { what: "group" })?;
    let fits = ahead.is_none_or(|ahead| ahead.fits(change, stored.rule_epoch));
    if stored.rule_epoch != change.before.rule_epoch || !fits {
        return Err(RuleChangeError::Stale);
    }
    let rule_epoch = if change.is_of_inputs() {
        epochs::raise_rule(conn)?
    } else {
        stored.rule_epoch
    };
    let group = UserGroup {
        rule_epoch,
        ..change.after.clone()
    };
    user_groups::save(conn, &group, event.at)?;
    if change.before_exemptions != change.after_exemptions {
        exemptions::replace(conn, group.id, change.after_exemptions)?;
    }
    let outcome = match (group.method, ahead) {
        (MembershipMethod::Static, _) => put_to_sleep(conn, change)?,
        (_, Some(ahead)) => rule_ahead::catch_up(conn, (&group, change), ahead, event)?,
        (_, None) => recompute(conn, (&group, change), event)?,
    };
    Ok(outcome)
}

/// Members stay as they are, by hand from now on; rule and exemptions are kept (rule A51).
fn put_to_sleep(
    conn: &mut DbConnection,
    change: &RuleChange<'_>,
) -> Result<RuleOutcome, StoreError> {
    if change.before.method.is_dynamic() {
        rule_members::mark_direct(conn, change.after.id)?;
        suggestions::delete_of_group(conn, change.after.id)?;
    }
    Ok(RuleOutcome::default())
}

/// Writes the difference in set-based statements.
fn recompute(
    conn: &mut DbConnection,
    (group, change): (&UserGroup, &RuleChange<'_>),
    event: &Event,
) -> Result<RuleOutcome, StoreError> {
    let rule = change.rule();
    let applied = rule_members::RuleChange {
        group: group.id,
        rule: &rule,
        since: event.at,
        cause: &event.id,
    };
    // Exemptions act at once, under review too (rule A38).
    let mut left = rule_members::remove_excluded(conn, group.id)?;
    let mut joined = include(conn, (group, change.after_exemptions), event)?;
    let mut suggested = 0;
    if group.method == MembershipMethod::DynamicReviewRequired {
        rule_members::mark_matched(conn, group.id, &rule)?;
        let version = (group.id, group.rule_epoch);
        rule_suggestions::withdraw_stale(conn, version, &rule, change.rejections())?;
        suggested = rule_suggestions::suggest(conn, applied, group.rule_epoch)?;
    } else {
        suggestions::delete_of_group(conn, group.id)?;
        left += rule_members::remove_unmatched(conn, group.id, &rule)?;
        rule_members::mark_matched(conn, group.id, &rule)?;
        joined += rule_members::add_matching(conn, applied)?;
    }
    Ok(RuleOutcome {
        joined: count(joined),
        left: count(left),
        suggested: count(suggested),
    })
}

/// Whoever is listed to be included is a member by that list (rule A40). Returns how many were
/// none.
fn include(
    conn: &mut DbConnection,
    (group, exemptions): (&UserGroup, &Exemptions),
    event: &Event,
) -> Result<usize, StoreError> {
    let source = MembershipSource::ManualInclude;
    let mut joined = 0;
    for user in exemptions.include() {
        let new = NewMembership {
            user: *user,
            group: group.id,
            source,
            since: event.at,
            cause: event.id.clone(),
        };
        if memberships::add(conn, &new)? {
            joined += 1;
        } else {
            memberships::set_source(conn, *user, group.id, source)?;
        }
    }
    Ok(joined)
}

/// A number of rows, which no database can make larger than this.
pub(in crate::service) fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
