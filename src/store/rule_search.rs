//! Where SQLite begins when it looks for the users whom a rule matches: at the condition that the fewest
//! users meet. It keeps no figures of the values, and would as readily begin at one that most of them
//! meet. PostgreSQL keeps its own. Decides nothing about whom a rule matches.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::domain::membership_rule::{Condition, MembershipRule, Operator};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::rule_sql::{self, RuleMatches};
use crate::store::schema::users;

/// Entries of each index that are counted at first; each round counts four times as many.
const FIRST_ROUND: i64 = 64;
/// Where every condition is met by more users than this, one is as good as another.
const LAST_ROUND: i64 = 300_000;

/// The rule as a condition on the rows of `users` of the statement's own table.
pub(in crate::store) fn plan(
    conn: &mut DbConnection,
    rule: &MembershipRule,
) -> Result<RuleMatches, StoreError> {
    let matches = rule_sql::matches(rule);
    let place = match conn {
        DbConnection::Postgres(_) => None,
        DbConnection::Sqlite(_) => most_selective(conn, rule)?,
    };
    Ok(match place {
        Some(place) => matches.beginning_at(place),
        None => matches,
    })
}

/// The place of the condition that the fewest users meet, within a factor of four; `None` where there is
/// no choice. Counts entries of indexes, never rows.
fn most_selective(
    conn: &mut DbConnection,
    rule: &MembershipRule,
) -> Result<Option<usize>, StoreError> {
    // No index serves `not equals`.
    let serving = |condition: &Condition| {
        condition.operator != Operator::NotEquals && !condition.values.is_empty()
    };
    let all = rule.conditions.iter().enumerate();
    let choices: Vec<(usize, &Condition)> =
        all.filter(|(_, condition)| serving(condition)).collect();
    if choices.len() < 2 {
        return Ok(None);
    }
    let mut round = FIRST_ROUND;
    while round <= LAST_ROUND {
        for (place, condition) in &choices {
            if !more_than(conn, condition, round)? {
                return Ok(Some(*place));
            }
        }
        round *= 4;
    }
    Ok(None)
}

fn more_than(
    conn: &mut DbConnection,
    condition: &Condition,
    number: i64,
) -> Result<bool, StoreError> {
    let beyond = users::table
        .filter(rule_sql::meets(condition))
        .limit(1)
        .offset(number);
    Ok(diesel::select(exists(beyond)).get_result(conn)?)
}
