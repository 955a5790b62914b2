//! One attribute of a group at a time (rules B4-B6, B8, B15, B16): added, changed, deleted. An
//! attribute that is added takes the next sequence number; a change keeps it.

use crate::domain::audit::Actor;
use crate::domain::custom_attribute::{CustomAttribute, CustomAttributeValue};
use crate::domain::ids::PublicId;
use crate::domain::user_group::UserGroup;
use crate::domain::violation::{Violation, Warning};
use crate::service::attribute_drafts::{parse_one, parse_value};
use crate::service::audit_trail::{Texts, Trail, attribute_text, object_of_group};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::group_draft::AttributePatch;
use crate::service::group_fields::NO_ATTRIBUTES;
use crate::service::groups::{GroupAttributeView, find};
use crate::service::patch::AttributeDraft;
use crate::store::connection::DbConnection;
use crate::store::error::{StoreError, UniqueField};
use crate::store::{custom_attributes, user_groups};

/// The attributes of a group, in the order of their sequence.
pub fn list(env: &Environment, group: &str) -> Result<Vec<GroupAttributeView>, ServiceError> {
    let group = PublicId::new(group);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let group = find(conn, &group)?;
        let rows = custom_attributes::list_of_group(conn, group.id)?;
        Ok(rows.into_iter().map(GroupAttributeView::from).collect())
    })
}

/// Adds an attribute; a taken name is a conflict.
pub fn add(
    env: &Environment,
    actor: &Actor,
    group: &str,
    draft: &AttributeDraft,
) -> Result<(GroupAttributeView, Vec<Warning>), ServiceError> {
    let (attribute, warnings) = parse_one(draft, "").map_err(ServiceError::Invalid)?;
    let group = PublicId::new(group);
    let trail = Trail::new(env, actor);
    let view = env
        .store
        .write(move |conn| -> Result<GroupAttributeView, ServiceError> {
            let group = find_locked(conn, &group)?;
            refuse_dynamic(&group)?;
            custom_attributes::insert_of_group(conn, group.id, &attribute).map_err(taken)?;
            let texts = (None, Some(attribute_text(&attribute)));
            finish(conn, &trail, (&group, "group.attribute_added", texts))?;
            found(conn, &group, attribute.name.as_str())
        })?;
    Ok((view, warnings))
}

/// The request is the attribute itself here, so its name stands at the root.
fn taken(error: StoreError) -> ServiceError {
    match error {
        StoreError::NotUnique(UniqueField::AttributeName) => {
            let detail = "The group has an attribute of this name. Choose another name.";
            ServiceError::Conflict(Violation::new("/name", detail))
        }
        other => other.into(),
    }
}

/// Changes type or value; the name and the sequence stay.
pub fn patch(
    env: &Environment,
    actor: &Actor,
    (group, name): (&str, &str),
    patch: AttributePatch,
) -> Result<(GroupAttributeView, Vec<Warning>), ServiceError> {
    if patch.name.as_deref().is_some_and(|new| new != name) {
        let detail = "An attribute cannot be renamed. Delete it and add another one.";
        return Err(ServiceError::Invalid(vec![Violation::new("/name", detail)]));
    }
    let (group, name) = (PublicId::new(group), name.to_owned());
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<_, ServiceError> {
        let group = find_locked(conn, &group)?;
        let before = found(conn, &group, &name)?.attribute;
        let (value, warnings) = new_value(&before, &patch)?;
        let after = CustomAttribute {
            name: before.name.clone(),
            value,
        };
        custom_attributes::save_of_group(conn, group.id, &after)?;
        let texts = (Some(attribute_text(&before)), Some(attribute_text(&after)));
        finish(conn, &trail, (&group, "group.attribute_updated", texts))?;
        Ok((found(conn, &group, &name)?, warnings))
    })
}

/// Deletes an attribute; added again, it is new (rule B8).
pub fn delete(
    env: &Environment,
    actor: &Actor,
    group: &str,
    name: &str,
) -> Result<(), ServiceError> {
    let (group, name) = (PublicId::new(group), name.to_owned());
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let group = find_locked(conn, &group)?;
        let before = found(conn, &group, &name)?.attribute;
        custom_attributes::delete_of_group(conn, group.id, &before.name)?;
        let texts = (Some(attribute_text(&before)), None);
        finish(conn, &trail, (&group, "group.attribute_deleted", texts))
    })
}

fn new_value(
    before: &CustomAttribute,
    patch: &AttributePatch,
) -> Result<(CustomAttributeValue, Vec<Warning>), ServiceError> {
    let present = before.value.to_json_text();
    let kind = patch
        .kind
        .as_deref()
        .unwrap_or(before.value.kind().as_str());
    let json = patch
        .value
        .as_ref()
        .map_or(present.as_str(), |raw| raw.get());
    parse_value(kind, json, "").map_err(ServiceError::Invalid)
}

/// Attributes of dynamic groups are not inherited, so none is added there (rule B4).
fn refuse_dynamic(group: &UserGroup) -> Result<(), ServiceError> {
    if group.method.is_dynamic() {
        let violation = Violation::new("", NO_ATTRIBUTES);
        return Err(ServiceError::Invalid(vec![violation]));
    }
    Ok(())
}

/// The whole group is saved again for its version, so a change of its rule has to be over or yet to
/// begin.
fn find_locked(conn: &mut DbConnection, id: &PublicId) -> Result<UserGroup, ServiceError> {
    let key = find(conn, id)?.id;
    user_groups::lock(conn, key)?;
    find(conn, id)
}

fn finish(
    conn: &mut DbConnection,
    trail: &Trail,
    (group, kind, texts): (&UserGroup, &str, Texts),
) -> Result<(), ServiceError> {
    user_groups::save(conn, group, trail.at())?;
    trail.write(conn, kind, object_of_group(group), texts)?;
    Ok(())
}

fn found(
    conn: &mut DbConnection,
    group: &UserGroup,
    name: &str,
) -> Result<GroupAttributeView, ServiceError> {
    custom_attributes::list_of_group(conn, group.id)?
        .into_iter()
        .find(|row| row.attribute.name.as_str() == name)
        .map(GroupAttributeView::from)
        .ok_or(ServiceError::NotFound { what: "attribute" })
}
