//! What the directory holds beside a rule, for the remarks on it (rule A18). Reads little: whether
//! somebody has a value, and the values that look like one that nobody has are among the frequent
//! ones.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use crate::domain::membership_rule::{Condition, MembershipRule, Operator};
use crate::domain::rule_lint::{ConditionFacts, KnownValue};
use crate::domain::text;
use crate::domain::user::RuleAttribute;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::rule_sql;
use crate::store::schema::{accounts, users};

/// So many values of an attribute are compared with one that nobody has, the most frequent first.
const KNOWN_VALUES: u32 = 1_000;

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
    let is_state = condition.attribute == RuleAttribute::UserState;
    let known = if holders.contains(&0) && !is_state {
        known_values(conn, condition.attribute)?
    } else {
        Vec::new()
    };
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
struct KnownRow {
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = BigInt)]
    holders: i64,
}

fn known_values(
    conn: &mut DbConnection,
    attribute: RuleAttribute,
) -> Result<Vec<KnownValue>, StoreError> {
    // The column is one of nine names of this program.
    let column = rule_sql::column_of(attribute);
    let rows: Vec<KnownRow> = sql_query(format!(
        "SELECT {column} AS value, COUNT(*) AS holders FROM users WHERE {column} <> '' \
         GROUP BY {column} ORDER BY 2 DESC, 1 LIMIT {KNOWN_VALUES}"
    ))
    .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| KnownValue {
            value: row.value,
            holders: u64::try_from(row.holders).unwrap_or(0),
        })
        .collect())
}
