//! What one sign-on has to know, read at the caller's snapshot in four statements that stay
//! prepared, whatever the connector maps: the user, the connector, the memberships that bind them,
//! the attributes of those groups and of the user, and with them whether any group asks for a second
//! factor. It decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::domain::app_access::{AccessPaths, BoundMembership};
use crate::domain::attribute_mapping::AttributeMapping;
use crate::domain::connector::Connector;
use crate::domain::custom_attribute::{CustomAttribute, GroupAttribute};
use crate::domain::ids::{ConnectorId, GroupId, PublicId, UserId};
use crate::domain::sign_on::SignOnView;
use crate::domain::user::User;
use crate::domain::user_group::MembershipMethod;
use crate::store::columns::Place;
use crate::store::connection::{DbConnection, on_either};
use crate::store::connectors::{self as connector_rows, ConnectorRow};
use crate::store::custom_attributes::read as read_attribute;
use crate::store::error::StoreError;
use crate::store::memberships::source_of;
use crate::store::schema::{
    app_groups, connectors, group_attributes, group_members, user_attributes, user_groups,
};
use crate::store::users as user_rows;

/// Loads the view; `None`: the user or the connector does not exist. The connector comes without
/// its metadata document.
pub fn load(
    conn: &mut DbConnection,
    user: UserId,
    connector: ConnectorId,
) -> Result<Option<SignOnView>, StoreError> {
    let Some(user) = user_rows::find(conn, user)? else {
        return Ok(None);
    };
    let Some(connector) = connector_rows::find(conn, connector)? else {
        return Ok(None);
    };
    load_with(conn, user, connector).map(Some)
}

/// The view of a user and a connector that are at hand; the connector may be an unsaved draft of
/// the stored one, whose bindings count.
pub fn load_with(
    conn: &mut DbConnection,
    user: User,
    connector: Connector,
) -> Result<SignOnView, StoreError> {
    let names = mapped_names(&connector);
    let (memberships, group_attributes, group_asks_for_mfa) =
        bound_memberships(conn, (user.id, connector.id), &names)?;
    let user_attributes = if names.is_empty() {
        Vec::new()
    } else {
        attributes_of_user(conn, user.id, &names)?
    };
    Ok(SignOnView {
        user,
        connector,
        memberships: AccessPaths::new(memberships),
        group_asks_for_mfa,
        group_attributes,
        user_attributes,
    })
}

/// A connector that a user reaches through at least one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachableConnector {
    /// Without its metadata document.
    pub connector: Connector,
    pub memberships: AccessPaths,
}

/// Every connector that a group of the user is bound to, by name, active or not; whether it may be
/// opened is decided by `domain::app_access`.
pub fn load_all_for_user(
    conn: &mut DbConnection,
    user: UserId,
) -> Result<Vec<ReachableConnector>, StoreError> {
    let rows: Vec<(i64, MembershipRow)> = group_members::table
        .inner_join(user_groups::table)
        .inner_join(app_groups::table.on(app_groups::group_id.eq(group_members::group_id)))
        .filter(group_members::user_id.eq(user.get()))
        .select((app_groups::connector_id, membership_columns()))
        .load(conn)?;
    let mut memberships: BTreeMap<i64, Vec<BoundMembership>> = BTreeMap::new();
    for (connector, row) in rows {
        memberships
            .entry(connector)
            .or_default()
            .push(row.into_membership()?);
    }
    let keys: Vec<i64> = memberships.keys().copied().collect();
    let rows: Vec<ConnectorRow> = connectors::table
        .filter(connectors::id.eq_any(keys))
        .order((connectors::name_fold, connectors::id))
        .select(ConnectorRow::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(|row| {
            let memberships = memberships.remove(&row.id).unwrap_or_default();
            Ok(ReachableConnector {
                connector: row.into_connector(None)?,
                memberships: AccessPaths::new(memberships),
            })
        })
        .collect()
}

/// A membership that opens something, as stored.
#[derive(Queryable)]
pub(in crate::store) struct MembershipRow {
    group: i64,
    public_id: String,
    name: String,
    origin: i16,
    added_at: i64,
}

pub(in crate::store) type MembershipColumns = (
    user_groups::id,
    user_groups::public_id,
    user_groups::name,
    group_members::origin,
    group_members::added_at,
);

pub(in crate::store) const fn membership_columns() -> MembershipColumns {
    (
        user_groups::id,
        user_groups::public_id,
        user_groups::name,
        group_members::origin,
        group_members::added_at,
    )
}

impl MembershipRow {
    pub(in crate::store) fn into_membership(self) -> Result<BoundMembership, StoreError> {
        let since = Place::new("group_members", &self.group).instant("added_at", self.added_at)?;
        Ok(BoundMembership {
            group: GroupId::new(self.group),
            group_public_id: PublicId::new(self.public_id),
            group_name: self.name,
            source: source_of(self.origin, self.group)?,
            since,
        })
    }
}

/// A group's attribute, as stored, with the group's method: most groups have none, and a row
/// without one stops at its first column.
type AttributeColumns = (i64, String, String, String, String);

/// Rule B4: dynamic groups give no attributes.
fn is_dynamic(method: &str, group: i64) -> Result<bool, StoreError> {
    MembershipMethod::parse(method)
        .map(MembershipMethod::is_dynamic)
        .ok_or_else(|| StoreError::corrupt("user_groups", "method", &group))
}

/// Memberships and the attributes that come with them, in one pass over the user's groups. Names
/// are picked here and not in SQL: a list of names would make another statement for each connector.
fn bound_memberships(
    conn: &mut DbConnection,
    (user, connector): (UserId, ConnectorId),
    names: &BTreeSet<&str>,
) -> Result<(Vec<BoundMembership>, Vec<GroupAttribute>, bool), StoreError> {
    // Of all groups, bound or not; the same for every row, so it is worked out once.
    let (held, groups) = diesel::alias!(group_members as held, user_groups as groups);
    let asking = held
        .inner_join(
            groups.on(groups
                .field(user_groups::id)
                .eq(held.field(group_members::group_id))),
        )
        .filter(held.field(group_members::user_id).eq(user.get()))
        .filter(groups.field(user_groups::require_mfa));
    let query = group_members::table
        .inner_join(user_groups::table)
        .inner_join(app_groups::table.on(app_groups::group_id.eq(group_members::group_id)))
        .left_join(
            group_attributes::table.on(group_attributes::group_id.eq(group_members::group_id)),
        )
        .filter(group_members::user_id.eq(user.get()))
        .filter(app_groups::connector_id.eq(connector.get()))
        // The order of the key, so that it costs nothing and a group's rows are neighbours.
        .order(group_members::group_id)
        .select((
            membership_columns(),
            (
                group_attributes::added_seq,
                group_attributes::name,
                group_attributes::kind,
                group_attributes::value,
                user_groups::method,
            )
                .nullable(),
            exists(asking),
        ));
    let rows: Vec<(MembershipRow, Option<AttributeColumns>, bool)> =
        on_either!(conn, |db| query.load(db))?;
    let asks_for_mfa = rows.first().is_some_and(|(_, _, asks)| *asks);
    let mut memberships: Vec<BoundMembership> = Vec::new();
    let mut attributes = Vec::new();
    for (row, attribute, _) in rows {
        if let Some((added_seq, name, kind, value, method)) = attribute
            && names.contains(name.as_str())
        {
            attributes.push(GroupAttribute {
                group: GroupId::new(row.group),
                group_public_id: PublicId::new(row.public_id.as_str()),
                group_name: row.name.clone(),
                group_is_dynamic: is_dynamic(&method, row.group)?,
                added_seq,
                attribute: read_attribute("group_attributes", &name, &kind, &value)?,
            });
        }
        let is_known = memberships
            .last()
            .is_some_and(|last| last.group.get() == row.group);
        if !is_known {
            memberships.push(row.into_membership()?);
        }
    }
    Ok((memberships, attributes, asks_for_mfa))
}

/// The attribute names that the connector's mappings and its NameID ask for.
fn mapped_names(connector: &Connector) -> BTreeSet<&str> {
    let settings = &connector.settings;
    let mappings = settings.mappings.iter();
    mappings
        .flat_map(AttributeMapping::attribute_names)
        .chain(settings.name_id.source.attribute_name())
        .collect()
}

fn attributes_of_user(
    conn: &mut DbConnection,
    user: UserId,
    names: &BTreeSet<&str>,
) -> Result<Vec<CustomAttribute>, StoreError> {
    let query = user_attributes::table
        .filter(user_attributes::user_id.eq(user.get()))
        .select((
            user_attributes::name,
            user_attributes::kind,
            user_attributes::value,
        ));
    let rows: Vec<(String, String, String)> = on_either!(conn, |db| query.load(db))?;
    rows.iter()
        .filter(|(name, _, _)| names.contains(name.as_str()))
        .map(|(name, kind, value)| read_attribute("user_attributes", name, kind, value))
        .collect()
}
