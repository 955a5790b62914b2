//! User groups: names, descriptions, methods, rules and exemptions. How they are saved is in
//! `group_save.rs`; members by hand are in `group_members.rs`, suggestions in `review.rs`.

use std::collections::BTreeMap;

use crate::domain::audit::Actor;
use crate::domain::custom_attribute::{CustomAttribute, GroupAttribute};
use crate::domain::ids::{GroupId, PublicId};
use crate::domain::user_group::UserGroup;
use crate::domain::violation::{Violation, Warning};
use crate::service::audit_trail::{Trail, group_text, object_of_group};
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::group_draft::GroupDraft;
use crate::service::group_fields::{parse, parse_method};
use crate::service::group_plan::Target;
use crate::service::group_save;
use crate::service::listing::{ListQuery, Page};
use crate::store::connection::DbConnection;
use crate::store::exemptions::{self, ExemptedUser};
use crate::store::user_groups::{self, GroupFilter};
use crate::store::{custom_attributes, memberships, suggestions};

/// A group with everything the resource shows.
#[derive(Debug, Clone)]
pub struct GroupView {
    pub group: UserGroup,
    pub attributes: Vec<GroupAttributeView>,
    /// "Users to include" and "Users to exclude" in alphabetical order (rule A46).
    pub exempted: Vec<ExemptedUser>,
    /// How many members it has.
    pub members: i64,
    /// How many suggestions wait (rule A33).
    pub suggestions: i64,
    pub warnings: Vec<Warning>,
}

/// An attribute as its group carries it.
#[derive(Debug, Clone)]
pub struct GroupAttributeView {
    pub attribute: CustomAttribute,
    /// Its place in the order of rule B8.
    pub sequence: i64,
    /// False: "not inherited while the group is dynamic" (rule B4).
    pub inherited: bool,
}

impl From<GroupAttribute> for GroupAttributeView {
    fn from(row: GroupAttribute) -> Self {
        Self {
            attribute: row.attribute,
            sequence: row.added_seq,
            inherited: !row.group_is_dynamic,
        }
    }
}

/// What is read to make a view.
struct Parts {
    group: UserGroup,
    attributes: Vec<GroupAttribute>,
    exempted: Vec<ExemptedUser>,
    members: i64,
    suggestions: i64,
}

impl GroupView {
    fn new(parts: Parts) -> Self {
        let attributes = parts.attributes.into_iter();
        let attributes: Vec<GroupAttributeView> = attributes.map(Into::into).collect();
        let asleep = attributes
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.inherited);
        Self {
            warnings: asleep
                .map(|(index, _)| Warning::new(format!("/attributes/{index}"), NOT_INHERITED))
                .collect(),
            group: parts.group,
            attributes,
            exempted: parts.exempted,
            members: parts.members,
            suggestions: parts.suggestions,
        }
    }
}

/// Creates a group; its rule and attributes come along in the same save (rules A6, A12, B14).
pub fn create(
    env: &Environment,
    actor: &Actor,
    draft: GroupDraft,
) -> Result<GroupView, ServiceError> {
    if !draft.name.is_named() {
        return Err(ServiceError::Invalid(vec![Violation::new(
            "/name",
            "It is needed.",
        )]));
    }
    group_save::run(env, actor, Target::New(new_public_id()), parse(draft)?)
}

/// One group.
pub fn get(env: &Environment, id: &str) -> Result<GroupView, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| {
        let group = find(conn, &id)?;
        view_of(conn, group)
    })
}

/// A page of groups, by name.
pub fn list(env: &Environment, query: &ListQuery) -> Result<Page<GroupView>, ServiceError> {
    query.check_filters(&["name", "description", "membershipMethod"])?;
    let method = query.filters.get("membershipMethod");
    let filter = GroupFilter {
        q: query.q.clone(),
        name: query.filters.get("name").cloned(),
        description: query.filters.get("description").cloned(),
        method: method
            .map(|text| parse_method(text))
            .transpose()
            .map_err(|violation| ServiceError::Invalid(vec![violation]))?,
        ..GroupFilter::default()
    };
    page_of(env, &filter, query)
}

/// A page of the groups in which suggestions wait, by name (rule A33).
pub fn waiting(env: &Environment, query: &ListQuery) -> Result<Page<GroupView>, ServiceError> {
    query.check_filters(&[])?;
    let filter = GroupFilter {
        q: query.q.clone(),
        is_waiting: true,
        ..GroupFilter::default()
    };
    page_of(env, &filter, query)
}

fn page_of(
    env: &Environment,
    filter: &GroupFilter,
    query: &ListQuery,
) -> Result<Page<GroupView>, ServiceError> {
    let request = query.page_request()?;
    env.store.read(|conn| -> Result<_, ServiceError> {
        let page: Page<UserGroup> = user_groups::list(conn, filter, &request)?.into();
        Ok(Page {
            items: views_of(conn, page.items)?,
            next: page.next,
            total: page.total,
        })
    })
}

/// Changes what the draft names. `if_match`: the version the caller read.
pub fn update(
    env: &Environment,
    actor: &Actor,
    id: &str,
    (draft, if_match): (GroupDraft, Option<i64>),
) -> Result<GroupView, ServiceError> {
    let id = PublicId::new(id);
    group_save::run(env, actor, Target::Stored { id, if_match }, parse(draft)?)
}

/// Deletes a group with its memberships, attributes and bindings.
pub fn delete(
    env: &Environment,
    actor: &Actor,
    id: &str,
    if_match: Option<i64>,
) -> Result<(), ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store
        .change_rules(move |conn| -> Result<(), ServiceError> {
            let before = locked_view(conn, &id, if_match)?;
            user_groups::delete(conn, before.group.id)?;
            let texts = (Some(text_of(&before)), None);
            trail.write(conn, "group.deleted", object_of_group(&before.group), texts)?;
            Ok(())
        })
}

/// Finds a group or says that there is none.
pub fn find(conn: &mut DbConnection, id: &PublicId) -> Result<UserGroup, ServiceError> {
    user_groups::find_by_public_id(conn, id)?.ok_or(ServiceError::NotFound { what: "group" })
}

/// Everything about a group.
pub(in crate::service) fn view_of(
    conn: &mut DbConnection,
    group: UserGroup,
) -> Result<GroupView, ServiceError> {
    Ok(GroupView::new(Parts {
        attributes: custom_attributes::list_of_group(conn, group.id)?,
        exempted: exemptions::list(conn, group.id)?,
        members: memberships::count(conn, group.id)?,
        suggestions: suggestions::count_pending(conn, group.id)?,
        group,
    }))
}

/// Everything about several groups, in their order, in as many statements as for one.
fn views_of(
    conn: &mut DbConnection,
    groups: Vec<UserGroup>,
) -> Result<Vec<GroupView>, ServiceError> {
    let keys: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
    let mut attributes: BTreeMap<GroupId, Vec<GroupAttribute>> = BTreeMap::new();
    for row in custom_attributes::list_of_groups(conn, &keys)? {
        attributes.entry(row.group).or_default().push(row);
    }
    let mut exempted: BTreeMap<GroupId, Vec<ExemptedUser>> = BTreeMap::new();
    for (group, user) in exemptions::list_of_groups(conn, &keys)? {
        exempted.entry(group).or_default().push(user);
    }
    let members = memberships::count_of_groups(conn, &keys)?;
    let suggestions = suggestions::count_pending_of_groups(conn, &keys)?;
    let views = groups.into_iter().map(|group| {
        GroupView::new(Parts {
            attributes: attributes.remove(&group.id).unwrap_or_default(),
            exempted: exempted.remove(&group.id).unwrap_or_default(),
            members: members.get(&group.id).copied().unwrap_or_default(),
            suggestions: suggestions.get(&group.id).copied().unwrap_or_default(),
            group,
        })
    });
    Ok(views.collect())
}

/// How an attribute of a dynamic group is marked (rule B4).
const NOT_INHERITED: &str = "not inherited while the group is dynamic";

/// Locks the row, then reads it: what was read before the lock may be old.
pub(in crate::service) fn locked_view(
    conn: &mut DbConnection,
    id: &PublicId,
    if_match: Option<i64>,
) -> Result<GroupView, ServiceError> {
    let key = find(conn, id)?.id;
    user_groups::lock(conn, key)?;
    checked_view(conn, id, if_match)
}

/// A group that has to be as the caller read it.
pub(in crate::service) fn checked_view(
    conn: &mut DbConnection,
    id: &PublicId,
    if_match: Option<i64>,
) -> Result<GroupView, ServiceError> {
    let group = find(conn, id)?;
    match if_match {
        Some(version) if version != group.version => Err(ServiceError::Stale),
        _ => view_of(conn, group),
    }
}

/// The group as the audit keeps it.
pub(in crate::service) fn text_of(view: &GroupView) -> String {
    let attributes = view.attributes.iter();
    let attributes: Vec<CustomAttribute> = attributes.map(|row| row.attribute.clone()).collect();
    group_text(&view.group, &attributes, &view.exempted)
}
