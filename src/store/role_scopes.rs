//! The user groups that administrators and API tokens are limited to (rule C5). Whether something may be
//! done is decided elsewhere.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::domain::ids::{AdminId, ApiTokenId, GroupId, PublicId};
use crate::domain::role_scope::{RoleScope, ScopedGroup};
use crate::store::api_tokens::ApiToken;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::{
    accounts, administrator_scopes, administrators, api_token_scopes, group_members, user_groups,
};

type GroupRow = (i64, String, String);

/// The scope of an administrator.
pub fn of_administrator(conn: &mut DbConnection, id: AdminId) -> Result<RoleScope, StoreError> {
    let is_limited: bool = administrators::table
        .find(id.get())
        .select(administrators::is_scoped)
        .get_result(conn)?;
    if !is_limited {
        return Ok(RoleScope::Everywhere);
    }
    let rows: Vec<GroupRow> = administrator_scopes::table
        .inner_join(user_groups::table)
        .filter(administrator_scopes::administrator_id.eq(id.get()))
        .order(user_groups::name_fold)
        .select((user_groups::id, user_groups::public_id, user_groups::name))
        .load(conn)?;
    Ok(limited_to(rows))
}

/// The scope of an API token.
pub fn of_token(conn: &mut DbConnection, token: &ApiToken) -> Result<RoleScope, StoreError> {
    if !token.is_limited {
        return Ok(RoleScope::Everywhere);
    }
    let rows: Vec<GroupRow> = api_token_scopes::table
        .inner_join(user_groups::table)
        .filter(api_token_scopes::token_id.eq(token.id.get()))
        .order(user_groups::name_fold)
        .select((user_groups::id, user_groups::public_id, user_groups::name))
        .load(conn)?;
    Ok(limited_to(rows))
}

fn limited_to(rows: Vec<GroupRow>) -> RoleScope {
    let groups = rows.into_iter().map(|(id, public_id, name)| ScopedGroup {
        id: GroupId::new(id),
        public_id: PublicId::new(public_id),
        name,
    });
    RoleScope::Groups(groups.collect())
}

/// Sets the scope of an administrator.
pub fn set_of_administrator(
    conn: &mut DbConnection,
    id: AdminId,
    scope: &RoleScope,
) -> Result<(), StoreError> {
    diesel::update(administrators::table.find(id.get()))
        .set((
            administrators::is_scoped.eq(scope.is_limited()),
            administrators::version.eq(administrators::version + 1),
        ))
        .execute(conn)?;
    let rows =
        administrator_scopes::table.filter(administrator_scopes::administrator_id.eq(id.get()));
    diesel::delete(rows).execute(conn)?;
    for group in scope.groups() {
        diesel::insert_into(administrator_scopes::table)
            .values((
                administrator_scopes::administrator_id.eq(id.get()),
                administrator_scopes::group_id.eq(group.id.get()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Writes the groups of a token that was just made.
pub fn insert_of_token(
    conn: &mut DbConnection,
    id: ApiTokenId,
    scope: &RoleScope,
) -> Result<(), StoreError> {
    for group in scope.groups() {
        diesel::insert_into(api_token_scopes::table)
            .values((
                api_token_scopes::token_id.eq(id.get()),
                api_token_scopes::group_id.eq(group.id.get()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether a user is a member of one of these groups.
pub fn has_member(
    conn: &mut DbConnection,
    scope: &RoleScope,
    user: &PublicId,
) -> Result<bool, StoreError> {
    let keys: Vec<i64> = scope.groups().iter().map(|group| group.id.get()).collect();
    let members = group_members::table
        .inner_join(accounts::table.on(accounts::id.eq(group_members::user_id)))
        .filter(accounts::public_id.eq(user.as_str()))
        .filter(group_members::group_id.eq_any(keys));
    Ok(diesel::select(exists(members)).get_result(conn)?)
}
