//! The members of a group as a list for people: in alphabetical order (rule A46), page by page,
//! with source, since when and by which event (rule A10).

use chrono::{DateTime, Utc};
use diesel::dsl::{Escape, InnerJoin, IntoBoxed, Like, Or, exists};
use diesel::prelude::*;

use crate::domain::ids::{GroupId, PublicId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::text;
use crate::store::columns::Place;
use crate::store::connection::{DbConnection, MultiBackend};
use crate::store::error::StoreError;
use crate::store::memberships::{self, source_of};
use crate::store::paging::{Cursor, Page, PageRequest};
use crate::store::rule_members::member;
use crate::store::schema::{accounts, group_members, users};
use crate::store::search::containing;

/// Members of a group that are not sorted for each page.
const MANY: i64 = 2_000;

/// One member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub user: UserId,
    pub user_public_id: PublicId,
    pub username: String,
    pub display_name: String,
    pub source: MembershipSource,
    pub since: DateTime<Utc>,
    /// Public id of the audit event that caused it; `audit_events::find_all` tells what it was.
    pub cause: String,
}

#[derive(Queryable)]
struct MemberRow {
    user: i64,
    public_id: String,
    username: String,
    display_name: String,
    sort_key: String,
    origin: i16,
    added_at: i64,
    cause: String,
}

type Joined = InnerJoin<group_members::table, InnerJoin<users::table, accounts::table>>;
type Query<'a> = IntoBoxed<'a, Joined, MultiBackend>;

/// One page of a group's members by display name, then username; `q` is part of either or of the
/// e-mail address.
pub fn list(
    conn: &mut DbConnection,
    group: GroupId,
    q: Option<&str>,
    page: &PageRequest,
) -> Result<Page<Member>, StoreError> {
    list_with(conn, group, (q, page), MANY)
}

/// The same, with another number of members that are many: what is answered does not depend on it.
pub fn list_with(
    conn: &mut DbConnection,
    group: GroupId,
    (q, page): (Option<&str>, &PageRequest),
    many: i64,
) -> Result<Page<Member>, StoreError> {
    let total = match q {
        None => memberships::count(conn, group)?,
        Some(_) => filtered(group, q).count().get_result(conn)?,
    };
    let mut query = filtered(group, q);
    if total > many {
        // Members this many are met soon on the way through all users in alphabetical order, which is
        // the order of an index; the others would have to be sorted anew for each page.
        let keys = keys_in_order(conn, group, (q, page))?;
        query = query.filter(users::id.eq_any(keys));
    } else if let Some(after) = &page.after {
        query = query.filter(behind(after));
    }
    let rows: Vec<MemberRow> = query
        .order((users::sort_key, users::id))
        .limit(page.rows_to_load())
        .select((
            users::id,
            accounts::public_id,
            accounts::username,
            users::display_name,
            users::sort_key,
            group_members::origin,
            group_members::added_at,
            group_members::cause,
        ))
        .load(conn)?;
    page.cut(rows, total, |row| Cursor {
        sort: row.sort_key.clone(),
        id: row.user,
    })
    .try_map(MemberRow::into_member)
}

/// The users of a page of a large group.
fn keys_in_order(
    conn: &mut DbConnection,
    group: GroupId,
    (q, page): (Option<&str>, &PageRequest),
) -> Result<Vec<i64>, StoreError> {
    let mut query = users::table
        .into_boxed()
        .filter(exists(member(group)))
        .order((users::sort_key, users::id))
        .limit(page.rows_to_load());
    if let Some(q) = q {
        query = query.filter(is_found(q));
    }
    if let Some(after) = &page.after {
        // Implied by the other condition; the one that the index can begin at.
        query = query
            .filter(users::sort_key.ge(after.sort.clone()))
            .filter(behind(after));
    }
    Ok(query.select(users::id).load(conn)?)
}

fn filtered(group: GroupId, q: Option<&str>) -> Query<'static> {
    let mut query = group_members::table
        .inner_join(users::table.inner_join(accounts::table))
        .into_boxed()
        .filter(group_members::group_id.eq(group.get()));
    if let Some(q) = q {
        query = query.filter(is_found(q));
    }
    query
}

#[diesel::dsl::auto_type(no_type_alias)]
fn behind(after: &Cursor) -> _ {
    let (sort, id): (String, i64) = (after.sort.clone(), after.id);
    let same: String = after.sort.clone();
    users::sort_key
        .gt(sort)
        .or(users::sort_key.eq(same).and(users::id.gt(id)))
}

type Contains<C> = Escape<Like<C, String>>;

fn is_found(q: &str) -> Or<Contains<users::sort_key>, Contains<users::email_fold>> {
    let pattern = containing(&text::fold(q));
    users::sort_key
        .like(pattern.clone())
        .escape('\\')
        .or(users::email_fold.like(pattern).escape('\\'))
}

impl MemberRow {
    fn into_member(self) -> Result<Member, StoreError> {
        let place = Place::new("group_members", &self.user);
        Ok(Member {
            user: UserId::new(self.user),
            user_public_id: PublicId::new(self.public_id),
            username: self.username,
            display_name: self.display_name,
            source: source_of(self.origin, self.user)?,
            since: place.instant("added_at", self.added_at)?,
            cause: self.cause,
        })
    }
}
