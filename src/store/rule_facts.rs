//! What the directory holds beside a rule, for the remarks on it (rule A18). Reads little: whether
//! somebody has a value, and what looks like one that nobody has is looked for around it.

use std::collections::BTreeSet;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use crate::domain::membership_rule::{Condition, MembershipRule, Operator};
use crate::domain::rule_lint::{self, ConditionFacts, KnownValue};
use crate::domain::text;
use crate::domain::user::RuleAttribute;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::rule_sql;
use crate::store::schema::{accounts, users};

/// So many values are compared with one that nobody has, before it and after it in the order of texts.
const AROUND: u32 = 400;
/// Of so many that look like it, the most frequent is found.
const CLOSEST: usize = 20;

/// The facts about each condition of a rule, in order.
pub fn of_conditions(
    conn: &mut DbConnection,
    rule: &MembershipRule,
) -> Result<Vec<ConditionFacts>, StoreError> {
    rule.conditions
        .iter()
        .map(|condition| of_condition(conn, condition))
        .collect()
}

fn of_condition(
    conn: &mut DbConnection,
    condition: &Condition,
) -> Result<ConditionFacts, StoreError> {
    let mut holders = Vec::with_capacity(condition.values.len());
    let mut unknown_managers = Vec::new();
    for value in &condition.values {
        let alone = Condition {
            attribute: condition.attribute,
            operator: match condition.operator {
                Operator::StartsWith => Operator::StartsWith,
                Operator::Equals | Operator::NotEquals => Operator::Equals,
            },
            values: vec![value.clone()],
        };
        holders.push(u64::from(somebody_meets(conn, &alone)?));
        if condition.attribute == RuleAttribute::Manager {
            unknown_managers.push(!is_username(conn, value)?);
        }
    }
    let mut known = Vec::new();
    if condition.attribute != RuleAttribute::UserState {
        let unheld = condition.values.iter().zip(&holders);
        for (value, _) in unheld.filter(|(_, holders)| **holders == 0) {
            known.extend(near_values(conn, condition, value)?);
        }
    }
    Ok(ConditionFacts {
        meeting: u64::from(somebody_meets(conn, condition)?),
        holders,
        known,
        unknown_managers,
    })
}

fn somebody_meets(conn: &mut DbConnection, condition: &Condition) -> Result<bool, StoreError> {
    let those = users::table.filter(rule_sql::meets(condition));
    Ok(diesel::select(exists(those)).get_result(conn)?)
}

fn is_username(conn: &mut DbConnection, value: &str) -> Result<bool, StoreError> {
    let those = users::table
        .inner_join(accounts::table)
        .filter(accounts::username_fold.eq(text::fold(value)));
    Ok(diesel::select(exists(those)).get_result(conn)?)
}

#[derive(QueryableByName)]
struct ValueRow {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Values of the attribute that look like `wanted`, which nobody has, and who has them.
fn near_values(
    conn: &mut DbConnection,
    condition: &Condition,
    wanted: &str,
) -> Result<Vec<KnownValue>, StoreError> {
    let is_prefix = condition.operator == Operator::StartsWith;
    let mut near = BTreeSet::new();
    for from in spellings(wanted) {
        for direction in [UP, DOWN] {
            let around = values_around(conn, condition.attribute, (&from, direction))?;
            let those = around.into_iter().filter_map(|value| {
                let distance = rule_lint::distance(wanted, &value, is_prefix)?;
                Some((distance, value))
            });
            near.extend(those);
        }
    }
    let closest = near.into_iter().take(CLOSEST);
    closest
        .map(|(_, value)| {
            let alone = Condition {
                attribute: condition.attribute,
                operator: Operator::Equals,
                values: vec![value.clone()],
            };
            let those = users::table.filter(rule_sql::meets(&alone)).count();
            let holders: i64 = those.get_result(conn)?;
            Ok(KnownValue {
                value,
                holders: u64::try_from(holders).unwrap_or(0),
            })
        })
        .collect()
}

/// The value itself, and with its first letter in the other case, which sorts it far away.
fn spellings(wanted: &str) -> BTreeSet<String> {
    let mut rest = wanted.chars();
    let first = rest.next();
    let other = |first: String| first + rest.as_str();
    BTreeSet::from([
        wanted.to_owned(),
        other(
            first
                .map(|c| c.to_uppercase().collect())
                .unwrap_or_default(),
        ),
        other(
            first
                .map(|c| c.to_lowercase().collect())
                .unwrap_or_default(),
        ),
    ])
}

/// The next value, where it may begin, and where it goes on.
type Direction = (&'static str, &'static str, &'static str);

const UP: Direction = ("MIN", ">=", ">");
const DOWN: Direction = ("MAX", "<", "<");

/// The next values that users have, from `from` on in one direction. Steps from value to value along the
/// index, so that a value costs the same however many have it.
fn values_around(
    conn: &mut DbConnection,
    attribute: RuleAttribute,
    (from, (next, begins, beyond)): (&str, Direction),
) -> Result<Vec<String>, StoreError> {
    // The column is one of nine names of this program, as are function and comparison.
    let column = rule_sql::column_of(attribute);
    let rows: Vec<ValueRow> = sql_query(format!(
        "WITH RECURSIVE around (value, place) AS ( \
         SELECT (SELECT {next}({column}) FROM users WHERE {column} {begins} $1), 1 \
         UNION ALL \
         SELECT (SELECT {next}({column}) FROM users WHERE {column} {beyond} around.value), place + 1 \
         FROM around WHERE around.value <> '' AND place < {AROUND}) \
         SELECT value FROM around WHERE value <> ''"
    ))
    .bind::<Text, _>(from)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}
