//! Which kinds of things there are at all: what an installation that has just begun still lacks.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::{app_groups, connectors, group_members, user_groups, users};

/// Whether there is at least one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Beginnings {
    pub user: bool,
    pub group: bool,
    pub connector: bool,
    /// A group bound to a connector.
    pub binding: bool,
    /// A user in a group.
    pub member: bool,
}

/// Looks, without counting.
pub fn find(conn: &mut DbConnection) -> Result<Beginnings, StoreError> {
    let each = (
        exists(users::table.select(users::id)),
        exists(user_groups::table.select(user_groups::id)),
        exists(connectors::table.select(connectors::id)),
        exists(app_groups::table.select(app_groups::group_id)),
        exists(group_members::table.select(group_members::group_id)),
    );
    Ok(diesel::select(each).get_result(conn)?)
}
