//! The conditions of membership rules, one row each, read back through the domain's parser so that
//! a rule that exists is a rule that is valid.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::domain::ids::GroupId;
use crate::domain::membership_rule::{ConditionDraft, MembershipRule};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::rule_conditions;

/// Parameters in one statement; SQLite's limit is 32,766.
const AT_ONCE: usize = 10_000;

/// Puts `rule` in the place of the group's stored one.
pub(in crate::store) fn replace(
    conn: &mut DbConnection,
    group: GroupId,
    rule: Option<&MembershipRule>,
) -> Result<(), StoreError> {
    diesel::delete(rule_conditions::table.filter(rule_conditions::group_id.eq(group.get())))
        .execute(conn)?;
    let conditions = rule.map_or(&[][..], |rule| &rule.conditions);
    for (position, condition) in (0_i32..).zip(conditions) {
        let values = serde_json::Value::from(condition.values.clone()).to_string();
        diesel::insert_into(rule_conditions::table)
            .values((
                rule_conditions::group_id.eq(group.get()),
                rule_conditions::position.eq(position),
                rule_conditions::attribute.eq(condition.attribute.as_str()),
                rule_conditions::operator.eq(condition.operator.as_str()),
                rule_conditions::match_values.eq(values),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The rules of these groups; a group without conditions is left out.
pub(in crate::store) fn load(
    conn: &mut DbConnection,
    groups: &[i64],
) -> Result<BTreeMap<i64, MembershipRule>, StoreError> {
    let mut drafts: BTreeMap<i64, Vec<ConditionDraft>> = BTreeMap::new();
    for some in groups.chunks(AT_ONCE) {
        let rows: Vec<(i64, String, String, String)> = rule_conditions::table
            .filter(rule_conditions::group_id.eq_any(some))
            .order((rule_conditions::group_id, rule_conditions::position))
            .select((
                rule_conditions::group_id,
                rule_conditions::attribute,
                rule_conditions::operator,
                rule_conditions::match_values,
            ))
            .load(conn)?;
        for (group, attribute, operator, values) in rows {
            let values = serde_json::from_str(&values).map_err(|_syntax| {
                StoreError::corrupt("rule_conditions", "match_values", &group)
            })?;
            drafts.entry(group).or_default().push(ConditionDraft {
                attribute,
                operator,
                values,
            });
        }
    }
    drafts
        .into_iter()
        .map(|(group, drafts)| {
            let rule = MembershipRule::parse(&drafts)
                .map_err(|_found| StoreError::corrupt("rule_conditions", "attribute", &group))?;
            Ok((group, rule))
        })
        .collect()
}
