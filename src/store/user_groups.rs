//! User groups with their rules. Members, attributes and exemptions have files of their own.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::domain::ids::{GroupId, PublicId, UserId};
use crate::domain::membership_rule::MembershipRule;
use crate::domain::text;
use crate::domain::user_group::{MembershipMethod, UserGroup};
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, MultiBackend, on_either};
use crate::store::epochs;
use crate::store::error::StoreError;
use crate::store::paging::{Cursor, Page, PageRequest};
use crate::store::rule_conditions;
use crate::store::schema::{group_members, membership_suggestions, user_groups};
use crate::store::search::containing;

/// A group about to be created.
#[derive(Debug, Clone)]
pub struct NewUserGroup {
    pub public_id: PublicId,
    pub name: String,
    pub description: String,
    pub method: MembershipMethod,
    pub notify: bool,
    pub require_mfa: bool,
    pub rule: Option<MembershipRule>,
    /// The epoch from `epochs::raise_rule` in the same transaction; 0 for a static group.
    pub rule_epoch: i64,
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = user_groups)]
struct GroupRow {
    id: i64,
    public_id: String,
    name: String,
    name_fold: String,
    description: String,
    method: String,
    notify: bool,
    has_rule: bool,
    rule_epoch: i64,
    version: i64,
    require_mfa: bool,
}

impl GroupRow {
    fn into_group(self, rule: MembershipRule) -> Result<UserGroup, StoreError> {
        let place = Place::new("user_groups", &self.id);
        let method = place.read("method", MembershipMethod::parse(&self.method))?;
        Ok(UserGroup {
            id: GroupId::new(self.id),
            public_id: PublicId::new(self.public_id),
            name: self.name,
            description: self.description,
            method,
            notify: self.notify,
            require_mfa: self.require_mfa,
            rule: self.has_rule.then_some(rule),
            rule_epoch: self.rule_epoch,
            version: self.version,
        })
    }
}

/// Inserts a group with its rule.
pub fn insert(conn: &mut DbConnection, new: &NewUserGroup) -> Result<UserGroup, StoreError> {
    let now = millis(new.created_at);
    let id: i64 = diesel::insert_into(user_groups::table)
        .values((
            user_groups::public_id.eq(new.public_id.as_str()),
            user_groups::name.eq(&new.name),
            user_groups::name_fold.eq(text::fold(&new.name)),
            user_groups::description.eq(&new.description),
            user_groups::method.eq(new.method.as_str()),
            user_groups::notify.eq(new.notify),
            user_groups::require_mfa.eq(new.require_mfa),
            user_groups::has_rule.eq(new.rule.is_some()),
            user_groups::rule_epoch.eq(new.rule_epoch),
            user_groups::version.eq(1),
            user_groups::created_at.eq(now),
            user_groups::updated_at.eq(now),
        ))
        .returning(user_groups::id)
        .get_result(conn)?;
    let id = GroupId::new(id);
    rule_conditions::replace(conn, id, new.rule.as_ref())?;
    Ok(UserGroup {
        id,
        public_id: new.public_id.clone(),
        name: new.name.clone(),
        description: new.description.clone(),
        method: new.method,
        notify: new.notify,
        require_mfa: new.require_mfa,
        rule: new.rule.clone(),
        rule_epoch: new.rule_epoch,
        version: 1,
    })
}

/// Saves every field of a group, its rule and rule epoch included, and returns it with its version
/// raised. A group that was deleted meanwhile is `ParentGone`.
pub fn save(
    conn: &mut DbConnection,
    group: &UserGroup,
    now: DateTime<Utc>,
) -> Result<UserGroup, StoreError> {
    let mut saved = group.clone();
    saved.version += 1;
    let changed = diesel::update(user_groups::table.find(group.id.get()))
        .set((
            user_groups::name.eq(&group.name),
            user_groups::name_fold.eq(text::fold(&group.name)),
            user_groups::description.eq(&group.description),
            user_groups::method.eq(group.method.as_str()),
            user_groups::notify.eq(group.notify),
            user_groups::require_mfa.eq(group.require_mfa),
            user_groups::has_rule.eq(group.rule.is_some()),
            user_groups::rule_epoch.eq(group.rule_epoch),
            user_groups::version.eq(saved.version),
            user_groups::updated_at.eq(millis(now)),
        ))
        .execute(conn)?;
    if changed != 1 {
        return Err(StoreError::ParentGone);
    }
    rule_conditions::replace(conn, group.id, group.rule.as_ref())?;
    Ok(saved)
}

/// Deletes a group with members, attributes, exemptions and bindings; its name is free again. The
/// rule epoch grows, so that no process goes on evaluating the rule.
pub fn delete(conn: &mut DbConnection, id: GroupId) -> Result<bool, StoreError> {
    epochs::raise_rule(conn)?;
    Ok(diesel::delete(user_groups::table.find(id.get())).execute(conn)? == 1)
}

/// Keeps others from changing this group until the transaction ends; false: there is none.
/// User rows are locked before group rows.
pub fn lock(conn: &mut DbConnection, id: GroupId) -> Result<bool, StoreError> {
    let row = user_groups::table.find(id.get()).select(user_groups::id);
    let found: Option<i64> = on_either!(
        conn,
        postgres | pg | row.for_update().get_result(pg).optional(),
        sqlite | lite | row.get_result(lite).optional()
    )?;
    Ok(found.is_some())
}

/// One group by key.
pub fn find(conn: &mut DbConnection, id: GroupId) -> Result<Option<UserGroup>, StoreError> {
    let row = user_groups::table
        .find(id.get())
        .select(GroupRow::as_select())
        .get_result(conn)
        .optional()?;
    with_rule(conn, row)
}

/// Several groups by key; one that is not there is left out.
pub fn find_all(
    conn: &mut DbConnection,
    ids: &[GroupId],
) -> Result<BTreeMap<GroupId, UserGroup>, StoreError> {
    let keys: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    let rows = user_groups::table
        .filter(user_groups::id.eq_any(keys))
        .select(GroupRow::as_select())
        .load(conn)?;
    let groups = with_rules(conn, rows)?;
    Ok(groups.into_iter().map(|group| (group.id, group)).collect())
}

/// One group by public id.
pub fn find_by_public_id(
    conn: &mut DbConnection,
    id: &PublicId,
) -> Result<Option<UserGroup>, StoreError> {
    // No id holds it, and PostgreSQL takes it for an error.
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    let row = user_groups::table
        .filter(user_groups::public_id.eq(id.as_str()))
        .select(GroupRow::as_select())
        .get_result(conn)
        .optional()?;
    with_rule(conn, row)
}

/// One group by name, ignoring case.
pub fn find_by_name(conn: &mut DbConnection, name: &str) -> Result<Option<UserGroup>, StoreError> {
    let row = user_groups::table
        .filter(user_groups::name_fold.eq(text::fold(name)))
        .select(GroupRow::as_select())
        .get_result(conn)
        .optional()?;
    with_rule(conn, row)
}

/// Whether any group of a user asks its members for a second factor.
pub fn asks_for_mfa(conn: &mut DbConnection, user: UserId) -> Result<bool, StoreError> {
    let asking = group_members::table
        .inner_join(user_groups::table)
        .filter(group_members::user_id.eq(user.get()))
        .filter(user_groups::require_mfa);
    Ok(diesel::select(exists(asking)).get_result(conn)?)
}

/// What to list; everything given must hold.
#[derive(Debug, Clone, Default)]
pub struct GroupFilter {
    /// Part of the name, ignoring case.
    pub q: Option<String>,
    /// The whole name, ignoring case.
    pub name: Option<String>,
    pub description: Option<String>,
    pub method: Option<MembershipMethod>,
    pub notify: Option<bool>,
    /// Only those in which suggestions wait.
    pub is_waiting: bool,
}

/// One page by name.
pub fn list(
    conn: &mut DbConnection,
    filter: &GroupFilter,
    page: &PageRequest,
) -> Result<Page<UserGroup>, StoreError> {
    let total = filtered(filter).count().get_result(conn)?;
    let mut query = filtered(filter);
    if let Some(after) = &page.after {
        query = query.filter(user_groups::name_fold.gt(&after.sort));
    }
    let rows: Vec<GroupRow> = query
        .order(user_groups::name_fold)
        .limit(page.rows_to_load())
        .select(GroupRow::as_select())
        .load(conn)?;
    let page = page.cut(rows, total, |row| Cursor {
        sort: row.name_fold.clone(),
        id: row.id,
    });
    Ok(Page {
        items: with_rules(conn, page.items)?,
        next: page.next,
        total: page.total,
    })
}

type Query<'a> = user_groups::BoxedQuery<'a, MultiBackend>;

fn filtered(filter: &GroupFilter) -> Query<'_> {
    let mut query = user_groups::table.into_boxed();
    if let Some(q) = &filter.q {
        let pattern = containing(&text::fold(q));
        query = query.filter(user_groups::name_fold.like(pattern).escape('\\'));
    }
    if let Some(name) = &filter.name {
        query = query.filter(user_groups::name_fold.eq(text::fold(name)));
    }
    if let Some(description) = &filter.description {
        query = query.filter(user_groups::description.eq(description));
    }
    if let Some(method) = filter.method {
        query = query.filter(user_groups::method.eq(method.as_str()));
    }
    if let Some(notify) = filter.notify {
        query = query.filter(user_groups::notify.eq(notify));
    }
    if filter.is_waiting {
        let waiting = membership_suggestions::table
            .filter(membership_suggestions::rejected_at.is_null())
            .select(membership_suggestions::group_id);
        query = query.filter(user_groups::id.eq_any(waiting));
    }
    query
}

fn with_rule(
    conn: &mut DbConnection,
    row: Option<GroupRow>,
) -> Result<Option<UserGroup>, StoreError> {
    let groups = with_rules(conn, row.into_iter().collect())?;
    Ok(groups.into_iter().next())
}

/// Adds the rules, with one statement for all groups that have one.
fn with_rules(conn: &mut DbConnection, rows: Vec<GroupRow>) -> Result<Vec<UserGroup>, StoreError> {
    let ids: Vec<i64> = rows
        .iter()
        .filter(|row| row.has_rule)
        .map(|row| row.id)
        .collect();
    let mut rules = rule_conditions::load(conn, &ids)?;
    rows.into_iter()
        .map(|row| {
            let rule = rules.remove(&row.id).unwrap_or_default();
            row.into_group(rule)
        })
        .collect()
}
