//! All rules compiled behind one function, [`RuleIndex::groups_matching`]. Architecture invariant:
//! it gives exactly the groups whose `MembershipRule::matches` is true; a property test holds it.
//!
//! Each rule is filed under one condition that every matching user must meet: the `equals` that is
//! likely to be met by the fewest, else its longest `starts with`, else a list that is read for
//! everybody. A user then costs one look-up for each attribute, and a check of the rules found.

use std::collections::BTreeMap;

use crate::domain::ids::GroupId;
use crate::domain::membership_rule::{Condition, MembershipRule, Operator};
use crate::domain::user::{RuleAttribute, User};

/// The compiled rules of one rule epoch; immutable, replaced whole.
#[derive(Debug, Clone, Default)]
pub struct RuleIndex {
    rules: Vec<CompiledRule>,
    /// One per attribute, in the order of [`RuleAttribute::ALL`].
    attributes: Vec<AttributeIndex>,
    /// Places in `rules` of those that no look-up finds: only `not equals`.
    unfiled: Vec<usize>,
}

#[derive(Debug, Clone)]
struct CompiledRule {
    group: GroupId,
    /// What remains to be checked when the rule was found where it is filed.
    conditions: Box<[CompiledCondition]>,
}

#[derive(Debug, Clone)]
struct CompiledCondition {
    /// Place in [`RuleAttribute::ALL`].
    attribute: usize,
    test: Test,
}

/// Values of `equals` and `not equals` are numbers given by [`AttributeIndex::numbers`].
#[derive(Debug, Clone)]
enum Test {
    Equals(Box<[usize]>),
    NotEquals(Box<[usize]>),
    StartsWith(Box<[String]>),
}

#[derive(Debug, Clone, Default)]
struct AttributeIndex {
    /// Every value that a rule compares with, numbered.
    numbers: BTreeMap<String, usize>,
    /// Rules filed under a value, by its number.
    by_value: Vec<Vec<usize>>,
    /// Rules filed under a prefix, ascending by prefix.
    prefixes: Vec<Prefix>,
}

#[derive(Debug, Clone)]
struct Prefix {
    text: String,
    rules: Vec<usize>,
    /// Place of the longest other prefix that begins this one.
    parent: Option<usize>,
}

/// One attribute of the user who is looked up.
struct Fact<'u> {
    text: &'u str,
    /// `None`: no rule compares with this value.
    number: Option<usize>,
}

impl RuleIndex {
    /// Compiles the rules of all dynamic groups. Rules without conditions match nobody (rule A26)
    /// and are left out.
    pub fn compile<'r>(rules: impl IntoIterator<Item = (GroupId, &'r MembershipRule)>) -> Self {
        let rules: Vec<_> = rules
            .into_iter()
            .filter(|(_, rule)| !rule.conditions.is_empty())
            .collect();
        let mut builder = Builder::numbering(rules.iter().map(|(_, rule)| *rule));
        for (group, rule) in rules {
            builder.add(group, rule);
        }
        builder.finish()
    }

    /// The groups whose rules match `user`, ascending.
    pub fn groups_matching(&self, user: &User) -> Vec<GroupId> {
        let facts = self.facts(user);
        let mut groups = Vec::new();
        for (attribute, fact) in self.attributes.iter().zip(&facts) {
            if let Some(rules) = fact
                .number
                .and_then(|number| attribute.by_value.get(number))
            {
                self.collect(rules, &facts, &mut groups);
            }
            for prefix in attribute.prefixes_of(fact.text) {
                self.collect(&prefix.rules, &facts, &mut groups);
            }
        }
        self.collect(&self.unfiled, &facts, &mut groups);
        groups.sort_unstable();
        groups
    }

    /// The number of compiled rules.
    pub const fn len(&self) -> usize {
        self.rules.len()
    }

    /// True without rules.
    pub const fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn facts<'u>(&self, user: &'u User) -> Vec<Fact<'u>> {
        RuleAttribute::ALL
            .into_iter()
            .zip(&self.attributes)
            .map(|(attribute, index)| {
                let text = user.rule_value(attribute);
                let number = index.numbers.get(text).copied();
                Fact { text, number }
            })
            .collect()
    }

    fn collect(&self, places: &[usize], facts: &[Fact<'_>], groups: &mut Vec<GroupId>) {
        let found = places.iter().filter_map(|place| self.rules.get(*place));
        groups.extend(
            found
                .filter(|rule| rule.holds(facts))
                .map(|rule| rule.group),
        );
    }
}

impl CompiledRule {
    fn holds(&self, facts: &[Fact<'_>]) -> bool {
        self.conditions.iter().all(|condition| {
            facts
                .get(condition.attribute)
                .is_some_and(|fact| condition.test.holds(fact))
        })
    }
}

impl Test {
    fn holds(&self, fact: &Fact<'_>) -> bool {
        match self {
            Self::Equals(numbers) => fact.number.is_some_and(|number| numbers.contains(&number)),
            Self::NotEquals(numbers) => fact.number.is_none_or(|number| !numbers.contains(&number)),
            Self::StartsWith(prefixes) => prefixes
                .iter()
                .any(|prefix| fact.text.starts_with(prefix.as_str())),
        }
    }
}

impl AttributeIndex {
    /// The filed prefixes that begin `text`, longest first. All of them begin the last filed
    /// prefix that is not above `text`, so they lie on its chain of parents.
    fn prefixes_of<'i>(&'i self, text: &'i str) -> impl Iterator<Item = &'i Prefix> {
        let above = self
            .prefixes
            .partition_point(|prefix| prefix.text.as_str() <= text);
        let last = above
            .checked_sub(1)
            .and_then(|place| self.prefixes.get(place));
        std::iter::successors(last, |prefix| self.prefixes.get(prefix.parent?))
            .filter(|prefix| text.starts_with(&prefix.text))
    }
}

struct Builder {
    index: RuleIndex,
    prefixes: Vec<BTreeMap<String, Vec<usize>>>,
}

impl Builder {
    /// Numbers the values of all rules first: how many an attribute has says how rare one is.
    fn numbering<'r>(rules: impl Iterator<Item = &'r MembershipRule>) -> Self {
        let mut attributes: Vec<AttributeIndex> = Vec::new();
        attributes.resize_with(RuleAttribute::ALL.len(), AttributeIndex::default);
        for condition in rules.flat_map(|rule| &rule.conditions) {
            let Some(attribute) = attributes.get_mut(place_of(condition.attribute)) else {
                continue;
            };
            if condition.operator == Operator::StartsWith {
                continue;
            }
            for value in &condition.values {
                let next = attribute.numbers.len();
                attribute.numbers.entry(value.clone()).or_insert(next);
            }
        }
        for attribute in &mut attributes {
            attribute
                .by_value
                .resize_with(attribute.numbers.len(), Vec::new);
        }
        let prefixes = vec![BTreeMap::new(); attributes.len()];
        let index = RuleIndex {
            attributes,
            ..RuleIndex::default()
        };
        Self { index, prefixes }
    }

    fn add(&mut self, group: GroupId, rule: &MembershipRule) {
        let place = self.index.rules.len();
        let key = self.access_condition(rule);
        match key.and_then(|key| rule.conditions.get(key)) {
            Some(condition) => self.file(place, condition),
            None => self.index.unfiled.push(place),
        }
        let conditions = rule
            .conditions
            .iter()
            .enumerate()
            .filter(|(position, _)| Some(*position) != key)
            .map(|(_, condition)| self.compiled(condition))
            .collect();
        self.index.rules.push(CompiledRule { group, conditions });
    }

    /// The position of the condition to file the rule under.
    fn access_condition(&self, rule: &MembershipRule) -> Option<usize> {
        const SCALE: usize = 1 << 20;
        let rarity = |condition: &Condition| match (condition.operator, condition.values.as_slice())
        {
            (Operator::Equals, values) => {
                let attribute = self.index.attributes.get(place_of(condition.attribute))?;
                Some((0, values.len() * SCALE / attribute.numbers.len().max(1)))
            }
            (Operator::StartsWith, [prefix]) => Some((1, SCALE.saturating_sub(prefix.len()))),
            _ => None,
        };
        rule.conditions
            .iter()
            .enumerate()
            .filter_map(|(position, condition)| Some((rarity(condition)?, position)))
            .min()
            .map(|(_, position)| position)
    }

    fn file(&mut self, rule: usize, condition: &Condition) {
        let place = place_of(condition.attribute);
        if condition.operator == Operator::StartsWith {
            for prefix in &condition.values {
                if let Some(prefixes) = self.prefixes.get_mut(place) {
                    prefixes.entry(prefix.clone()).or_default().push(rule);
                }
            }
            return;
        }
        let numbers = self.numbers(condition);
        let Some(attribute) = self.index.attributes.get_mut(place) else {
            return;
        };
        for number in numbers {
            if let Some(rules) = attribute.by_value.get_mut(number) {
                rules.push(rule);
            }
        }
    }

    fn compiled(&self, condition: &Condition) -> CompiledCondition {
        CompiledCondition {
            attribute: place_of(condition.attribute),
            test: match condition.operator {
                Operator::Equals => Test::Equals(self.numbers(condition)),
                Operator::NotEquals => Test::NotEquals(self.numbers(condition)),
                Operator::StartsWith => Test::StartsWith(condition.values.clone().into()),
            },
        }
    }

    fn numbers(&self, condition: &Condition) -> Box<[usize]> {
        let attribute = self.index.attributes.get(place_of(condition.attribute));
        let mut numbers: Vec<usize> = condition
            .values
            .iter()
            .filter_map(|value| attribute?.numbers.get(value).copied())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into()
    }

    fn finish(mut self) -> RuleIndex {
        for (attribute, prefixes) in self.index.attributes.iter_mut().zip(self.prefixes) {
            attribute.prefixes = chained(prefixes);
        }
        self.index
    }
}

/// Gives each prefix its parent. In ascending order the prefixes of a text stand before it, and
/// the open ones form a stack.
fn chained(prefixes: BTreeMap<String, Vec<usize>>) -> Vec<Prefix> {
    let mut open: Vec<usize> = Vec::new();
    let mut list: Vec<Prefix> = Vec::with_capacity(prefixes.len());
    for (text, rules) in prefixes {
        while let Some(top) = open.last().and_then(|place| list.get(*place)) {
            if text.starts_with(&top.text) {
                break;
            }
            open.pop();
        }
        let parent = open.last().copied();
        open.push(list.len());
        list.push(Prefix {
            text,
            rules,
            parent,
        });
    }
    list
}

/// The attribute's place in [`RuleAttribute::ALL`], in which it is declared.
fn place_of(attribute: RuleAttribute) -> usize {
    RuleAttribute::ALL
        .iter()
        .position(|other| *other == attribute)
        .unwrap_or(RuleAttribute::ALL.len())
}

#[cfg(test)]
mod tests;
