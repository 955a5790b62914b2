//! Membership rules of dynamic groups: conditions that must all hold, values of which one must
//! (rules A20-A26). One meaning, in memory here; the store's SQL is tested equal to it.

use crate::domain::user::RuleAttribute;

/// The comparison; API spelling `equals`, `notEquals`, `startsWith` (rule A21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    Equals,
    /// True for who equals none of the values (rule A23).
    NotEquals,
    /// Takes one value (rule A22).
    StartsWith,
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
