//! Custom attributes of users and of groups. A group's attribute takes its place in the order of
//! rule B8 when it is first saved and keeps it until it is deleted, whatever is edited.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::domain::custom_attribute::{
    AttributeName, CustomAttribute, CustomAttributeValue, GroupAttribute,
};
use crate::domain::ids::{ConnectorId, GroupId, PublicId, UserId};
use crate::domain::user_group::MembershipMethod;
use crate::store::connection::DbConnection;
use crate::store::epochs;
use crate::store::error::StoreError;
use crate::store::schema::{app_groups, group_attributes, user_attributes, user_groups};

/// Reads a stored attribute.
pub(in crate::store) fn read(
    table: &'static str,
    name: &str,
    kind: &str,
    value: &str,
) -> Result<CustomAttribute, StoreError> {
    let name =
        AttributeName::parse(name).map_err(|_why| StoreError::corrupt(table, "name", name))?;
    let value = CustomAttributeValue::from_stored(kind, value)
        .map_err(|_why| StoreError::corrupt(table, "value", &name))?;
    Ok(CustomAttribute { name, value })
}

/// A user's own attributes in the order they were given.
pub fn list_of_user(
    conn: &mut DbConnection,
    user: UserId,
) -> Result<Vec<CustomAttribute>, StoreError> {
    let rows: Vec<(String, String, String)> = user_attributes::table
        .filter(user_attributes::user_id.eq(user.get()))
        .order((user_attributes::position, user_attributes::name))
        .select((
            user_attributes::name,
            user_attributes::kind,
            user_attributes::value,
        ))
        .load(conn)?;
    rows.iter()
        .map(|(name, kind, value)| read("user_attributes", name, kind, value))
        .collect()
}

/// The own attributes of several users, each in the order they were given; a user without any is
/// left out.
pub fn list_of_users(
    conn: &mut DbConnection,
    users: &[UserId],
) -> Result<BTreeMap<UserId, Vec<CustomAttribute>>, StoreError> {
    let keys: Vec<i64> = users.iter().map(|user| user.get()).collect();
    let rows: Vec<(i64, String, String, String)> = user_attributes::table
        .filter(user_attributes::user_id.eq_any(keys))
        .order((user_attributes::position, user_attributes::name))
        .select((
            user_attributes::user_id,
            user_attributes::name,
            user_attributes::kind,
            user_attributes::value,
        ))
        .load(conn)?;
    let mut lists: BTreeMap<UserId, Vec<CustomAttribute>> = BTreeMap::new();
    for (user, name, kind, value) in &rows {
        let attribute = read("user_attributes", name, kind, value)?;
        lists.entry(UserId::new(*user)).or_default().push(attribute);
    }
    Ok(lists)
}

/// Puts a whole list in the place of a user's attributes.
pub fn replace_of_user(
    conn: &mut DbConnection,
    user: UserId,
    attributes: &[CustomAttribute],
) -> Result<(), StoreError> {
    diesel::delete(user_attributes::table.filter(user_attributes::user_id.eq(user.get())))
        .execute(conn)?;
    insert_of_user(conn, user, attributes)
}

/// Gives a user that has none these attributes.
pub fn insert_of_user(
    conn: &mut DbConnection,
    user: UserId,
    attributes: &[CustomAttribute],
) -> Result<(), StoreError> {
    for (position, attribute) in (0_i32..).zip(attributes) {
        diesel::insert_into(user_attributes::table)
            .values((
                user_attributes::user_id.eq(user.get()),
                user_attributes::position.eq(position),
                user_attributes::name.eq(attribute.name.as_str()),
                user_attributes::kind.eq(attribute.value.kind().as_str()),
                user_attributes::value.eq(attribute.value.as_text()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

#[derive(Queryable)]
pub(in crate::store) struct GroupAttributeRow {
    group: i64,
    group_public_id: String,
    group_name: String,
    method: String,
    added_seq: i64,
    name: String,
    kind: String,
    value: String,
}

pub(in crate::store) type GroupAttributeColumns = (
    user_groups::id,
    user_groups::public_id,
    user_groups::name,
    user_groups::method,
    group_attributes::added_seq,
    group_attributes::name,
    group_attributes::kind,
    group_attributes::value,
);

/// What to select into a [`GroupAttributeRow`].
pub(in crate::store) fn group_attribute_columns() -> GroupAttributeColumns {
    (
        user_groups::id,
        user_groups::public_id,
        user_groups::name,
        user_groups::method,
        group_attributes::added_seq,
        group_attributes::name,
        group_attributes::kind,
        group_attributes::value,
    )
}

impl GroupAttributeRow {
    pub(in crate::store) fn into_attribute(self) -> Result<GroupAttribute, StoreError> {
        let method = MembershipMethod::parse(&self.method)
            .ok_or_else(|| StoreError::corrupt("user_groups", "method", &self.group))?;
        let attribute = read("group_attributes", &self.name, &self.kind, &self.value)?;
        Ok(GroupAttribute {
            group: GroupId::new(self.group),
            group_public_id: PublicId::new(self.group_public_id),
            group_name: self.group_name,
            group_is_dynamic: method.is_dynamic(),
            added_seq: self.added_seq,
            attribute,
        })
    }
}

/// The attributes of these groups, oldest first; of a dynamic group too (rule B4 decides above).
pub fn list_of_groups(
    conn: &mut DbConnection,
    groups: &[GroupId],
) -> Result<Vec<GroupAttribute>, StoreError> {
    let keys: Vec<i64> = groups.iter().map(|group| group.get()).collect();
    group_attributes::table
        .inner_join(user_groups::table)
        .filter(user_groups::id.eq_any(keys))
        .order(group_attributes::added_seq)
        .select(group_attribute_columns())
        .load::<GroupAttributeRow>(conn)?
        .into_iter()
        .map(GroupAttributeRow::into_attribute)
        .collect()
}

/// The attributes of one group, oldest first.
pub fn list_of_group(
    conn: &mut DbConnection,
    group: GroupId,
) -> Result<Vec<GroupAttribute>, StoreError> {
    list_of_groups(conn, &[group])
}

/// Adds an attribute to a group and returns its place in the order of rule B8. A name that the
/// group has already is `NotUnique`.
pub fn insert_of_group(
    conn: &mut DbConnection,
    group: GroupId,
    attribute: &CustomAttribute,
) -> Result<i64, StoreError> {
    let seq = epochs::next_attribute_seq(conn)?;
    diesel::insert_into(group_attributes::table)
        .values((
            group_attributes::group_id.eq(group.get()),
            group_attributes::name.eq(attribute.name.as_str()),
            group_attributes::kind.eq(attribute.value.kind().as_str()),
            group_attributes::value.eq(attribute.value.as_text()),
            group_attributes::added_seq.eq(seq),
        ))
        .execute(conn)?;
    Ok(seq)
}

/// Saves type and value; the place in the order stays (rule B8). False: no such attribute.
pub fn save_of_group(
    conn: &mut DbConnection,
    group: GroupId,
    attribute: &CustomAttribute,
) -> Result<bool, StoreError> {
    let row = group_attributes::table.find((group.get(), attribute.name.as_str()));
    let changed = diesel::update(row)
        .set((
            group_attributes::kind.eq(attribute.value.kind().as_str()),
            group_attributes::value.eq(attribute.value.as_text()),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Deletes an attribute; added again it is new (rule B8). False: no such attribute.
pub fn delete_of_group(
    conn: &mut DbConnection,
    group: GroupId,
    name: &AttributeName,
) -> Result<bool, StoreError> {
    let row = group_attributes::table.find((group.get(), name.as_str()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Puts a whole list in the place of a group's attributes: names that stay keep their place in the
/// order, new ones take theirs in the order of the list (rule B8).
pub fn replace_of_group(
    conn: &mut DbConnection,
    group: GroupId,
    attributes: &[CustomAttribute],
) -> Result<(), StoreError> {
    let wanted: BTreeSet<&AttributeName> = attributes.iter().map(|one| &one.name).collect();
    for present in list_of_group(conn, group)? {
        if !wanted.contains(&present.attribute.name) {
            delete_of_group(conn, group, &present.attribute.name)?;
        }
    }
    for attribute in attributes {
        if !save_of_group(conn, group, attribute)? {
            insert_of_group(conn, group, attribute)?;
        }
    }
    Ok(())
}

/// The attribute names on the groups bound to a connector, to be suggested for a mapping
/// (rule B28).
pub fn names_on_groups_of(
    conn: &mut DbConnection,
    connector: ConnectorId,
) -> Result<Vec<String>, StoreError> {
    Ok(group_attributes::table
        .inner_join(app_groups::table.on(app_groups::group_id.eq(group_attributes::group_id)))
        .filter(app_groups::connector_id.eq(connector.get()))
        .select(group_attributes::name)
        .distinct()
        .order(group_attributes::name)
        .load(conn)?)
}
