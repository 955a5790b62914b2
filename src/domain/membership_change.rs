//! The difference between what memberships are and what rules and exemptions say they should be
//! (rules A1, A3, A12, A30, A36-A41, A50, A51). Pure: the caller reads the inputs under its locks
//! and writes the outcome in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::exemption::{ExemptionEffect, Exemptions};
use crate::domain::ids::{GroupId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::user_group::{MembershipMethod, UserGroup};

/// What has to happen to one pair of user and group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MembershipChange {
    /// Insert the membership.
    Add(MembershipSource),
    /// Delete the membership.
    Remove,
    /// The membership stays but has another source now; since and cause stay too.
    SetSource(MembershipSource),
    /// Store a suggestion instead of changing the membership (rule A30).
    Suggest(SuggestionOp),
}

/// What a suggestion proposes; API field `op`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuggestionOp {
    Add,
    Remove,
}

impl SuggestionOp {
    pub const ALL: [Self; 2] = [Self::Add, Self::Remove];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }

    /// Reads the API spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.as_str() == text)
    }
}

/// All that is known about one pair of user and group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub method: MembershipMethod,
    /// The group's rule matches the user; not read when the group is static.
    pub matches: bool,
    /// Not read when the group is static: exemptions sleep with the rule (rule A51).
    pub exemption: Option<ExemptionEffect>,
    /// The source of the stored membership, if there is one.
    pub present: Option<MembershipSource>,
}

/// Decides one pair; `None`: all is as it should be.
pub fn decide(pair: Pair) -> Option<MembershipChange> {
    if !pair.method.is_dynamic() {
        // Nothing comes or goes by itself (rule A1); what a rule left behind is Direct (rule A51).
        return set_source(pair.present?, MembershipSource::Direct);
    }
    // Exemptions act at once, under review too (rule A38).
    match pair.exemption {
        Some(ExemptionEffect::Exclude) => return pair.present.map(|_| MembershipChange::Remove),
        Some(ExemptionEffect::Include) => {
            return match pair.present {
                None => Some(MembershipChange::Add(MembershipSource::ManualInclude)),
                Some(source) => set_source(source, MembershipSource::ManualInclude),
            };
        }
        None => {}
    }
    let review = pair.method == MembershipMethod::DynamicReviewRequired;
    match (pair.matches, pair.present) {
        (true, Some(source)) => set_source(source, MembershipSource::Rule),
        (true, None) if review => Some(MembershipChange::Suggest(SuggestionOp::Add)),
        (true, None) => Some(MembershipChange::Add(MembershipSource::Rule)),
        (false, Some(_)) if review => Some(MembershipChange::Suggest(SuggestionOp::Remove)),
        (false, Some(_)) => Some(MembershipChange::Remove),
        (false, None) => None,
    }
}

fn set_source(present: MembershipSource, wanted: MembershipSource) -> Option<MembershipChange> {
    (present != wanted).then_some(MembershipChange::SetSource(wanted))
}

/// One user against all groups, for a change of the user.
#[derive(Debug, Clone, Copy)]
pub struct UserMemberships<'a> {
    /// The dynamic groups whose rules match, from `RuleIndex::groups_matching`.
    pub matching: &'a [GroupId],
    /// The user's exemptions in all groups.
    pub exemptions: &'a [(GroupId, ExemptionEffect)],
    /// The user's stored memberships.
    pub present: &'a [(GroupId, MembershipSource)],
    /// The methods of at least all dynamic groups named above; a group left out is static.
    pub methods: &'a BTreeMap<GroupId, MembershipMethod>,
}

/// What has to happen to the memberships of one user, ascending by group.
pub fn user_difference(input: UserMemberships<'_>) -> Vec<(GroupId, MembershipChange)> {
    let method = |group: GroupId| {
        let known = input.methods.get(&group).copied();
        known.unwrap_or(MembershipMethod::Static)
    };
    let exemptions = input.exemptions.iter().copied();
    difference(input.matching, exemptions, input.present, method)
}

/// One group against all users, for a change of the group.
#[derive(Debug, Clone, Copy)]
pub struct GroupMemberships<'a> {
    pub method: MembershipMethod,
    /// The users whom the group's rule matches.
    pub matching: &'a [UserId],
    pub exemptions: &'a Exemptions,
    /// The group's stored memberships.
    pub present: &'a [(UserId, MembershipSource)],
}

/// What has to happen to the memberships of one group, ascending by user.
pub fn group_difference(input: GroupMemberships<'_>) -> Vec<(UserId, MembershipChange)> {
    let exemptions = input.exemptions.iter();
    difference(input.matching, exemptions, input.present, |_| input.method)
}

/// Decides every pair that occurs in any input; all other pairs are no members and should be none.
fn difference<K: Copy + Ord>(
    matching: &[K],
    exemptions: impl Iterator<Item = (K, ExemptionEffect)>,
    present: &[(K, MembershipSource)],
    method: impl Fn(K) -> MembershipMethod,
) -> Vec<(K, MembershipChange)> {
    let matching: BTreeSet<K> = matching.iter().copied().collect();
    let exemptions: BTreeMap<K, ExemptionEffect> = exemptions.collect();
    let present: BTreeMap<K, MembershipSource> = present.iter().copied().collect();
    let mut keys = matching.clone();
    keys.extend(exemptions.keys());
    keys.extend(present.keys());
    keys.into_iter()
        .filter_map(|key| {
            let change = decide(Pair {
                method: method(key),
                matches: matching.contains(&key),
                exemption: exemptions.get(&key).copied(),
                present: present.get(&key).copied(),
            })?;
            Some((key, change))
        })
        .collect()
}

/// A suggestion as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredSuggestion {
    pub op: SuggestionOp,
    /// Remembered, not shown (rule A36).
    pub rejected: bool,
}

/// Whether a rejected suggestion stays rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejections {
    /// Neither the rule nor a rule attribute of the user has changed.
    Keep,
    /// One of them has (rule A36): what still is to be suggested is suggested anew.
    Forget,
}

/// What has to happen to stored suggestions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestionDifference<K> {
    /// Stale, or about to be suggested anew.
    pub delete: Vec<K>,
    pub insert: Vec<(K, SuggestionOp)>,
}

/// Compares the suggestions among `changes` with the stored ones (rules A30, A35, A36). Those that
/// stay keep their since and cause.
pub fn suggestion_difference<K: Copy + Ord>(
    changes: &[(K, MembershipChange)],
    stored: &[(K, StoredSuggestion)],
    rejections: Rejections,
) -> SuggestionDifference<K> {
    let mut wanted: BTreeMap<K, SuggestionOp> = changes
        .iter()
        .filter_map(|(key, change)| match change {
            MembershipChange::Suggest(op) => Some((*key, *op)),
            _ => None,
        })
        .collect();
    let mut delete = Vec::new();
    for (key, suggestion) in stored {
        let forgotten = suggestion.rejected && rejections == Rejections::Forget;
        if !forgotten && wanted.get(key) == Some(&suggestion.op) {
            wanted.remove(key);
        } else {
            delete.push(*key);
        }
    }
    SuggestionDifference {
        delete,
        insert: wanted.into_iter().collect(),
    }
}

/// Members of a dynamic group are not edited by hand. The message is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "The membership of this dynamic group follows its rule: {rule}. Change the rule, or add the \
     user to Users to include or Users to exclude."
)]
pub struct RuleDecides {
    /// The rule in words.
    pub rule: String,
}

/// Permits adding and removing members by hand for static groups only (rules A1, A37).
pub fn check_by_hand(group: &UserGroup) -> Result<(), RuleDecides> {
    if group.method.is_dynamic() {
        let rule = group.rule.clone().unwrap_or_default().sentence();
        Err(RuleDecides { rule })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
