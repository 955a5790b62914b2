//! The users that reach an application through a group, in alphabetical order (rule A46), with the
//! memberships that bind them. Whether they may open it is decided by `domain::app_access`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::domain::app_access::{AccessPaths, BoundMembership};
use crate::domain::ids::ConnectorId;
use crate::domain::text;
use crate::domain::user::User;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::paging::{Cursor, PageRequest};
use crate::store::schema::{accounts, app_groups, group_members, user_groups, users};
use crate::store::search::containing;
use crate::store::sign_on_view::{MembershipRow, membership_columns};
use crate::store::user_list::{self, UserQuery};

/// A user and the memberships in groups that are bound to the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundUser {
    pub user: User,
    pub memberships: AccessPaths,
}

/// How many there are; `q` is part of display name or username.
pub fn count(
    conn: &mut DbConnection,
    connector: ConnectorId,
    q: Option<&str>,
) -> Result<i64, StoreError> {
    Ok(bound(connector, q).count().get_result(conn)?)
}

/// One page, and where the next one begins.
pub fn list(
    conn: &mut DbConnection,
    (connector, q): (ConnectorId, Option<&str>),
    page: &PageRequest,
) -> Result<(Vec<BoundUser>, Option<Cursor>), StoreError> {
    let (users, next) = user_list::page_of(conn, bound(connector, q), page)?;
    let mut memberships = memberships(conn, connector, &users)?;
    let users = users.into_iter().map(|user| BoundUser {
        memberships: AccessPaths::new(memberships.remove(&user.id.get()).unwrap_or_default()),
        user,
    });
    Ok((users.collect(), next))
}

fn memberships(
    conn: &mut DbConnection,
    connector: ConnectorId,
    users: &[User],
) -> Result<BTreeMap<i64, Vec<BoundMembership>>, StoreError> {
    let keys: Vec<i64> = users.iter().map(|user| user.id.get()).collect();
    let rows: Vec<(i64, MembershipRow)> = group_members::table
        .inner_join(user_groups::table)
        .inner_join(app_groups::table.on(app_groups::group_id.eq(group_members::group_id)))
        .filter(group_members::user_id.eq_any(keys))
        .filter(app_groups::connector_id.eq(connector.get()))
        .select((group_members::user_id, membership_columns()))
        .load(conn)?;
    let mut found: BTreeMap<i64, Vec<BoundMembership>> = BTreeMap::new();
    for (user, row) in rows {
        found.entry(user).or_default().push(row.into_membership()?);
    }
    Ok(found)
}

fn bound(connector: ConnectorId, q: Option<&str>) -> UserQuery<'static> {
    let members = group_members::table
        .inner_join(app_groups::table.on(app_groups::group_id.eq(group_members::group_id)))
        .filter(app_groups::connector_id.eq(connector.get()))
        .select(group_members::user_id);
    let mut query = users::table
        .inner_join(accounts::table)
        .filter(users::id.eq_any(members))
        .into_boxed();
    if let Some(q) = q {
        // The key is made of display name and username.
        let pattern = containing(&text::fold(q));
        query = query.filter(users::sort_key.like(pattern).escape('\\'));
    }
    query
}
