//! Persistent NameIDs: one per user and connector, kept once made (SAML Core 8.3.7: pairwise and
//! opaque). The value is made by the caller; the first one stored wins.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::{ConnectorId, UserId};
use crate::store::columns::millis;
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::persistent_name_ids;

/// The stored value; `None`: none was made yet.
pub fn find(
    conn: &mut DbConnection,
    user: UserId,
    connector: ConnectorId,
) -> Result<Option<String>, StoreError> {
    Ok(persistent_name_ids::table
        .find((user.get(), connector.get()))
        .select(persistent_name_ids::value)
        .get_result(conn)
        .optional()?)
}

/// A value for a user at a connector, proposed.
#[derive(Debug, Clone, Copy)]
pub struct ProposedNameId<'a> {
    pub user: UserId,
    pub connector: ConnectorId,
    pub value: &'a str,
    pub now: DateTime<Utc>,
}

/// Stores the proposed value unless there is one, and returns the one that holds.
pub fn keep(conn: &mut DbConnection, proposed: ProposedNameId<'_>) -> Result<String, StoreError> {
    use persistent_name_ids::{connector_id, created_at, table, user_id, value};
    let values = (
        user_id.eq(proposed.user.get()),
        connector_id.eq(proposed.connector.get()),
        value.eq(proposed.value),
        created_at.eq(millis(proposed.now)),
    );
    on_either!(conn, |db| diesel::insert_into(table)
        .values(values)
        .on_conflict((user_id, connector_id))
        .do_nothing()
        .execute(db))?;
    let held = table
        .find((proposed.user.get(), proposed.connector.get()))
        .select(value)
        .get_result(conn)?;
    Ok(held)
}

/// All values of a user.
pub fn list_of_user(conn: &mut DbConnection, user: UserId) -> Result<Vec<String>, StoreError> {
    Ok(persistent_name_ids::table
        .filter(persistent_name_ids::user_id.eq(user.get()))
        .select(persistent_name_ids::value)
        .load(conn)?)
}

/// The user that a connector knows by this value.
pub fn find_user(
    conn: &mut DbConnection,
    connector: ConnectorId,
    value: &str,
) -> Result<Option<UserId>, StoreError> {
    let user: Option<i64> = persistent_name_ids::table
        .filter(persistent_name_ids::connector_id.eq(connector.get()))
        .filter(persistent_name_ids::value.eq(value))
        .select(persistent_name_ids::user_id)
        .get_result(conn)
        .optional()?;
    Ok(user.map(UserId::new))
}
