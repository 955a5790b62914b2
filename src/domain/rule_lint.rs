//! Remarks about a membership rule that is allowed but probably not meant (rules A18, A20):
//! contradictions, conditions nobody meets, values that nearly exist, rules that match everybody.
//! Never refuses anything; what the directory holds comes in as counts.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use strsim::levenshtein;

use crate::domain::membership_rule::{Condition, MembershipRule, Operator};
use crate::domain::text;
use crate::domain::user::{RuleAttribute, UserState};

/// What the directory says about a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleFacts {
    pub total_users: u64,
    /// Users whom the whole rule matches.
    pub matching: u64,
    /// One per condition, in order; missing ones are not remarked upon.
    pub conditions: Vec<ConditionFacts>,
}

/// What the directory says about one condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConditionFacts {
    /// Users who meet the condition; asked only whether there are any.
    pub meeting: u64,
    /// For each value, in order, the users who have it, or for `starts with` begin with it; asked
    /// only whether there are any.
    pub holders: Vec<u64>,
    /// Values of the attribute that users have, to look for near misses among; the caller may
    /// bound how many.
    pub known: Vec<KnownValue>,
    /// For Manager, per value: no user has this username (rule A20).
    pub unknown_managers: Vec<bool>,
}

/// A value that users have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownValue {
    pub value: String,
    pub holders: u64,
}

/// The kinds of remarks; API field `code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LintCode {
    /// No user can ever meet all conditions.
    Contradiction,
    /// No user meets this condition today.
    NobodyMeets,
    /// Nobody has the value, but somebody has one that looks like it.
    NearMiss,
    MatchesEverybody,
    NoConditions,
    /// No such user state exists.
    UnknownState,
    /// No user has the manager's username.
    UnknownManager,
}

impl LintCode {
    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contradiction => "CONTRADICTION",
            Self::NobodyMeets => "NOBODY_MEETS",
            Self::NearMiss => "NEAR_MISS",
            Self::MatchesEverybody => "MATCHES_EVERYBODY",
            Self::NoConditions => "NO_CONDITIONS",
            Self::UnknownState => "UNKNOWN_STATE",
            Self::UnknownManager => "UNKNOWN_MANAGER",
        }
    }
}

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    pub code: LintCode,
    /// RFC 6901 pointer, beginning at `/memberQuery`.
    pub pointer: String,
    /// A sentence for people.
    pub detail: String,
}

impl Lint {
    fn new(code: LintCode, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            code,
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }
}

/// All remarks on `rule`, by condition; those on the whole rule come last.
pub fn lint(rule: &MembershipRule, facts: &RuleFacts) -> Vec<Lint> {
    if rule.conditions.is_empty() {
        let detail = "A rule without conditions matches nobody. Add a condition.";
        let pointer = "/memberQuery/filters";
        return vec![Lint::new(LintCode::NoConditions, pointer, detail)];
    }
    let mut lints = Vec::new();
    for (index, condition) in rule.conditions.iter().enumerate() {
        let pointer = format!("/memberQuery/filters/{index}");
        let before = rule.conditions.iter().take(index);
        if let Some(detail) = contradiction(condition, before) {
            lints.push(Lint::new(LintCode::Contradiction, &pointer, detail));
        }
        if let Some(facts) = facts.conditions.get(index) {
            lints.extend(on_condition(condition, facts, &pointer));
        }
    }
    if facts.total_users > 0 && facts.matching == facts.total_users {
        lints.push(Lint::new(
            LintCode::MatchesEverybody,
            "/memberQuery",
            format!(
                "The rule matches every user: {} of {}.",
                facts.matching, facts.total_users
            ),
        ));
    }
    lints
}

fn on_condition(condition: &Condition, facts: &ConditionFacts, pointer: &str) -> Vec<Lint> {
    let mut lints = Vec::new();
    if facts.meeting == 0 {
        let detail = format!("No user meets this today: {}.", condition.sentence());
        lints.push(Lint::new(LintCode::NobodyMeets, pointer, detail));
    }
    for (index, value) in condition.values.iter().enumerate() {
        let at = format!("{pointer}/values/{index}");
        let prefix = condition.operator == Operator::StartsWith;
        if condition.attribute == RuleAttribute::UserState && !prefix {
            lints.extend(unknown_state(value, &at));
            continue;
        }
        if facts.unknown_managers.get(index) == Some(&true) && !prefix {
            let detail = format!("No user has the username {}.", text::quoted(value));
            lints.push(Lint::new(LintCode::UnknownManager, &at, detail));
        }
        if facts.holders.get(index) == Some(&0)
            && let Some(near) = nearest(value, &facts.known, prefix)
        {
            lints.push(Lint::new(LintCode::NearMiss, at, near_miss(value, near)));
        }
    }
    lints
}

fn unknown_state(value: &str, pointer: &str) -> Option<Lint> {
    if UserState::parse(value).is_some() {
        return None;
    }
    let detail = format!(
        "No user state is spelled {}. The states are {}.",
        text::quoted(value),
        UserState::ALL.map(UserState::as_str).join(", ")
    );
    Some(Lint::new(LintCode::UnknownState, pointer, detail))
}

fn near_miss(value: &str, near: &KnownValue) -> String {
    format!(
        "0 users have {}; {} {} {}.",
        text::quoted(value),
        near.holders,
        if near.holders == 1 { "has" } else { "have" },
        text::quoted(&near.value)
    )
}

/// Why `condition` cannot hold beside those before it, if it is the one that makes it so.
fn contradiction<'r>(
    condition: &'r Condition,
    before: impl Iterator<Item = &'r Condition>,
) -> Option<String> {
    let mut same: Vec<&Condition> = before
        .filter(|other| other.attribute == condition.attribute)
        .collect();
    if !satisfiable(&same) {
        return None;
    }
    same.push(condition);
    if satisfiable(&same) {
        return None;
    }
    let all: Vec<String> = same.iter().map(|condition| condition.sentence()).collect();
    Some(format!("No user can ever meet: {}.", all.join(" and ")))
}

/// Whether some value meets all of `conditions`, which test one attribute.
fn satisfiable(conditions: &[&Condition]) -> bool {
    let values_of = |operator| {
        conditions
            .iter()
            .filter(move |condition| condition.operator == operator)
    };
    let meets_all = |value: &str| {
        conditions
            .iter()
            .all(|condition| condition.is_met_by(value))
    };
    let is_state = |condition: &&Condition| condition.attribute == RuleAttribute::UserState;
    if conditions.first().is_some_and(is_state) {
        return UserState::ALL.iter().any(|state| meets_all(state.as_str()));
    }
    if let Some(equals) = values_of(Operator::Equals).next() {
        return equals.values.iter().any(|value| meets_all(value));
    }
    // Infinitely many texts begin with a prefix, so that `not equals` cannot use them up; prefixes
    // agree if the longest of them begins with all the others.
    let prefixes: BTreeSet<&str> = values_of(Operator::StartsWith)
        .flat_map(|condition| condition.values.iter().map(String::as_str))
        .collect();
    let longest = prefixes.iter().max_by_key(|prefix| prefix.len());
    longest.is_none_or(|longest| prefixes.iter().all(|prefix| longest.starts_with(prefix)))
}

/// The known value that `value` was probably meant to be: the closest, then the most frequent.
fn nearest<'k>(value: &str, known: &'k [KnownValue], prefix: bool) -> Option<&'k KnownValue> {
    known
        .iter()
        .filter_map(|known| Some((distance(value, &known.value, prefix)?, known)))
        .min_by_key(|(edits, known)| (*edits, Reverse(known.holders)))
        .map(|(_, known)| known)
}

/// How far `value` is from `other`, which somebody has, if it can have been meant by it: equal after
/// folding case and punctuation, or within a third of its length in edits (rule A18). A prefix is compared
/// with the beginning of the other, by folding alone.
pub fn distance(value: &str, other: &str, prefix: bool) -> Option<usize> {
    if other == value || other.is_empty() {
        return None;
    }
    let (folded, other_folded) = (bare(value), bare(other));
    if prefix {
        return (!folded.is_empty() && other_folded.starts_with(&folded)).then_some(0);
    }
    if !folded.is_empty() && folded == other_folded {
        return Some(0);
    }
    let other_length = other.chars().count();
    let allowed = other_length / 3;
    if value.chars().count().abs_diff(other_length) > allowed {
        return None;
    }
    let edits = levenshtein(value, other);
    (edits <= allowed).then_some(edits)
}

/// Without case, punctuation and blanks.
fn bare(value: &str) -> String {
    text::fold(value)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests;
