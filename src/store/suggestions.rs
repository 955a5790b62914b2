//! Suggestions of groups whose membership is reviewed (rules A30-A36): what would change, waiting
//! for an administrator; rejected ones are remembered. When one becomes stale is decided above.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{InnerJoin, IntoBoxed, count, count_star};
use diesel::prelude::*;

use crate::domain::ids::{GroupId, PublicId, UserId};
use crate::domain::membership_change::{StoredSuggestion, SuggestionOp};
use crate::domain::text;
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, MultiBackend};
use crate::store::error::StoreError;
use crate::store::memberships::counted;
use crate::store::paging::{Cursor, Page, PageRequest};
use crate::store::schema::{accounts, membership_suggestions, users};
use crate::store::search::containing;

/// A suggestion about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuggestion {
    pub group: GroupId,
    pub user: UserId,
    pub op: SuggestionOp,
    /// The group's rule epoch it was computed with (rule A30).
    pub epoch: i64,
    /// Public id of the audit event that causes it.
    pub cause: String,
    pub since: DateTime<Utc>,
}

/// Inserts a suggestion; delete the pair's former one first.
pub fn insert(conn: &mut DbConnection, new: &NewSuggestion) -> Result<(), StoreError> {
    diesel::insert_into(membership_suggestions::table)
        .values((
            membership_suggestions::group_id.eq(new.group.get()),
            membership_suggestions::user_id.eq(new.user.get()),
            membership_suggestions::op.eq(new.op.as_str()),
            membership_suggestions::epoch.eq(new.epoch),
            membership_suggestions::cause.eq(&new.cause),
            membership_suggestions::since.eq(millis(new.since)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes the suggestion of a pair; false: there was none.
pub fn delete(conn: &mut DbConnection, group: GroupId, user: UserId) -> Result<bool, StoreError> {
    let row = membership_suggestions::table.find((group.get(), user.get()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Deletes all suggestions of a group, rejected ones too (rule A51).
pub fn delete_of_group(conn: &mut DbConnection, group: GroupId) -> Result<usize, StoreError> {
    let rows =
        membership_suggestions::table.filter(membership_suggestions::group_id.eq(group.get()));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Takes a pending suggestion out and returns what it proposed; `None`: there is none, or another
/// administrator was faster (rule A36).
pub fn take_pending(
    conn: &mut DbConnection,
    group: GroupId,
    user: UserId,
) -> Result<Option<SuggestionOp>, StoreError> {
    let row = membership_suggestions::table
        .find((group.get(), user.get()))
        .filter(membership_suggestions::rejected_at.is_null());
    let op: Option<String> = diesel::delete(row)
        .returning(membership_suggestions::op)
        .get_result(conn)
        .optional()?;
    op.map(|op| read_op(&op, group.get())).transpose()
}

/// Rejects a pending suggestion and returns what it proposed; `None`: there is none.
pub fn reject(
    conn: &mut DbConnection,
    group: GroupId,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Option<SuggestionOp>, StoreError> {
    let row = membership_suggestions::table
        .find((group.get(), user.get()))
        .filter(membership_suggestions::rejected_at.is_null());
    let op: Option<String> = diesel::update(row)
        .set(membership_suggestions::rejected_at.eq(Some(millis(now))))
        .returning(membership_suggestions::op)
        .get_result(conn)
        .optional()?;
    op.map(|op| read_op(&op, group.get())).transpose()
}

/// All suggestions about one user, ascending by group.
pub fn of_user(
    conn: &mut DbConnection,
    user: UserId,
) -> Result<Vec<(GroupId, StoredSuggestion)>, StoreError> {
    let rows: Vec<(i64, String, Option<i64>)> = membership_suggestions::table
        .filter(membership_suggestions::user_id.eq(user.get()))
        .order(membership_suggestions::group_id)
        .select((
            membership_suggestions::group_id,
            membership_suggestions::op,
            membership_suggestions::rejected_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(group, op, rejected)| Ok((GroupId::new(group), stored(&op, rejected, group)?)))
        .collect()
}

/// Each user with a group and what is suggested there.
pub type SuggestionsOfUsers = Vec<(UserId, (GroupId, StoredSuggestion))>;

/// The suggestions about the users from `first` to `last`, ascending by user, then group.
pub fn of_users(
    conn: &mut DbConnection,
    (first, last): (UserId, UserId),
) -> Result<SuggestionsOfUsers, StoreError> {
    let rows: Vec<(i64, i64, String, Option<i64>)> = membership_suggestions::table
        .filter(membership_suggestions::user_id.between(first.get(), last.get()))
        .order((
            membership_suggestions::user_id,
            membership_suggestions::group_id,
        ))
        .select((
            membership_suggestions::user_id,
            membership_suggestions::group_id,
            membership_suggestions::op,
            membership_suggestions::rejected_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(user, group, op, rejected)| {
            let suggestion = (GroupId::new(group), stored(&op, rejected, group)?);
            Ok((UserId::new(user), suggestion))
        })
        .collect()
}

/// All suggestions of one group, ascending by user.
pub fn of_group(
    conn: &mut DbConnection,
    group: GroupId,
) -> Result<Vec<(UserId, StoredSuggestion)>, StoreError> {
    let rows: Vec<(i64, String, Option<i64>)> = membership_suggestions::table
        .filter(membership_suggestions::group_id.eq(group.get()))
        .order(membership_suggestions::user_id)
        .select((
            membership_suggestions::user_id,
            membership_suggestions::op,
            membership_suggestions::rejected_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(user, op, rejected)| Ok((UserId::new(user), stored(&op, rejected, user)?)))
        .collect()
}

/// How many suggestions of a group wait (rule A33).
pub fn count_pending(conn: &mut DbConnection, group: GroupId) -> Result<i64, StoreError> {
    Ok(pending((group, None), None).count().get_result(conn)?)
}

/// How many suggestions wait in all, and in how many groups.
pub fn count_all_pending(conn: &mut DbConnection) -> Result<(i64, i64), StoreError> {
    let pending = membership_suggestions::table
        .filter(membership_suggestions::rejected_at.is_null())
        .select((
            count_star(),
            count(membership_suggestions::group_id).aggregate_distinct(),
        ));
    Ok(pending.get_result(conn)?)
}

/// A pending suggestion as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingSuggestion {
    pub user: UserId,
    pub user_public_id: PublicId,
    pub username: String,
    pub display_name: String,
    pub op: SuggestionOp,
    pub since: DateTime<Utc>,
    /// Public id of the audit event that caused it.
    pub cause: String,
}

#[derive(Queryable)]
struct PendingRow {
    user: i64,
    public_id: String,
    username: String,
    display_name: String,
    sort_key: String,
    op: String,
    since: i64,
    cause: String,
}

impl PendingRow {
    fn into_suggestion(self) -> Result<PendingSuggestion, StoreError> {
        let since =
            Place::new("membership_suggestions", &self.user).instant("since", self.since)?;
        Ok(PendingSuggestion {
            op: read_op(&self.op, self.user)?,
            user: UserId::new(self.user),
            user_public_id: PublicId::new(self.public_id),
            username: self.username,
            display_name: self.display_name,
            since,
            cause: self.cause,
        })
    }
}

/// How many suggestions wait in each of these groups; a group without any is left out.
pub fn count_pending_of_groups(
    conn: &mut DbConnection,
    groups: &[GroupId],
) -> Result<BTreeMap<GroupId, i64>, StoreError> {
    let keys: Vec<i64> = groups.iter().map(|group| group.get()).collect();
    let rows: Vec<(i64, i64)> = membership_suggestions::table
        .filter(membership_suggestions::group_id.eq_any(keys))
        .filter(membership_suggestions::rejected_at.is_null())
        .group_by(membership_suggestions::group_id)
        .select((membership_suggestions::group_id, count_star()))
        .load(conn)?;
    Ok(counted(rows))
}

/// One page of a group's pending suggestions in alphabetical order (rule A46), all or those of one
/// kind; `q` is part of the user's display name, username or e-mail address.
pub fn list_pending(
    conn: &mut DbConnection,
    wanted: (GroupId, Option<SuggestionOp>),
    q: Option<&str>,
    page: &PageRequest,
) -> Result<Page<PendingSuggestion>, StoreError> {
    let total = pending(wanted, q).count().get_result(conn)?;
    let mut query = pending(wanted, q);
    if let Some(after) = &page.after {
        query = query.filter(
            users::sort_key
                .gt(&after.sort)
                .or(users::sort_key.eq(&after.sort).and(users::id.gt(after.id))),
        );
    }
    let rows: Vec<PendingRow> = query
        .order((users::sort_key, users::id))
        .limit(page.rows_to_load())
        .select((
            users::id,
            accounts::public_id,
            accounts::username,
            users::display_name,
            users::sort_key,
            membership_suggestions::op,
            membership_suggestions::since,
            membership_suggestions::cause,
        ))
        .load(conn)?;
    page.cut(rows, total, |row| Cursor {
        sort: row.sort_key.clone(),
        id: row.user,
    })
    .try_map(PendingRow::into_suggestion)
}

type Joined = InnerJoin<membership_suggestions::table, InnerJoin<users::table, accounts::table>>;

fn pending(
    (group, op): (GroupId, Option<SuggestionOp>),
    q: Option<&str>,
) -> IntoBoxed<'static, Joined, MultiBackend> {
    let mut query = membership_suggestions::table
        .inner_join(users::table.inner_join(accounts::table))
        .into_boxed()
        .filter(membership_suggestions::group_id.eq(group.get()))
        .filter(membership_suggestions::rejected_at.is_null());
    if let Some(op) = op {
        query = query.filter(membership_suggestions::op.eq(op.as_str()));
    }
    if let Some(q) = q {
        let pattern = containing(&text::fold(q));
        query = query.filter(
            users::sort_key
                .like(pattern.clone())
                .escape('\\')
                .or(users::email_fold.like(pattern).escape('\\')),
        );
    }
    query
}

fn read_op(op: &str, row: i64) -> Result<SuggestionOp, StoreError> {
    SuggestionOp::parse(op).ok_or_else(|| StoreError::corrupt("membership_suggestions", "op", &row))
}

fn stored(op: &str, rejected_at: Option<i64>, row: i64) -> Result<StoredSuggestion, StoreError> {
    Ok(StoredSuggestion {
        op: read_op(op, row)?,
        rejected: rejected_at.is_some(),
    })
}
