//! Reports (rule A10): every membership with its group, method, user, source, since when and by
//! which event, as pages or as a whole.

use std::collections::BTreeSet;

use crate::domain::ids::{GroupId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::user_group::MembershipMethod;
use crate::domain::violation::Violation;
use crate::service::cause::{self, Cause, Reason};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::{ListQuery, Page};
use crate::service::user_record::{self, UserView};
use crate::service::users as people;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::membership_report::{self, MembershipFilter, ReportedMembership};
use crate::store::paging::{Cursor, PageRequest};
use crate::store::{dynamic_rules, user_list, users};

/// Filters by the names of the API.
const FILTERS: [&str; 4] = ["group", "user", "method", "source"];
/// Rows that are in memory at once when everything is asked for.
const AT_ONCE: u32 = 1_000;

/// One membership with the event that made it.
#[derive(Debug, Clone)]
pub struct MembershipRow {
    pub membership: ReportedMembership,
    pub cause: Cause,
}

/// A page of memberships.
pub fn memberships(
    env: &Environment,
    query: &ListQuery,
) -> Result<Page<MembershipRow>, ServiceError> {
    let filter = filter(query)?;
    let request = query.page_request()?;
    env.store.read(|conn| -> Result<_, ServiceError> {
        let total = membership_report::count(conn, &filter)?;
        let after = request.after.as_ref();
        let mut items = rows(conn, &filter, (after, request.limit.saturating_add(1)))?;
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more);
        Ok(Page {
            next: next.map(|row| row.membership.place().encode()),
            items,
            total,
        })
    })
}

/// Hands all memberships over, some at a time, until there are no more or `take` answers false. Each
/// handful is of one snapshot: a client that reads slowly keeps no transaction open.
pub fn all_memberships(
    env: &Environment,
    query: &ListQuery,
    mut take: impl FnMut(Vec<MembershipRow>) -> bool,
) -> Result<(), ServiceError> {
    let filter = filter(query)?;
    let mut after: Option<Cursor> = None;
    loop {
        let read = |conn: &mut DbConnection| rows(conn, &filter, (after.as_ref(), AT_ONCE));
        let rows = env.store.read(read)?;
        after = rows.last().map(|row| row.membership.place());
        if !take(rows) || after.is_none() {
            return Ok(());
        }
    }
}

/// Hands all users over in the same way, by display name.
pub fn all_users(
    env: &Environment,
    query: &ListQuery,
    mut take: impl FnMut(Vec<UserView>) -> bool,
) -> Result<(), ServiceError> {
    let filter = people::filter(query)?;
    let mut page = PageRequest::first(AT_ONCE);
    loop {
        let (views, next) = env.store.read(|conn| -> Result<_, ServiceError> {
            let (users, next) = user_list::list_on(conn, &filter, &page)?;
            Ok((user_record::complete_all(conn, users)?, next))
        })?;
        page.after = next;
        if !take(views) || page.after.is_none() {
            return Ok(());
        }
    }
}

fn rows(
    conn: &mut DbConnection,
    filter: &MembershipFilter,
    wanted: (Option<&Cursor>, u32),
) -> Result<Vec<MembershipRow>, StoreError> {
    let rows = membership_report::list(conn, filter, wanted)?;
    let by_rule = || {
        rows.iter()
            .filter(|row| row.source == MembershipSource::Rule)
    };
    let groups: BTreeSet<GroupId> = by_rule().map(|row| row.group_key).collect();
    let people: BTreeSet<UserId> = by_rule().map(|row| row.user_key).collect();
    let rules = dynamic_rules::load(conn, &groups.into_iter().collect::<Vec<_>>())?;
    let people = users::find_all(conn, &people.into_iter().collect::<Vec<_>>())?;
    let reasons: Vec<Reason<'_>> = rows
        .iter()
        .map(|row| Reason {
            source: Some(row.source),
            event: &row.cause,
            rule: rules.get(&row.group_key).zip(people.get(&row.user_key)),
        })
        .collect();
    let causes = cause::find_all(conn, &reasons)?;
    Ok(rows
        .into_iter()
        .zip(causes)
        .map(|(membership, cause)| MembershipRow { membership, cause })
        .collect())
}

fn filter(query: &ListQuery) -> Result<MembershipFilter, ServiceError> {
    query.check_filters(&FILTERS)?;
    let text = |name: &str| query.filters.get(name).cloned();
    let method = match text("method") {
        None => None,
        Some(text) => Some(MembershipMethod::parse(&text).ok_or_else(|| {
            let names = MembershipMethod::ALL.map(MembershipMethod::as_str);
            ServiceError::Invalid(vec![Violation::choice("/method", &names)])
        })?),
    };
    let source = match text("source") {
        None => None,
        Some(text) => Some(MembershipSource::parse(&text).ok_or_else(|| {
            let names = MembershipSource::ALL.map(MembershipSource::as_str);
            ServiceError::Invalid(vec![Violation::choice("/source", &names)])
        })?),
    };
    Ok(MembershipFilter {
        group: text("group"),
        user: text("user"),
        method,
        source,
        q: query.q.clone(),
    })
}
