//! The one translation of a membership rule into SQL, the same on both databases: values are bind
//! parameters, texts compare byte by byte, and a prefix is a range that an index can serve. Tested
//! equal to `MembershipRule::matches`.

use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::domain::membership_rule::{Condition, MembershipRule, Operator, prefix_successor};
use crate::domain::user::RuleAttribute;
use crate::store::connection::MultiBackend;
use crate::store::schema::users;

/// A condition on rows of `users`.
pub(in crate::store) type UserCondition =
    Box<dyn BoxableExpression<users::table, MultiBackend, SqlType = Bool>>;

/// True for exactly the users whom the rule matches (rules A20-A26).
pub(in crate::store) fn matches(rule: &MembershipRule) -> UserCondition {
    let mut conditions = rule.conditions.iter().map(condition_matches);
    match conditions.next() {
        // A rule without conditions matches nobody (rule A26).
        None => Box::new(diesel::dsl::sql::<Bool>("1 = 0")),
        Some(first) => conditions.fold(first, |all, next| Box::new(all.and(next))),
    }
}

/// Every column holds text, absent values as `''`, so that NULL's third truth value cannot occur.
macro_rules! compare {
    ($column:expr, $condition:expr) => {
        match $condition.operator {
            Operator::Equals => Box::new($column.eq_any($condition.values.clone())),
            // None of the values (rule A23).
            Operator::NotEquals => Box::new($column.ne_all($condition.values.clone())),
            Operator::StartsWith => $condition
                .values
                .iter()
                .map(|prefix| {
                    let from = $column.ge(prefix.clone());
                    let in_range: UserCondition = match prefix_successor(prefix) {
                        Some(end) => Box::new(from.and($column.lt(end))),
                        None => Box::new(from),
                    };
                    in_range
                })
                .reduce(|any, next| Box::new(any.or(next)))
                .unwrap_or_else(|| Box::new(diesel::dsl::sql::<Bool>("1 = 0"))),
        }
    };
}

fn condition_matches(condition: &Condition) -> UserCondition {
    match condition.attribute {
        RuleAttribute::Company => compare!(users::company, condition),
        RuleAttribute::CostCenter => compare!(users::cost_center, condition),
        RuleAttribute::Department => compare!(users::department, condition),
        RuleAttribute::Description => compare!(users::description, condition),
        RuleAttribute::EmployeeType => compare!(users::employee_type, condition),
        RuleAttribute::JobTitle => compare!(users::job_title, condition),
        RuleAttribute::Location => compare!(users::location, condition),
        RuleAttribute::Manager => compare!(users::manager, condition),
        RuleAttribute::UserState => compare!(users::user_state, condition),
    }
}
