//! The users a preview shows, in alphabetical order (rules A27, A46): who matches a rule or is a
//! member. Few are gathered by the rule's indexes; many are met soon on a walk along the list of
//! all. Which of the two is better the caller knows from the counts.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::domain::ids::{GroupId, UserId};
use crate::domain::membership_rule::MembershipRule;
use crate::domain::user::User;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::paging::Cursor;
use crate::store::rule_search;
use crate::store::schema::{accounts, group_members, users};
use crate::store::users::{UserColumns, UserRow, into_user};

/// Users walked over in one statement.
const STEP: i64 = 500;

/// A user with place and membership; whether a rule matches the caller asks the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub cursor: Cursor,
    pub user: User,
    pub is_member: bool,
}

/// The next users of all, after `after`; empty at the end.
pub fn walk(
    conn: &mut DbConnection,
    group: Option<GroupId>,
    after: Option<&Cursor>,
) -> Result<Vec<Candidate>, StoreError> {
    let mut query = users::table.inner_join(accounts::table).into_boxed();
    if let Some(after) = after {
        query = query.filter(
            users::sort_key
                .gt(&after.sort)
                .or(users::sort_key.eq(&after.sort).and(users::id.gt(after.id))),
        );
    }
    let rows: Vec<UserRow> = query
        .order((users::sort_key, users::id))
        .limit(STEP)
        .select((
            UserColumns::as_select(),
            accounts::public_id,
            accounts::username,
        ))
        .load(conn)?;
    into_candidates(conn, group, rows)
}

/// The places of all whom the rule matches, of all members and of `others`, in order.
pub fn gather(
    conn: &mut DbConnection,
    rule: &MembershipRule,
    group: Option<GroupId>,
    others: &[UserId],
) -> Result<Vec<Cursor>, StoreError> {
    let place = (users::sort_key, users::id);
    let mut places: Vec<(String, i64)> = users::table
        .filter(rule_search::plan(conn, rule)?)
        .select(place)
        .load(conn)?;
    if let Some(group) = group {
        let members: Vec<(String, i64)> = group_members::table
            .inner_join(users::table)
            .filter(group_members::group_id.eq(group.get()))
            .select(place)
            .load(conn)?;
        places.extend(members);
    }
    if !others.is_empty() {
        let keys: Vec<i64> = others.iter().map(|user| user.get()).collect();
        let listed: Vec<(String, i64)> = users::table
            .filter(users::id.eq_any(keys))
            .select(place)
            .load(conn)?;
        places.extend(listed);
    }
    let places: BTreeSet<(String, i64)> = places.into_iter().collect();
    Ok(places
        .into_iter()
        .map(|(sort, id)| Cursor { sort, id })
        .collect())
}

/// The candidates at these places, in their order.
pub fn at(
    conn: &mut DbConnection,
    group: Option<GroupId>,
    places: &[Cursor],
) -> Result<Vec<Candidate>, StoreError> {
    let keys: Vec<i64> = places.iter().map(|place| place.id).collect();
    let rows: Vec<UserRow> = users::table
        .inner_join(accounts::table)
        .filter(users::id.eq_any(keys))
        .select((
            UserColumns::as_select(),
            accounts::public_id,
            accounts::username,
        ))
        .load(conn)?;
    let candidates = into_candidates(conn, group, rows)?;
    let mut by_key: BTreeMap<i64, Candidate> = candidates
        .into_iter()
        .map(|candidate| (candidate.cursor.id, candidate))
        .collect();
    Ok(places
        .iter()
        .filter_map(|place| by_key.remove(&place.id))
        .collect())
}

fn into_candidates(
    conn: &mut DbConnection,
    group: Option<GroupId>,
    rows: Vec<UserRow>,
) -> Result<Vec<Candidate>, StoreError> {
    let places: Vec<Cursor> = rows
        .iter()
        .map(|(columns, _, _)| columns.cursor())
        .collect();
    let members: BTreeSet<i64> = match group {
        None => BTreeSet::new(),
        Some(group) => {
            let keys: Vec<i64> = places.iter().map(|place| place.id).collect();
            let among: Vec<i64> = group_members::table
                .filter(group_members::group_id.eq(group.get()))
                .filter(group_members::user_id.eq_any(keys))
                .select(group_members::user_id)
                .load(conn)?;
            among.into_iter().collect()
        }
    };
    rows.into_iter()
        .zip(places)
        .map(|(row, cursor)| {
            Ok(Candidate {
                is_member: members.contains(&cursor.id),
                user: into_user(row)?,
                cursor,
            })
        })
        .collect()
}
