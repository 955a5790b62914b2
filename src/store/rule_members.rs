//! What a rule means for a whole group at once, in set-based statements: counts, and the
//! membership rows of a change that is small enough for one transaction. Users listed under
//! "Users to include" are never touched here: they are few and written one by one. Call the
//! changes with the gate held alone.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Text};

use crate::domain::exemption::ExemptionEffect;
use crate::domain::ids::{GroupId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::membership_rule::MembershipRule;
use crate::store::columns::millis;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::memberships::origin_of;
use crate::store::schema::{exemptions, group_members, users};
use crate::store::{rule_search, rule_sql};

/// What saving a rule would do, exemptions not reflected (rules A27, A48).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleCounts {
    /// Users whom the rule matches.
    pub matching: i64,
    /// Of those, the ones that are members already.
    pub stays: i64,
    /// Members whom the rule does not match.
    pub leaves: i64,
}

impl RuleCounts {
    /// Users whom the rule matches and who are no members yet.
    pub const fn joins(self) -> i64 {
        self.matching - self.stays
    }
}

/// Counts for a group, or for one that is not saved yet.
pub fn count(
    conn: &mut DbConnection,
    rule: &MembershipRule,
    group: Option<GroupId>,
) -> Result<RuleCounts, StoreError> {
    let matching = users::table
        .filter(rule_search::plan(conn, rule)?)
        .count()
        .get_result(conn)?;
    let Some(group) = group else {
        return Ok(RuleCounts {
            matching,
            stays: 0,
            leaves: 0,
        });
    };
    let members = group_members::table.filter(group_members::group_id.eq(group.get()));
    let all: i64 = members.count().get_result(conn)?;
    // Begins at the members: a broad rule on a small group looks at few users.
    let stays: i64 = members
        .filter(exists(
            users::table
                .filter(users::id.eq(group_members::user_id))
                .filter(rule_sql::matches(rule)),
        ))
        .count()
        .get_result(conn)?;
    Ok(RuleCounts {
        matching,
        stays,
        leaves: all - stays,
    })
}

/// The users whom a rule matches, ascending.
pub fn matching(conn: &mut DbConnection, rule: &MembershipRule) -> Result<Vec<UserId>, StoreError> {
    let mut keys: Vec<i64> = users::table
        .filter(rule_search::plan(conn, rule)?)
        .select(users::id)
        .load(conn)?;
    // Sorted here, so that no plan walks the whole table for the order's sake.
    keys.sort_unstable();
    Ok(keys.into_iter().map(UserId::new).collect())
}

/// A rule about to be applied to its group.
#[derive(Debug, Clone, Copy)]
pub struct RuleChange<'a> {
    pub group: GroupId,
    pub rule: &'a MembershipRule,
    pub since: DateTime<Utc>,
    /// Public id of the audit event that causes it.
    pub cause: &'a str,
}

/// Adds who matches, is no member and has no exemption. Returns how many.
pub fn add_matching(conn: &mut DbConnection, change: RuleChange<'_>) -> Result<usize, StoreError> {
    let joining = users::table
        .filter(rule_search::plan(conn, change.rule)?)
        .filter(not(exists(member(change.group))))
        .filter(users::id.ne_all(exempted(change.group, &ExemptionEffect::ALL)))
        .select((
            users::id,
            change.group.get().into_sql::<BigInt>(),
            origin_of(MembershipSource::Rule).into_sql::<SmallInt>(),
            millis(change.since).into_sql::<BigInt>(),
            change.cause.into_sql::<Text>(),
        ));
    Ok(joining
        .insert_into(group_members::table)
        .into_columns((
            group_members::user_id,
            group_members::group_id,
            group_members::origin,
            group_members::added_at,
            group_members::cause,
        ))
        .execute(conn)?)
}

/// Removes who does not match and is not listed to be included. Returns how many.
pub fn remove_unmatched(
    conn: &mut DbConnection,
    group: GroupId,
    rule: &MembershipRule,
) -> Result<usize, StoreError> {
    let unmatched = group_members::table
        .filter(group_members::group_id.eq(group.get()))
        .filter(group_members::user_id.ne_all(exempted(group, &[ExemptionEffect::Include])))
        .filter(not(exists(
            users::table
                .filter(users::id.eq(group_members::user_id))
                .filter(rule_sql::matches(rule)),
        )));
    Ok(diesel::delete(unmatched).execute(conn)?)
}

/// Removes whoever is listed to be excluded (rule A38). Returns how many.
pub fn remove_excluded(conn: &mut DbConnection, group: GroupId) -> Result<usize, StoreError> {
    let excluded = group_members::table
        .filter(group_members::group_id.eq(group.get()))
        .filter(group_members::user_id.eq_any(exempted(group, &[ExemptionEffect::Exclude])));
    Ok(diesel::delete(excluded).execute(conn)?)
}

/// Gives members who match the source Rule, unless they are listed to be included (rules A12,
/// A50). Since when and by which event stay. Returns how many.
pub fn mark_matched(
    conn: &mut DbConnection,
    group: GroupId,
    rule: &MembershipRule,
) -> Result<usize, StoreError> {
    let by_rule = origin_of(MembershipSource::Rule);
    let members = group_members::table
        .filter(group_members::group_id.eq(group.get()))
        .filter(group_members::origin.ne(by_rule))
        .filter(group_members::user_id.ne_all(exempted(group, &[ExemptionEffect::Include])))
        .filter(exists(
            users::table
                .filter(users::id.eq(group_members::user_id))
                .filter(rule_sql::matches(rule)),
        ));
    Ok(diesel::update(members)
        .set(group_members::origin.eq(by_rule))
        .execute(conn)?)
}

/// Gives every member the source Direct: the rule falls asleep (rule A51). Returns how many.
pub fn mark_direct(conn: &mut DbConnection, group: GroupId) -> Result<usize, StoreError> {
    let direct = origin_of(MembershipSource::Direct);
    let members = group_members::table
        .filter(group_members::group_id.eq(group.get()))
        .filter(group_members::origin.ne(direct));
    Ok(diesel::update(members)
        .set(group_members::origin.eq(direct))
        .execute(conn)?)
}

/// The membership of the user of the outer query.
#[diesel::dsl::auto_type(no_type_alias)]
pub(in crate::store) fn member(group: GroupId) -> _ {
    let key: i64 = group.get();
    group_members::table
        .filter(group_members::user_id.eq(users::id))
        .filter(group_members::group_id.eq(key))
}

/// The users of a group's exemptions with one of these effects.
#[diesel::dsl::auto_type(no_type_alias)]
pub(in crate::store) fn exempted(group: GroupId, effects: &[ExemptionEffect]) -> _ {
    let key: i64 = group.get();
    let texts: Vec<&'static str> = effects.iter().map(|effect| effect.as_str()).collect();
    exemptions::table
        .filter(exemptions::group_id.eq(key))
        .filter(exemptions::effect.eq_any(texts))
        .select(exemptions::user_id)
}
