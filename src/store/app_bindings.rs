//! Which groups are bound to which connectors: the only thing that opens an application (rule C1).

use diesel::prelude::*;

use crate::domain::connector::ConnectorStatus;
use crate::domain::ids::{ConnectorId, GroupId, PublicId};
use crate::domain::user_group::MembershipMethod;
use crate::store::columns::Place;
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::{app_groups, connectors, user_groups};

/// Binds a group to a connector; false: it was bound already.
pub fn bind(
    conn: &mut DbConnection,
    connector: ConnectorId,
    group: GroupId,
) -> Result<bool, StoreError> {
    let values = (
        app_groups::connector_id.eq(connector.get()),
        app_groups::group_id.eq(group.get()),
    );
    let inserted = on_either!(conn, |db| diesel::insert_into(app_groups::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(db))?;
    Ok(inserted == 1)
}

/// Takes a binding away; false: there was none.
pub fn unbind(
    conn: &mut DbConnection,
    connector: ConnectorId,
    group: GroupId,
) -> Result<bool, StoreError> {
    let row = app_groups::table.find((connector.get(), group.get()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// A group bound to a connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundGroup {
    pub id: GroupId,
    pub public_id: PublicId,
    pub name: String,
    pub method: MembershipMethod,
}

/// The groups bound to a connector, by name.
pub fn list_groups(
    conn: &mut DbConnection,
    connector: ConnectorId,
) -> Result<Vec<BoundGroup>, StoreError> {
    let rows: Vec<(i64, String, String, String)> = app_groups::table
        .inner_join(user_groups::table)
        .filter(app_groups::connector_id.eq(connector.get()))
        .order(user_groups::name_fold)
        .select((
            user_groups::id,
            user_groups::public_id,
            user_groups::name,
            user_groups::method,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, public_id, name, method)| {
            let place = Place::new("user_groups", &id);
            Ok(BoundGroup {
                id: GroupId::new(id),
                public_id: PublicId::new(public_id),
                name,
                method: place.read("method", MembershipMethod::parse(&method))?,
            })
        })
        .collect()
}

/// A connector that a group is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundConnector {
    pub id: ConnectorId,
    pub public_id: PublicId,
    pub name: String,
    pub slug: String,
    pub status: ConnectorStatus,
}

/// The connectors that a group is bound to, by name.
pub fn list_connectors(
    conn: &mut DbConnection,
    group: GroupId,
) -> Result<Vec<BoundConnector>, StoreError> {
    let rows: Vec<(i64, String, String, String, String)> = app_groups::table
        .inner_join(connectors::table)
        .filter(app_groups::group_id.eq(group.get()))
        .order((connectors::name_fold, connectors::id))
        .select((
            connectors::id,
            connectors::public_id,
            connectors::name,
            connectors::slug,
            connectors::status,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, public_id, name, slug, status)| {
            let place = Place::new("connectors", &id);
            Ok(BoundConnector {
                id: ConnectorId::new(id),
                public_id: PublicId::new(public_id),
                name,
                slug,
                status: place.read("status", ConnectorStatus::parse(&status))?,
            })
        })
        .collect()
}
