//! User groups: names, descriptions, members by hand. Attributes of groups are in
//! `group_attributes.rs`, rules of dynamic groups in `dynamic_groups.rs`.

use chrono::{DateTime, Utc};

use crate::domain::audit::Actor;
use crate::domain::custom_attribute::{CustomAttribute, GroupAttribute};
use crate::domain::identity::{description, resource_name};
use crate::domain::ids::PublicId;
use crate::domain::membership::MembershipSource;
use crate::domain::membership_rule::MembershipRule;
use crate::domain::user_group::{MembershipMethod, UserGroup};
use crate::domain::violation::{Violation, Warning};
use crate::service::attribute_drafts;
use crate::service::audit_trail::{Trail, group_text, object_of_group};
use crate::service::cause::{self, Cause};
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::group_draft::GroupDraft;
use crate::service::listing::{ListQuery, Page};
use crate::service::patch::{Field, Violations};
use crate::store::connection::DbConnection;
use crate::store::memberships::NewMembership;
use crate::store::user_groups::{self, GroupFilter, NewUserGroup};
use crate::store::{custom_attributes, member_list, memberships, users};

/// The longest description, in characters.
const DESCRIPTION_LIMIT: usize = 2000;

/// A group with everything the resource shows.
#[derive(Debug, Clone)]
pub struct GroupView {
    pub group: UserGroup,
    pub attributes: Vec<GroupAttributeView>,
    pub include: Vec<PublicId>,
    pub exclude: Vec<PublicId>,
    /// How many members it has.
    pub members: i64,
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

/// One member, with why and since when (rule A10).
#[derive(Debug, Clone)]
pub struct Member {
    pub user: PublicId,
    pub username: String,
    pub display_name: String,
    pub source: MembershipSource,
    pub since: DateTime<Utc>,
    pub cause: Cause,
}

impl Member {
    fn of(row: member_list::Member, cause: Cause) -> Self {
        Self {
            user: row.user_public_id,
            username: row.username,
            display_name: row.display_name,
            source: row.source,
            since: row.since,
            cause,
        }
    }
}

/// A merge patch of a group whose values are valid.
#[derive(Debug, Clone)]
struct GroupChange {
    name: Field<String>,
    description: Field<String>,
    attributes: Field<Vec<CustomAttribute>>,
    warnings: Vec<Warning>,
}

/// Creates a group; attributes come along in the same save (rule B14).
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
    let change = parse(draft)?;
    let trail = Trail::new(env, actor);
    let new = NewUserGroup {
        public_id: new_public_id(),
        name: change.name.clone().into_set().unwrap_or_default(),
        description: change.description.clone().into_set().unwrap_or_default(),
        method: MembershipMethod::Static,
        notify: false,
        rule: None,
        rule_epoch: 0,
        created_at: trail.at(),
    };
    env.store
        .write(move |conn| -> Result<GroupView, ServiceError> {
            let group = user_groups::insert(conn, &new)?;
            if let Field::Set(attributes) = &change.attributes {
                custom_attributes::replace_of_group(conn, group.id, attributes)?;
            }
            let view = view(conn, &new.public_id, change.warnings.clone())?;
            let texts = (None, Some(text_of(&view)));
            trail.write(conn, "group.created", object_of_group(&view.group), texts)?;
            Ok(view)
        })
}

/// One group.
pub fn get(env: &Environment, id: &str) -> Result<GroupView, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| view(conn, &id, Vec::new()))
}

/// A page of groups, by name.
pub fn list(env: &Environment, query: &ListQuery) -> Result<Page<GroupView>, ServiceError> {
    query.check_filters(&["name", "description", "membershipMethod"])?;
    let request = query.page_request()?;
    let filter = GroupFilter {
        q: query.q.clone(),
        name: query.filters.get("name").cloned(),
        description: query.filters.get("description").cloned(),
        notify: None,
        method: query
            .filters
            .get("membershipMethod")
            .map(|text| method(text))
            .transpose()?,
    };
    env.store.read(|conn| -> Result<_, ServiceError> {
        let page: Page<UserGroup> = user_groups::list(conn, &filter, &request)?.into();
        let mut items = Vec::with_capacity(page.items.len());
        for group in page.items {
            items.push(view_of(conn, group, Vec::new())?);
        }
        Ok(Page {
            items,
            next: page.next,
            total: page.total,
        })
    })
}

/// Changes what the draft names.
pub fn update(
    env: &Environment,
    actor: &Actor,
    id: &str,
    (draft, if_match): (GroupDraft, Option<i64>),
) -> Result<GroupView, ServiceError> {
    let change = parse(draft)?;
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store
        .change_rules(move |conn| -> Result<GroupView, ServiceError> {
            let before = checked_view(conn, &id, if_match)?;
            let present = before.group.clone();
            let group = UserGroup {
                name: change.name.clone().over(present.name, String::new()),
                description: change
                    .description
                    .clone()
                    .over(present.description, String::new()),
                ..present
            };
            user_groups::save(conn, &group, trail.at())?;
            match &change.attributes {
                Field::Keep => {}
                Field::Clear => custom_attributes::replace_of_group(conn, group.id, &[])?,
                Field::Set(attributes) => {
                    custom_attributes::replace_of_group(conn, group.id, attributes)?;
                }
            }
            let after = view(conn, &id, change.warnings.clone())?;
            let texts = (Some(text_of(&before)), Some(text_of(&after)));
            trail.write(conn, "group.updated", object_of_group(&after.group), texts)?;
            Ok(after)
        })
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
            let before = checked_view(conn, &id, if_match)?;
            user_groups::delete(conn, before.group.id)?;
            let texts = (Some(text_of(&before)), None);
            trail.write(conn, "group.deleted", object_of_group(&before.group), texts)?;
            Ok(())
        })
}

/// A page of members, by display name.
pub fn members(
    env: &Environment,
    id: &str,
    query: &ListQuery,
) -> Result<Page<Member>, ServiceError> {
    query.check_filters(&[])?;
    let request = query.page_request()?;
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let group = find(conn, &id)?;
        let page: Page<member_list::Member> =
            member_list::list(conn, group.id, query.q.as_deref(), &request)?.into();
        let rows = page
            .items
            .iter()
            .map(|row| (row.source, row.cause.as_str()));
        let causes = cause::find_all(conn, rows)?;
        let items = page.items.into_iter().zip(causes);
        Ok(Page {
            items: items.map(|(row, cause)| Member::of(row, cause)).collect(),
            next: page.next,
            total: page.total,
        })
    })
}

/// Adds a member by hand; one who is there already stays as they are.
pub fn add_member(
    env: &Environment,
    actor: &Actor,
    group: &str,
    user: &str,
) -> Result<(), ServiceError> {
    change_member(env, actor, (group, user), Membership::Added)
}

/// Removes a member by hand; one who is not there is no fault.
pub fn remove_member(
    env: &Environment,
    actor: &Actor,
    group: &str,
    user: &str,
) -> Result<(), ServiceError> {
    change_member(env, actor, (group, user), Membership::Removed)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Membership {
    Added,
    Removed,
}

fn change_member(
    env: &Environment,
    actor: &Actor,
    (group, user): (&str, &str),
    wanted: Membership,
) -> Result<(), ServiceError> {
    let (group, user) = (PublicId::new(group), PublicId::new(user));
    let trail = Trail::new(env, actor);
    env.store
        .change_user(move |conn| -> Result<(), ServiceError> {
            let group = find(conn, &group)?;
            refuse_dynamic(&group)?;
            let user = users::find_by_public_id(conn, &user)?
                .ok_or(ServiceError::NotFound { what: "user" })?;
            users::lock(conn, user.id)?;
            let is_member = memberships::find(conn, user.id, group.id)?.is_some();
            if is_member == (wanted == Membership::Added) {
                return Ok(());
            }
            let member =
                serde_json::json!({ "user": user.public_id.as_str(), "username": user.username });
            let text = Some(member.to_string());
            if wanted == Membership::Added {
                let cause = trail.write(
                    conn,
                    "group.member_added",
                    object_of_group(&group),
                    (None, text),
                )?;
                let new = NewMembership {
                    user: user.id,
                    group: group.id,
                    source: MembershipSource::Direct,
                    since: trail.at(),
                    cause,
                };
                memberships::add(conn, &new)?;
            } else {
                memberships::remove(conn, user.id, group.id)?;
                trail.write(
                    conn,
                    "group.member_removed",
                    object_of_group(&group),
                    (text, None),
                )?;
            }
            Ok(())
        })
}

/// Members of a dynamic group come by its rule (rule A37).
fn refuse_dynamic(group: &UserGroup) -> Result<(), ServiceError> {
    if !group.method.is_dynamic() {
        return Ok(());
    }
    let rule = group
        .rule
        .as_ref()
        .map(MembershipRule::sentence)
        .unwrap_or_default();
    Err(ServiceError::Conflict(Violation::new(
        "",
        format!(
            "Members of {} come by its rule ({rule}). To keep one person in or out, use Users to \
             include or Users to exclude.",
            group.name
        ),
    )))
}

fn parse(draft: GroupDraft) -> Result<GroupChange, ServiceError> {
    let mut broken = Violations::default();
    let mut warnings = Vec::new();
    refuse_what_comes_later(&draft, &mut broken);
    let name = match draft.name {
        Field::Set(text) => broken
            .keep("/name", resource_name(&text))
            .map_or(Field::Keep, Field::Set),
        Field::Clear => {
            broken.add("/name", "It cannot be empty.");
            Field::Keep
        }
        Field::Keep => Field::Keep,
    };
    let description = match draft.description {
        Field::Set(text) => broken
            .keep("/description", description(&text, DESCRIPTION_LIMIT))
            .map_or(Field::Keep, Field::Set),
        other => other,
    };
    let attributes = match draft.attributes {
        Field::Set(drafts) => match attribute_drafts::parse_list(drafts, "/attributes") {
            Ok((attributes, dropped)) => {
                warnings = dropped;
                Field::Set(attributes)
            }
            Err(violations) => {
                broken.extend(violations);
                Field::Keep
            }
        },
        Field::Clear => Field::Clear,
        Field::Keep => Field::Keep,
    };
    broken.into_result()?;
    Ok(GroupChange {
        name,
        description,
        attributes,
        warnings,
    })
}

/// Dynamic membership is refused in this version, never stored and ignored.
fn refuse_what_comes_later(draft: &GroupDraft, broken: &mut Violations) {
    const LATER: &str = "Dynamic groups are not available in this version.";
    if let Field::Set(text) = &draft.membership_method {
        match MembershipMethod::parse(text) {
            Some(method) if method.is_dynamic() => broken.add("/membershipMethod", LATER),
            Some(_) => {}
            None => broken.add("/membershipMethod", METHODS),
        }
    }
    let asks_for_more = [
        ("/memberQuery", matches!(draft.member_query, Field::Set(_))),
        (
            "/memberQueryExemptions",
            matches!(draft.member_query_exemptions, Field::Set(_)),
        ),
        (
            "/memberSuggestionsNotify",
            draft.member_suggestions_notify == Field::Set(true),
        ),
    ];
    for (pointer, _) in asks_for_more.into_iter().filter(|(_, asked)| *asked) {
        broken.add(pointer, LATER);
    }
}

const METHODS: &str = "The method is one of STATIC, DYNAMIC_AUTOMATED, DYNAMIC_REVIEW_REQUIRED.";

fn method(text: &str) -> Result<MembershipMethod, ServiceError> {
    MembershipMethod::parse(text)
        .ok_or_else(|| ServiceError::Invalid(vec![Violation::new("/membershipMethod", METHODS)]))
}

/// Finds a group or says that there is none.
pub fn find(conn: &mut DbConnection, id: &PublicId) -> Result<UserGroup, ServiceError> {
    user_groups::find_by_public_id(conn, id)?.ok_or(ServiceError::NotFound { what: "group" })
}

fn view(
    conn: &mut DbConnection,
    id: &PublicId,
    warnings: Vec<Warning>,
) -> Result<GroupView, ServiceError> {
    let group = find(conn, id)?;
    view_of(conn, group, warnings)
}

fn view_of(
    conn: &mut DbConnection,
    group: UserGroup,
    warnings: Vec<Warning>,
) -> Result<GroupView, ServiceError> {
    let rows = custom_attributes::list_of_group(conn, group.id)?;
    Ok(GroupView {
        members: memberships::count(conn, group.id)?,
        attributes: rows.into_iter().map(GroupAttributeView::from).collect(),
        include: Vec::new(),
        exclude: Vec::new(),
        group,
        warnings,
    })
}

fn checked_view(
    conn: &mut DbConnection,
    id: &PublicId,
    if_match: Option<i64>,
) -> Result<GroupView, ServiceError> {
    let view = view(conn, id, Vec::new())?;
    match if_match {
        Some(version) if version != view.group.version => Err(ServiceError::Stale),
        _ => Ok(view),
    }
}

fn text_of(view: &GroupView) -> String {
    let attributes: Vec<CustomAttribute> = view
        .attributes
        .iter()
        .map(|row| row.attribute.clone())
        .collect();
    group_text(&view.group, &attributes)
}
