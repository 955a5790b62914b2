//! Memberships: rows are the truth, written in the transaction of their cause. Who has to be a
//! member is decided above.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{Eq, count_star};
use diesel::prelude::*;

use crate::domain::ids::{GroupId, PublicId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::user::UserState;
use crate::domain::user_group::MembershipMethod;
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::{group_members, user_groups, users};

/// One membership as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMembership {
    pub user: UserId,
    pub group: GroupId,
    pub source: MembershipSource,
    pub since: DateTime<Utc>,
    /// Public id of the audit event that causes it.
    pub cause: String,
}

/// The stored number of a source.
pub(in crate::store) const fn origin_of(source: MembershipSource) -> i16 {
    match source {
        MembershipSource::Direct => 0,
        MembershipSource::Rule => 1,
        MembershipSource::ManualInclude => 2,
    }
}

/// The source of a stored number.
pub(in crate::store) fn source_of(origin: i16, user: i64) -> Result<MembershipSource, StoreError> {
    MembershipSource::ALL
        .into_iter()
        .find(|source| origin_of(*source) == origin)
        .ok_or_else(|| StoreError::corrupt("group_members", "origin", &user))
}

/// Makes a user a member; false: is one already, and nothing about it was changed.
pub fn add(conn: &mut DbConnection, new: &NewMembership) -> Result<bool, StoreError> {
    let inserted = on_either!(conn, |db| diesel::insert_into(group_members::table)
        .values(row(new))
        .on_conflict_do_nothing()
        .execute(db))?;
    Ok(inserted == 1)
}

/// Makes all these memberships, of which none is there.
pub fn add_all(conn: &mut DbConnection, new: &[NewMembership]) -> Result<(), StoreError> {
    match conn {
        // Nothing costs nothing, and any number one round trip.
        DbConnection::Postgres(_) if new.is_empty() => {}
        DbConnection::Postgres(pg) => {
            let rows: Vec<MemberRow<'_>> = new.iter().map(row).collect();
            diesel::insert_into(group_members::table)
                .values(rows)
                .execute(pg)?;
        }
        // A statement over several rows can fail in the middle, so that SQLite would copy every page
        // before it writes there; one over a single row is known again, and copies nothing.
        DbConnection::Sqlite(lite) => {
            for one in new {
                diesel::insert_into(group_members::table)
                    .values(row(one))
                    .execute(lite)?;
            }
        }
    }
    Ok(())
}

type MemberRow<'a> = (
    Eq<group_members::user_id, i64>,
    Eq<group_members::group_id, i64>,
    Eq<group_members::origin, i16>,
    Eq<group_members::added_at, i64>,
    Eq<group_members::cause, &'a str>,
);

fn row(new: &NewMembership) -> MemberRow<'_> {
    (
        group_members::user_id.eq(new.user.get()),
        group_members::group_id.eq(new.group.get()),
        group_members::origin.eq(origin_of(new.source)),
        group_members::added_at.eq(millis(new.since)),
        group_members::cause.eq(new.cause.as_str()),
    )
}

/// Ends a membership; false: there was none.
pub fn remove(conn: &mut DbConnection, user: UserId, group: GroupId) -> Result<bool, StoreError> {
    let row = group_members::table.find((user.get(), group.get()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Changes why a membership exists; since when and by which event stay (rules A40, A51).
pub fn set_source(
    conn: &mut DbConnection,
    user: UserId,
    group: GroupId,
    source: MembershipSource,
) -> Result<bool, StoreError> {
    let changed = diesel::update(group_members::table.find((user.get(), group.get())))
        .set(group_members::origin.eq(origin_of(source)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The source of one membership; `None`: no member.
pub fn find(
    conn: &mut DbConnection,
    user: UserId,
    group: GroupId,
) -> Result<Option<MembershipSource>, StoreError> {
    let origin: Option<i16> = group_members::table
        .find((user.get(), group.get()))
        .select(group_members::origin)
        .get_result(conn)
        .optional()?;
    origin
        .map(|origin| source_of(origin, user.get()))
        .transpose()
}

/// All memberships of one user, ascending by group: what a user change is compared with.
pub fn of_user(
    conn: &mut DbConnection,
    user: UserId,
) -> Result<Vec<(GroupId, MembershipSource)>, StoreError> {
    let rows: Vec<(i64, i16)> = group_members::table
        .filter(group_members::user_id.eq(user.get()))
        .order(group_members::group_id)
        .select((group_members::group_id, group_members::origin))
        .load(conn)?;
    rows.into_iter()
        .map(|(group, origin)| Ok((GroupId::new(group), source_of(origin, user.get())?)))
        .collect()
}

/// Each user with a group and where the membership comes from.
pub type SourcesOfUsers = Vec<(UserId, (GroupId, MembershipSource))>;

/// The memberships of the users from `first` to `last`, ascending by user, then group.
pub fn of_users(
    conn: &mut DbConnection,
    (first, last): (UserId, UserId),
) -> Result<SourcesOfUsers, StoreError> {
    let rows: Vec<(i64, i64, i16)> = group_members::table
        .filter(group_members::user_id.between(first.get(), last.get()))
        .order((group_members::user_id, group_members::group_id))
        .select((
            group_members::user_id,
            group_members::group_id,
            group_members::origin,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(user, group, origin)| {
            let membership = (GroupId::new(group), source_of(origin, user)?);
            Ok((UserId::new(user), membership))
        })
        .collect()
}

/// All memberships of one group, ascending by user.
pub fn of_group(
    conn: &mut DbConnection,
    group: GroupId,
) -> Result<Vec<(UserId, MembershipSource)>, StoreError> {
    let rows: Vec<(i64, i16)> = group_members::table
        .filter(group_members::group_id.eq(group.get()))
        .order(group_members::user_id)
        .select((group_members::user_id, group_members::origin))
        .load(conn)?;
    rows.into_iter()
        .map(|(user, origin)| Ok((UserId::new(user), source_of(origin, user)?)))
        .collect()
}

/// How many members a group has.
pub fn count(conn: &mut DbConnection, group: GroupId) -> Result<i64, StoreError> {
    Ok(group_members::table
        .filter(group_members::group_id.eq(group.get()))
        .count()
        .get_result(conn)?)
}

/// How many members each of these groups has; a group without any is left out.
pub fn count_of_groups(
    conn: &mut DbConnection,
    groups: &[GroupId],
) -> Result<BTreeMap<GroupId, i64>, StoreError> {
    let keys: Vec<i64> = groups.iter().map(|group| group.get()).collect();
    let rows: Vec<(i64, i64)> = group_members::table
        .filter(group_members::group_id.eq_any(keys))
        .group_by(group_members::group_id)
        .select((group_members::group_id, count_star()))
        .load(conn)?;
    Ok(counted(rows))
}

/// Counts by the key of a group.
pub(in crate::store) fn counted(rows: Vec<(i64, i64)>) -> BTreeMap<GroupId, i64> {
    rows.into_iter()
        .map(|(group, count)| (GroupId::new(group), count))
        .collect()
}

/// How many active users are in one of `groups` and in none of `others`: whom a binding opens an
/// application for, or whom the end of one closes it to.
pub fn count_active_beyond(
    conn: &mut DbConnection,
    groups: &[GroupId],
    others: &[GroupId],
) -> Result<i64, StoreError> {
    let members = |groups: &[GroupId]| {
        let keys: Vec<i64> = groups.iter().map(|group| group.get()).collect();
        group_members::table
            .filter(group_members::group_id.eq_any(keys))
            .select(group_members::user_id)
    };
    Ok(users::table
        .filter(users::user_state.eq(UserState::Activated.as_str()))
        .filter(users::id.eq_any(members(groups)))
        .filter(users::id.ne_all(members(others)))
        .count()
        .get_result(conn)?)
}

/// A group as one of its members sees it (rule A10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOfUser {
    pub group: GroupId,
    pub group_public_id: PublicId,
    pub group_name: String,
    pub method: MembershipMethod,
    pub source: MembershipSource,
    pub since: DateTime<Utc>,
    /// Public id of the audit event that caused it.
    pub cause: String,
}

/// The groups of a user by name.
pub fn list_groups_of(
    conn: &mut DbConnection,
    user: UserId,
) -> Result<Vec<GroupOfUser>, StoreError> {
    let rows: Vec<(i64, String, String, String, i16, i64, String)> = group_members::table
        .inner_join(user_groups::table)
        .filter(group_members::user_id.eq(user.get()))
        .order(user_groups::name_fold)
        .select((
            user_groups::id,
            user_groups::public_id,
            user_groups::name,
            user_groups::method,
            group_members::origin,
            group_members::added_at,
            group_members::cause,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, public_id, name, method, origin, added_at, cause)| {
            let place = Place::new("group_members", &id);
            Ok(GroupOfUser {
                group: GroupId::new(id),
                group_public_id: PublicId::new(public_id),
                group_name: name,
                method: place.read("method", MembershipMethod::parse(&method))?,
                source: source_of(origin, user.get())?,
                since: place.instant("added_at", added_at)?,
                cause,
            })
        })
        .collect()
}
