//! Which of several attributes with one name counts (rules B4, B8, B9, B17): the user's own before
//! any group's, and of the groups' the one added last. Whole names win or lose; values are not
//! merged.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::custom_attribute::{CustomAttribute, CustomAttributeValue, GroupAttribute};
use crate::domain::ids::GroupId;

/// The attribute that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Winner<'a> {
    /// The user's own (rule B17).
    User(&'a CustomAttribute),
    /// The most recently added one of the groups (rule B8).
    Group(&'a GroupAttribute),
}

impl<'a> Winner<'a> {
    /// The winner's value.
    pub const fn value(self) -> &'a CustomAttributeValue {
        match self {
            Self::User(attribute) => &attribute.value,
            Self::Group(inherited) => &inherited.attribute.value,
        }
    }
}

/// The outcome for one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effective<'a, 'c> {
    pub winner: Winner<'a>,
    /// Inherited attributes that lost, newest first.
    pub losers: &'c [&'a GroupAttribute],
}

/// The attributes that compete for the names of one release.
#[derive(Debug, Clone, Default)]
pub struct Candidates<'a> {
    by_name: BTreeMap<&'a str, Competition<'a>>,
}

#[derive(Debug, Clone, Default)]
struct Competition<'a> {
    own: Option<&'a CustomAttribute>,
    /// Newest first.
    inherited: Vec<&'a GroupAttribute>,
}

impl<'a> Candidates<'a> {
    /// Sorts the user's `own` attributes and the `inherited` ones that bear one of `names`.
    /// Attributes of dynamic groups (rule B4) and of groups that are not among `connecting`, those
    /// that connect the user to the application (rule B9), take no part.
    pub fn gather(
        names: impl Iterator<Item = &'a str>,
        own: &'a [CustomAttribute],
        inherited: &'a [GroupAttribute],
        connecting: impl Iterator<Item = GroupId>,
    ) -> Self {
        let mut by_name: BTreeMap<&str, Competition<'_>> =
            names.map(|name| (name, Competition::default())).collect();
        if by_name.is_empty() {
            return Self { by_name };
        }
        let mut connecting: Vec<GroupId> = connecting.collect();
        connecting.sort_unstable();
        for own in own {
            if let Some(competition) = by_name.get_mut(own.name.as_str()) {
                competition.own = Some(own);
            }
        }
        for inherited in inherited {
            if inherited.group_is_dynamic || connecting.binary_search(&inherited.group).is_err() {
                continue;
            }
            if let Some(competition) = by_name.get_mut(inherited.attribute.name.as_str()) {
                competition.inherited.push(inherited);
            }
        }
        for competition in by_name.values_mut() {
            competition
                .inherited
                .sort_by_key(|attribute| Reverse(attribute.added_seq));
        }
        Self { by_name }
    }

    /// The attribute that counts for `name`, exact case; `None` if nobody has it.
    pub fn effective(&self, name: &str) -> Option<Effective<'a, '_>> {
        let competition = self.by_name.get(name)?;
        match (competition.own, competition.inherited.split_first()) {
            (Some(own), _) => Some(Effective {
                winner: Winner::User(own),
                losers: &competition.inherited,
            }),
            (None, Some((newest, older))) => Some(Effective {
                winner: Winner::Group(newest),
                losers: older,
            }),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests;
