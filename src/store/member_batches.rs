//! Membership and suggestion rows of many listed users of one group, for a change whose difference
//! was computed ahead. Users that were deleted meanwhile are passed over. Call with the gate held
//! alone.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Text};

use crate::domain::ids::{GroupId, UserId};
use crate::domain::membership::MembershipSource;
use crate::store::columns::millis;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::memberships::{NewMembership, origin_of, source_of};
use crate::store::rule_members::member;
use crate::store::schema::{group_members, membership_suggestions, users};
use crate::store::suggestions::NewSuggestion;

/// Keys in one statement; SQLite's limit is 32,766 parameters.
const AT_ONCE: usize = 10_000;

/// Makes all of `listed` members as `like` says, whose user is not read. Returns how many were not
/// yet.
pub fn add(
    conn: &mut DbConnection,
    like: &NewMembership,
    listed: &[UserId],
) -> Result<usize, StoreError> {
    let mut added = 0;
    for keys in chunks(listed) {
        let joining = users::table
            .filter(users::id.eq_any(keys))
            .filter(not(exists(member(like.group))))
            .select((
                users::id,
                like.group.get().into_sql::<BigInt>(),
                origin_of(like.source).into_sql::<SmallInt>(),
                millis(like.since).into_sql::<BigInt>(),
                like.cause.as_str().into_sql::<Text>(),
            ));
        added += joining
            .insert_into(group_members::table)
            .into_columns((
                group_members::user_id,
                group_members::group_id,
                group_members::origin,
                group_members::added_at,
                group_members::cause,
            ))
            .execute(conn)?;
    }
    Ok(added)
}

/// Ends the memberships of all of `listed`. Returns how many there were.
pub fn remove(
    conn: &mut DbConnection,
    group: GroupId,
    listed: &[UserId],
) -> Result<usize, StoreError> {
    let mut removed = 0;
    for keys in chunks(listed) {
        let members = group_members::table
            .filter(group_members::group_id.eq(group.get()))
            .filter(group_members::user_id.eq_any(keys));
        removed += diesel::delete(members).execute(conn)?;
    }
    Ok(removed)
}

/// Gives the memberships of all of `listed` another source.
pub fn set_source(
    conn: &mut DbConnection,
    (group, source): (GroupId, MembershipSource),
    listed: &[UserId],
) -> Result<(), StoreError> {
    for keys in chunks(listed) {
        let members = group_members::table
            .filter(group_members::group_id.eq(group.get()))
            .filter(group_members::user_id.eq_any(keys));
        diesel::update(members)
            .set(group_members::origin.eq(origin_of(source)))
            .execute(conn)?;
    }
    Ok(())
}

/// The memberships of a group among the users from `first` to `last`, ascending.
pub fn among(
    conn: &mut DbConnection,
    group: GroupId,
    (first, last): (UserId, UserId),
) -> Result<Vec<(UserId, MembershipSource)>, StoreError> {
    let rows: Vec<(i64, i16)> = group_members::table
        .filter(group_members::group_id.eq(group.get()))
        .filter(group_members::user_id.between(first.get(), last.get()))
        .order(group_members::user_id)
        .select((group_members::user_id, group_members::origin))
        .load(conn)?;
    rows.into_iter()
        .map(|(user, origin)| Ok((UserId::new(user), source_of(origin, user)?)))
        .collect()
}

/// Suggests the same about all of `listed`, as `like` says, whose user is not read. Returns how
/// many were inserted.
pub fn suggest(
    conn: &mut DbConnection,
    like: &NewSuggestion,
    listed: &[UserId],
) -> Result<usize, StoreError> {
    let mut suggested = 0;
    for keys in chunks(listed) {
        let rows = users::table.filter(users::id.eq_any(keys)).select((
            like.group.get().into_sql::<BigInt>(),
            users::id,
            like.op.as_str().into_sql::<Text>(),
            like.epoch.into_sql::<BigInt>(),
            like.cause.as_str().into_sql::<Text>(),
            millis(like.since).into_sql::<BigInt>(),
        ));
        suggested += rows
            .insert_into(membership_suggestions::table)
            .into_columns((
                membership_suggestions::group_id,
                membership_suggestions::user_id,
                membership_suggestions::op,
                membership_suggestions::epoch,
                membership_suggestions::cause,
                membership_suggestions::since,
            ))
            .execute(conn)?;
    }
    Ok(suggested)
}

/// Deletes the suggestions about all of `listed`; the others get the rule's new epoch.
pub fn withdraw(
    conn: &mut DbConnection,
    (group, epoch): (GroupId, i64),
    listed: &[UserId],
) -> Result<(), StoreError> {
    let of_group =
        membership_suggestions::table.filter(membership_suggestions::group_id.eq(group.get()));
    for keys in chunks(listed) {
        diesel::delete(of_group.filter(membership_suggestions::user_id.eq_any(keys)))
            .execute(conn)?;
    }
    diesel::update(of_group)
        .set(membership_suggestions::epoch.eq(epoch))
        .execute(conn)?;
    Ok(())
}

fn chunks(listed: &[UserId]) -> impl Iterator<Item = Vec<i64>> {
    listed
        .chunks(AT_ONCE)
        .map(|some| some.iter().map(|user| user.get()).collect())
}
