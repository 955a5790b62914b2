//! Long rule changes: mark, compute, catch up. Finding the difference of a large group takes longer
//! than the writers of users should wait, so it is found at a snapshot while the gate is open:
//!
//! - mark: raise the rule epoch, alone behind the gate. Whoever changes a user from now on stamps it
//!   with this epoch or a later one; whoever committed before is in every later snapshot.
//! - compute: at one snapshot, what the rule makes of the group's members.
//! - catch up: alone behind the gate again, decide the users stamped since the mark anew, and write.
//!
//! If the group itself changed meanwhile, what was computed is thrown away.

use std::collections::BTreeMap;

use crate::domain::exemption::Exemptions;
use crate::domain::ids::{GroupId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::membership_change::{
    GroupMemberships, MembershipChange, Pair, SuggestionOp, decide, group_difference,
    suggestion_difference,
};
use crate::domain::membership_rule::MembershipRule;
use crate::domain::user_group::{MembershipMethod, UserGroup};
use crate::service::audit_trail::Event;
use crate::service::rule_change::{RuleChange, RuleOutcome, count};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::memberships::NewMembership;
use crate::store::suggestions::NewSuggestion;
use crate::store::{
    epochs, member_batches, memberships, rule_members, suggestions, user_groups, users,
};

/// A change that writes more rows than this is long, and so is one that only reads them.
pub const LONG: i64 = 10_000;

/// Users caught up at once, which bounds the memory.
const AT_ONCE: u32 = 2_000;

/// What was computed while the gate was open.
#[derive(Debug, Clone)]
pub struct Ahead {
    mark: i64,
    /// The group's rule epoch at the snapshot; 0 for a group that is not stored yet.
    rule_epoch: i64,
    method: MembershipMethod,
    rule: MembershipRule,
    exemptions: Exemptions,
    /// Ascending by user.
    changes: Vec<(UserId, MembershipChange)>,
}

impl Ahead {
    /// True if it was computed for this change of the group as it is stored now.
    pub fn fits(&self, change: &RuleChange<'_>, stored_epoch: i64) -> bool {
        self.rule_epoch == stored_epoch
            && self.method == change.after.method
            && self.rule == change.rule()
            && self.exemptions == *change.after_exemptions
    }
}

/// Marks and computes, if the change writes more than `long` rows, or only reads as many.
pub fn compute(
    store: &Store,
    change: &RuleChange<'_>,
    long: i64,
) -> Result<Option<Ahead>, StoreError> {
    let method = change.after.method;
    let group = change.before.id;
    let rule = change.rule();
    if !method.is_dynamic() {
        return Ok(None);
    }
    let counts = store.read(|conn| rule_members::count(conn, &rule, Some(group)))?;
    let relabelled = if change.before.method.is_dynamic() {
        0
    } else {
        counts.stays
    };
    let written = counts.joins() + counts.leaves + relabelled;
    // A save that changes no input writes nothing and looks at everybody all the same (rule A6).
    let read = if change.is_of_inputs() {
        0
    } else {
        counts.matching
    };
    if written <= long && read <= long {
        return Ok(None);
    }
    let mark = store.change_rules(epochs::raise_rule)?;
    store.read(|conn| -> Result<_, StoreError> {
        let stored = user_groups::find(conn, group)?;
        let changes = group_difference(GroupMemberships {
            method,
            matching: &rule_members::matching(conn, &rule)?,
            exemptions: change.after_exemptions,
            present: &memberships::of_group(conn, group)?,
        });
        Ok(Some(Ahead {
            mark,
            rule_epoch: stored.map_or(0, |stored| stored.rule_epoch),
            method,
            rule: rule.clone(),
            exemptions: change.after_exemptions.clone(),
            changes,
        }))
    })
}

/// Decides the users stamped since the mark anew and writes the difference. Call with the gate held
/// alone, after the group was saved.
pub fn catch_up(
    conn: &mut DbConnection,
    (group, change): (&UserGroup, &RuleChange<'_>),
    ahead: &Ahead,
    event: &Event,
) -> Result<RuleOutcome, StoreError> {
    let stamped = decide_stamped(conn, group.id, ahead)?;
    let untouched = ahead
        .changes
        .iter()
        .filter(|(user, _)| !stamped.contains_key(user))
        .copied();
    let decided = stamped
        .iter()
        .filter_map(|(user, change)| Some((*user, (*change)?)));
    let changes: Vec<(UserId, MembershipChange)> = untouched.chain(decided).collect();
    let mut outcome = write_memberships(conn, group.id, &changes, event)?;
    let stored = suggestions::of_group(conn, group.id)?;
    let difference = suggestion_difference(&changes, &stored, change.rejections());
    let version = (group.id, group.rule_epoch);
    member_batches::withdraw(conn, version, &difference.delete)?;
    for op in SuggestionOp::ALL {
        let listed: Vec<UserId> = difference
            .insert
            .iter()
            .filter(|(_, wanted)| *wanted == op)
            .map(|(user, _)| *user)
            .collect();
        let like = NewSuggestion {
            group: group.id,
            user: UserId::new(0),
            op,
            epoch: group.rule_epoch,
            cause: event.id.clone(),
            since: event.at,
        };
        outcome.suggested += count(member_batches::suggest(conn, &like, &listed)?);
    }
    Ok(outcome)
}

/// Every user stamped since the mark, with what is to happen now.
fn decide_stamped(
    conn: &mut DbConnection,
    group: GroupId,
    ahead: &Ahead,
) -> Result<BTreeMap<UserId, Option<MembershipChange>>, StoreError> {
    let mut decided = BTreeMap::new();
    let mut after = UserId::new(0);
    loop {
        let page = users::stamped_since(conn, ahead.mark, (after, AT_ONCE))?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            return Ok(decided);
        };
        let members = member_batches::among(conn, group, (first.id, last.id))?;
        let present: BTreeMap<UserId, MembershipSource> = members.into_iter().collect();
        after = last.id;
        for user in &page {
            let pair = Pair {
                method: ahead.method,
                matches: ahead.rule.matches(user),
                exemption: ahead.exemptions.effect_on(user.id),
                present: present.get(&user.id).copied(),
            };
            decided.insert(user.id, decide(pair));
        }
    }
}

fn write_memberships(
    conn: &mut DbConnection,
    group: GroupId,
    changes: &[(UserId, MembershipChange)],
    event: &Event,
) -> Result<RuleOutcome, StoreError> {
    let listed = |wanted: MembershipChange| -> Vec<UserId> {
        let those = changes.iter().filter(|(_, change)| *change == wanted);
        those.map(|(user, _)| *user).collect()
    };
    let left = member_batches::remove(conn, group, &listed(MembershipChange::Remove))?;
    let mut joined = 0;
    for source in MembershipSource::ALL {
        let relabelled = listed(MembershipChange::SetSource(source));
        member_batches::set_source(conn, (group, source), &relabelled)?;
        let like = NewMembership {
            user: UserId::new(0),
            group,
            source,
            since: event.at,
            cause: event.id.clone(),
        };
        joined += member_batches::add(conn, &like, &listed(MembershipChange::Add(source)))?;
    }
    Ok(RuleOutcome {
        joined: count(joined),
        left: count(left),
        suggested: 0,
    })
}
