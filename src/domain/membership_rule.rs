//! Membership rules of dynamic groups: conditions that must all hold, values of which one must
//! (rules A20-A26). One meaning, in memory here; the store's SQL is tested equal to it.

use crate::domain::text;
use crate::domain::user::{RuleAttribute, User, UserState};
use crate::domain::violation::Violation;

/// A rule has at most this many conditions (rule A20).
pub const CONDITION_LIMIT: usize = 50;
/// A condition has at most this many values (rule A20).
pub const VALUE_LIMIT: usize = 200;

/// The comparison; API spelling `equals`, `notEquals`, `startsWith` (rule A21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    Equals,
    /// True for who equals none of the values (rule A23).
    NotEquals,
    /// Takes one value (rule A22).
    StartsWith,
}

impl Operator {
    /// In the order of rule A21.
    pub const ALL: [Self; 3] = [Self::Equals, Self::NotEquals, Self::StartsWith];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEquals => "notEquals",
            Self::StartsWith => "startsWith",
        }
    }

    /// The words on pages (rule A21).
    pub const fn label(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEquals => "not equals",
            Self::StartsWith => "starts with",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operator| operator.as_str() == text)
    }
}

/// One condition: attribute, operator, at least one non-empty value in NFC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub attribute: RuleAttribute,
    pub operator: Operator,
    pub values: Vec<String>,
}

/// Conditions joined by "and" (rule A25). An empty rule matches nobody (rule A26).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MembershipRule {
    pub conditions: Vec<Condition>,
}

/// One condition as it is asked for, by API, form or store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionDraft {
    /// API field `field`.
    pub attribute: String,
    pub operator: String,
    pub values: Vec<String>,
}

impl MembershipRule {
    /// Reads a rule, values exactly as typed but in NFC (rules A20-A26). Pointers begin at
    /// `/memberQuery`. A rule that can match nobody or everybody is none of this function's
    /// business: it is allowed (rule A18).
    pub fn parse(drafts: &[ConditionDraft]) -> Result<Self, Vec<Violation>> {
        if drafts.len() > CONDITION_LIMIT {
            return Err(vec![Violation::new(
                "/memberQuery/filters",
                format!(
                    "The rule has {} conditions. Reduce them to at most {CONDITION_LIMIT}.",
                    drafts.len()
                ),
            )]);
        }
        let mut conditions = Vec::with_capacity(drafts.len());
        let mut violations = Vec::new();
        for (index, draft) in drafts.iter().enumerate() {
            match Condition::parse(draft) {
                Ok(condition) => conditions.push(condition),
                Err(found) => {
                    let place = format!("/memberQuery/filters/{index}");
                    violations.extend(found.into_iter().map(|violation| violation.under(&place)));
                }
            }
        }
        if violations.is_empty() {
            Ok(Self { conditions })
        } else {
            Err(violations)
        }
    }

    /// True if every condition holds; false without conditions (rules A25, A26).
    pub fn matches(&self, user: &User) -> bool {
        !self.conditions.is_empty() && self.conditions.iter().all(|c| c.matches(user))
    }

    /// The rule in words: `Job Title equals “Technical Writer 2” or “Technical Writer 3” and
    /// Location equals “Florida”`.
    pub fn sentence(&self) -> String {
        if self.conditions.is_empty() {
            return "no condition, which matches nobody".to_owned();
        }
        joined(&self.conditions, Condition::sentence)
    }

    /// Why `user` matches or does not (rules A34, C2): the rule when it matches, else each
    /// condition that fails beside the value that fails it.
    pub fn explain(&self, user: &User) -> String {
        let failing: Vec<&Condition> = self
            .conditions
            .iter()
            .filter(|condition| !condition.matches(user))
            .collect();
        if failing.is_empty() {
            return self.sentence();
        }
        joined(failing, |condition| {
            let value = shown(condition.attribute, user.rule_value(condition.attribute));
            let label = condition.attribute.label();
            format!(
                "{label} is {value}, but the rule says {}",
                condition.sentence()
            )
        })
    }
}

impl Condition {
    /// Reads one condition; pointers are relative to it.
    fn parse(draft: &ConditionDraft) -> Result<Self, Vec<Violation>> {
        let attribute = RuleAttribute::parse(&draft.attribute);
        let operator = Operator::parse(&draft.operator);
        let (values, mut violations) = parse_values(&draft.values);
        if operator == Some(Operator::StartsWith) && draft.values.len() > 1 {
            violations.push(Violation::new(
                "/values",
                "The operator starts with takes one value. Add a condition or a group for each \
                 further one.",
            ));
        }
        match (attribute, operator) {
            (Some(attribute), Some(operator)) if violations.is_empty() => Ok(Self {
                attribute,
                operator,
                values,
            }),
            _ => {
                if attribute.is_none() {
                    let choices = RuleAttribute::ALL.map(RuleAttribute::as_str);
                    violations.push(Violation::choice("/field", &choices));
                }
                if operator.is_none() {
                    let choices = Operator::ALL.map(Operator::as_str);
                    violations.push(Violation::choice("/operator", &choices));
                }
                Err(violations)
            }
        }
    }

    /// True if the user's stored value meets the condition.
    pub fn matches(&self, user: &User) -> bool {
        self.is_met_by(user.rule_value(self.attribute))
    }

    /// Compares bytes of what is stored; an absent attribute is the empty string (rules A23, A24,
    /// A26).
    pub fn is_met_by(&self, stored: &str) -> bool {
        let mut values = self.values.iter();
        match self.operator {
            Operator::Equals => values.any(|value| value == stored),
            Operator::NotEquals => values.all(|value| value != stored),
            Operator::StartsWith => values.any(|value| stored.starts_with(value.as_str())),
        }
    }

    /// The condition in words: `Location equals “Miami” or “Ft. Lauderdale”`. Several values of
    /// `not equals` are joined by "nor", since none of them may be met (rule A23).
    pub fn sentence(&self) -> String {
        let joint = match self.operator {
            Operator::NotEquals => " nor ",
            Operator::Equals | Operator::StartsWith => " or ",
        };
        let values: Vec<String> = self
            .values
            .iter()
            .map(|value| shown(self.attribute, value))
            .collect();
        format!(
            "{} {} {}",
            self.attribute.label(),
            self.operator.label(),
            values.join(joint)
        )
    }
}

fn parse_values(typed: &[String]) -> (Vec<String>, Vec<Violation>) {
    if typed.is_empty() {
        let violation = Violation::new("/values", "Enter at least one value.");
        return (Vec::new(), vec![violation]);
    }
    if typed.len() > VALUE_LIMIT {
        let detail = format!(
            "The condition has {} values. Reduce them to at most {VALUE_LIMIT}.",
            typed.len()
        );
        return (Vec::new(), vec![Violation::new("/values", detail)]);
    }
    let mut values = Vec::with_capacity(typed.len());
    let mut violations = Vec::new();
    for (index, value) in typed.iter().enumerate() {
        let pointer = format!("/values/{index}");
        match text::directory_field(value) {
            Ok(value) if value.is_empty() => {
                violations.push(Violation::new(
                    pointer,
                    "Enter a value, or remove this one.",
                ));
            }
            Ok(value) => values.push(value),
            Err(error) => violations.push(Violation::new(pointer, error.to_string())),
        }
    }
    (values, violations)
}

/// A value as pages show it: the states by their labels (rule A20).
fn shown(attribute: RuleAttribute, value: &str) -> String {
    let state = match attribute {
        RuleAttribute::UserState => UserState::parse(value),
        _ => None,
    };
    match state {
        Some(state) => text::quoted(state.label()),
        None if value.is_empty() => "empty".to_owned(),
        None => text::quoted(value),
    }
}

fn joined<'a>(
    conditions: impl IntoIterator<Item = &'a Condition>,
    say: impl Fn(&Condition) -> String,
) -> String {
    let sentences: Vec<String> = conditions.into_iter().map(say).collect();
    sentences.join(" and ")
}

/// The least text above every text that begins with `prefix`, so that `starts with p` is
/// `p <= stored AND stored < prefix_successor(p)` in byte order, an index range on both databases.
/// `None` if there is no such text: the range is open above.
pub fn prefix_successor(prefix: &str) -> Option<String> {
    let kept = prefix.trim_end_matches(char::MAX);
    let last = kept.chars().next_back()?;
    let raised = match last {
        // Surrogates are no characters, and UTF-8 orders by code point.
        '\u{D7FF}' => '\u{E000}',
        other => char::from_u32(u32::from(other) + 1)?,
    };
    let mut successor = kept.to_owned();
    successor.pop();
    successor.push(raised);
    Some(successor)
}

#[cfg(test)]
mod tests;
