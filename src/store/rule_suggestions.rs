//! The suggestions that a rule means for a whole group under review, in set-based statements
//! (rules A30, A35, A36). Call with the gate held alone, after exemptions were saved and applied.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::domain::exemption::ExemptionEffect;
use crate::domain::ids::GroupId;
use crate::domain::membership_change::{Rejections, SuggestionOp};
use crate::domain::membership_rule::MembershipRule;
use crate::store::columns::millis;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::rule_members::{RuleChange, exempted, member};
use crate::store::schema::{group_members, membership_suggestions, users};
use crate::store::{rule_search, rule_sql};

/// Deletes the suggestions that the rule no longer makes, and rejected ones that are not to be
/// remembered; the others get the rule's new epoch. Returns how many went.
pub fn withdraw_stale(
    conn: &mut DbConnection,
    (group, epoch): (GroupId, i64),
    rule: &MembershipRule,
    rejections: Rejections,
) -> Result<usize, StoreError> {
    let of_group =
        membership_suggestions::table.filter(membership_suggestions::group_id.eq(group.get()));
    let mut gone = 0;
    if rejections == Rejections::Forget {
        let rejected = of_group.filter(membership_suggestions::rejected_at.is_not_null());
        gone += diesel::delete(rejected).execute(conn)?;
    }
    let matched = exists(
        users::table
            .filter(users::id.eq(membership_suggestions::user_id))
            .filter(rule_sql::matches(rule)),
    );
    let adding = of_group.filter(membership_suggestions::op.eq(SuggestionOp::Add.as_str()));
    gone +=
        diesel::delete(adding.filter(not(matched).or(exists(membership(group))))).execute(conn)?;
    let matched = exists(
        users::table
            .filter(users::id.eq(membership_suggestions::user_id))
            .filter(rule_sql::matches(rule)),
    );
    let removing = of_group.filter(membership_suggestions::op.eq(SuggestionOp::Remove.as_str()));
    gone += diesel::delete(removing.filter(matched.or(not(exists(membership(group))))))
        .execute(conn)?;
    let exempt = exempted(group, &ExemptionEffect::ALL);
    gone += diesel::delete(of_group.filter(membership_suggestions::user_id.eq_any(exempt)))
        .execute(conn)?;
    diesel::update(of_group)
        .set(membership_suggestions::epoch.eq(epoch))
        .execute(conn)?;
    Ok(gone)
}

/// Suggests to add who matches and is no member, and to remove who is one and does not match;
/// exempted users apart. What is suggested already stays as it is. Returns how many are new.
pub fn suggest(
    conn: &mut DbConnection,
    change: RuleChange<'_>,
    epoch: i64,
) -> Result<usize, StoreError> {
    let group = change.group;
    let additions = users::table
        .filter(rule_search::plan(conn, change.rule)?)
        .filter(not(exists(member(group))))
        .filter(not(exists(
            suggestion(group).filter(membership_suggestions::user_id.eq(users::id)),
        )))
        .filter(users::id.ne_all(exempted(group, &ExemptionEffect::ALL)))
        .select((
            group.get().into_sql::<BigInt>(),
            users::id,
            SuggestionOp::Add.as_str().into_sql::<Text>(),
            epoch.into_sql::<BigInt>(),
            change.cause.into_sql::<Text>(),
            millis(change.since).into_sql::<BigInt>(),
        ));
    let added = additions
        .insert_into(membership_suggestions::table)
        .into_columns(COLUMNS)
        .execute(conn)?;
    let removals = group_members::table
        .filter(group_members::group_id.eq(group.get()))
        .filter(not(exists(
            users::table
                .filter(users::id.eq(group_members::user_id))
                .filter(rule_sql::matches(change.rule)),
        )))
        .filter(not(exists(suggestion(group).filter(
            membership_suggestions::user_id.eq(group_members::user_id),
        ))))
        .filter(group_members::user_id.ne_all(exempted(group, &ExemptionEffect::ALL)))
        .select((
            group_members::group_id,
            group_members::user_id,
            SuggestionOp::Remove.as_str().into_sql::<Text>(),
            epoch.into_sql::<BigInt>(),
            change.cause.into_sql::<Text>(),
            millis(change.since).into_sql::<BigInt>(),
        ));
    let removed = removals
        .insert_into(membership_suggestions::table)
        .into_columns(COLUMNS)
        .execute(conn)?;
    Ok(added + removed)
}

type Columns = (
    membership_suggestions::group_id,
    membership_suggestions::user_id,
    membership_suggestions::op,
    membership_suggestions::epoch,
    membership_suggestions::cause,
    membership_suggestions::since,
);

const COLUMNS: Columns = (
    membership_suggestions::group_id,
    membership_suggestions::user_id,
    membership_suggestions::op,
    membership_suggestions::epoch,
    membership_suggestions::cause,
    membership_suggestions::since,
);

#[diesel::dsl::auto_type(no_type_alias)]
fn suggestion(group: GroupId) -> _ {
    let key: i64 = group.get();
    membership_suggestions::table.filter(membership_suggestions::group_id.eq(key))
}

/// The membership of the user of the suggestion in the outer query.
#[diesel::dsl::auto_type(no_type_alias)]
fn membership(group: GroupId) -> _ {
    let key: i64 = group.get();
    group_members::table
        .filter(group_members::user_id.eq(membership_suggestions::user_id))
        .filter(group_members::group_id.eq(key))
}
