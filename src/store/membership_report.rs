//! All memberships as one list (rule A10), page by page in the order of group and user, which is the
//! order of an index, so that the last page costs what the first does.

use chrono::{DateTime, Utc};
use diesel::dsl::{InnerJoin, IntoBoxed};
use diesel::prelude::*;

use crate::domain::ids::{GroupId, PublicId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::text;
use crate::domain::user_group::MembershipMethod;
use crate::store::columns::Place;
use crate::store::connection::{DbConnection, MultiBackend};
use crate::store::error::StoreError;
use crate::store::memberships::{origin_of, source_of};
use crate::store::paging::Cursor;
use crate::store::schema::{accounts, group_members, user_groups, users};
use crate::store::search::containing;

/// Which memberships; everything given must hold.
#[derive(Debug, Clone, Default)]
pub struct MembershipFilter {
    /// Public id of the group, or its name ignoring case.
    pub group: Option<String>,
    /// Public id of the user, or the username ignoring case.
    pub user: Option<String>,
    pub method: Option<MembershipMethod>,
    pub source: Option<MembershipSource>,
    /// Part of the group's name, the display name or the username, ignoring case.
    pub q: Option<String>,
}

/// One membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedMembership {
    pub group: PublicId,
    pub group_name: String,
    pub method: MembershipMethod,
    pub user: PublicId,
    pub username: String,
    pub display_name: String,
    pub source: MembershipSource,
    pub since: DateTime<Utc>,
    /// Public id of the audit event that caused it.
    pub cause: String,
    pub group_key: GroupId,
    pub user_key: UserId,
}

impl ReportedMembership {
    /// Its place in the list.
    pub fn place(&self) -> Cursor {
        Cursor {
            sort: self.group_key.get().to_string(),
            id: self.user_key.get(),
        }
    }
}

#[derive(Queryable)]
struct Row {
    group_key: i64,
    group: String,
    group_name: String,
    method: String,
    user_key: i64,
    user: String,
    username: String,
    display_name: String,
    origin: i16,
    added_at: i64,
    cause: String,
}

impl Row {
    fn into_membership(self) -> Result<ReportedMembership, StoreError> {
        let method = Place::new("user_groups", &self.group_key)
            .read("method", MembershipMethod::parse(&self.method))?;
        let since =
            Place::new("group_members", &self.user_key).instant("added_at", self.added_at)?;
        Ok(ReportedMembership {
            method,
            since,
            source: source_of(self.origin, self.user_key)?,
            group: PublicId::new(self.group),
            group_name: self.group_name,
            user: PublicId::new(self.user),
            username: self.username,
            display_name: self.display_name,
            cause: self.cause,
            group_key: GroupId::new(self.group_key),
            user_key: UserId::new(self.user_key),
        })
    }
}

type Joined = InnerJoin<
    InnerJoin<group_members::table, user_groups::table>,
    InnerJoin<users::table, accounts::table>,
>;
type Query<'a> = IntoBoxed<'a, Joined, MultiBackend>;

/// At most `limit` memberships behind `after`. A cursor of another list finds nothing.
pub fn list(
    conn: &mut DbConnection,
    filter: &MembershipFilter,
    (after, limit): (Option<&Cursor>, u32),
) -> Result<Vec<ReportedMembership>, StoreError> {
    let limit = i64::from(limit);
    let Some(after) = after else {
        return load(conn, filtered(filter), limit);
    };
    let Ok(group) = after.sort.parse::<i64>() else {
        return Ok(Vec::new());
    };
    // Two questions that an index answers, where one with "or" would read from the beginning.
    let rest_of_group = filtered(filter)
        .filter(group_members::group_id.eq(group))
        .filter(group_members::user_id.gt(after.id));
    let mut found = load(conn, rest_of_group, limit)?;
    let missing = limit - i64::try_from(found.len()).unwrap_or(limit);
    if missing > 0 {
        let later = filtered(filter).filter(group_members::group_id.gt(group));
        found.extend(load(conn, later, missing)?);
    }
    Ok(found)
}

/// How many there are.
pub fn count(conn: &mut DbConnection, filter: &MembershipFilter) -> Result<i64, StoreError> {
    Ok(filtered(filter).count().get_result(conn)?)
}

fn load(
    conn: &mut DbConnection,
    query: Query<'_>,
    limit: i64,
) -> Result<Vec<ReportedMembership>, StoreError> {
    let rows: Vec<Row> = query
        .order((group_members::group_id, group_members::user_id))
        .limit(limit)
        .select((
            user_groups::id,
            user_groups::public_id,
            user_groups::name,
            user_groups::method,
            users::id,
            accounts::public_id,
            accounts::username,
            users::display_name,
            group_members::origin,
            group_members::added_at,
            group_members::cause,
        ))
        .load(conn)?;
    rows.into_iter().map(Row::into_membership).collect()
}

fn filtered(filter: &MembershipFilter) -> Query<'_> {
    let mut query = group_members::table
        .inner_join(user_groups::table)
        .inner_join(users::table.inner_join(accounts::table))
        .into_boxed();
    if let Some(group) = &filter.group {
        let is_it = user_groups::public_id
            .eq(group)
            .or(user_groups::name_fold.eq(text::fold(group)));
        query = query.filter(is_it);
    }
    if let Some(user) = &filter.user {
        let is_it = accounts::public_id
            .eq(user)
            .or(accounts::username_fold.eq(text::fold(user)));
        query = query.filter(is_it);
    }
    if let Some(method) = filter.method {
        query = query.filter(user_groups::method.eq(method.as_str()));
    }
    if let Some(source) = filter.source {
        query = query.filter(group_members::origin.eq(origin_of(source)));
    }
    if let Some(q) = &filter.q {
        let pattern = containing(&text::fold(q));
        query = query.filter(
            user_groups::name_fold
                .like(pattern.clone())
                .escape('\\')
                .or(users::sort_key.like(pattern).escape('\\')),
        );
    }
    query
}
