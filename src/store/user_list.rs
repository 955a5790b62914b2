//! Lists of users: search, exact filters, pages in alphabetical order (rule A46). Filters arrive
//! in a closed form; nothing a client wrote becomes SQL text.

use diesel::dsl::{InnerJoin, IntoBoxed};
use diesel::prelude::*;

use crate::domain::text;
use crate::domain::user::{RuleAttribute, User, UserField};
use crate::store::connection::{DbConnection, MultiBackend};
use crate::store::error::StoreError;
use crate::store::paging::{Cursor, Page, PageRequest};
use crate::store::schema::{accounts, users};
use crate::store::search::containing;
use crate::store::users::{self as people, UserColumns, UserRow, into_user};

/// What to list; everything given must hold.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Part of username, e-mail or display name, ignoring case.
    pub q: Option<String>,
    /// Whole values of fields: username and e-mail ignoring case, the rest byte by byte.
    pub exact: Vec<(UserField, String)>,
}

impl UserFilter {
    /// True if it leaves nobody out.
    const fn is_of_all(&self) -> bool {
        self.q.is_none() && self.exact.is_empty()
    }
}

/// No more are sorted.
const FEW: i64 = 2_000;

/// Users with their accounts, narrowed in whatever way.
pub(in crate::store) type UserQuery<'a> =
    IntoBoxed<'a, InnerJoin<users::table, accounts::table>, MultiBackend>;

/// One page by display name, then username.
pub fn list(
    conn: &mut DbConnection,
    filter: &UserFilter,
    page: &PageRequest,
) -> Result<Page<User>, StoreError> {
    if let Some(keys) = few(conn, filter)? {
        let total = i64::try_from(keys.len()).unwrap_or(FEW);
        let found = users::table.inner_join(accounts::table).into_boxed();
        let (items, next) = page_of(conn, found.filter(users::id.eq_any(keys)), page)?;
        return Ok(Page { items, next, total });
    }
    let total = if filter.is_of_all() {
        people::count(conn)?
    } else {
        filtered(filter).count().get_result(conn)?
    };
    let (items, next) = list_on(conn, filter, page)?;
    Ok(Page { items, next, total })
}

/// Whom a search has found, if they are few: they are sorted for each page. On the way through all
/// users in alphabetical order everybody else would have to be read, too.
fn few(conn: &mut DbConnection, filter: &UserFilter) -> Result<Option<Vec<i64>>, StoreError> {
    if filter.is_of_all() {
        return Ok(None);
    }
    let keys = filtered(filter).select(users::id).limit(FEW + 1);
    let keys: Vec<i64> = keys.load(conn)?;
    let are_few = i64::try_from(keys.len()).is_ok_and(|found| found <= FEW);
    Ok(are_few.then_some(keys))
}

/// The same without counting: the users of the page, and where the next one begins.
pub fn list_on(
    conn: &mut DbConnection,
    filter: &UserFilter,
    page: &PageRequest,
) -> Result<(Vec<User>, Option<Cursor>), StoreError> {
    page_of(conn, filtered(filter), page)
}

/// One page of the users that a query finds, by display name, then username, and where the next one
/// begins.
pub(in crate::store) fn page_of<'a>(
    conn: &mut DbConnection,
    mut query: UserQuery<'a>,
    page: &'a PageRequest,
) -> Result<(Vec<User>, Option<Cursor>), StoreError> {
    if let Some(after) = &page.after {
        // The first condition is implied by the second; it is the one that an index can begin at.
        query = query.filter(users::sort_key.ge(&after.sort)).filter(
            users::sort_key
                .gt(&after.sort)
                .or(users::sort_key.eq(&after.sort).and(users::id.gt(after.id))),
        );
    }
    let rows: Vec<UserRow> = query
        .order((users::sort_key, users::id))
        .limit(page.rows_to_load())
        .select((
            UserColumns::as_select(),
            accounts::public_id,
            accounts::username,
        ))
        .load(conn)?;
    let page = page
        .cut(rows, 0, |(columns, _, _)| columns.cursor())
        .try_map(into_user)?;
    Ok((page.items, page.next))
}

/// Several users by public id, in alphabetical order; one that is not there is left out.
pub fn with_public_ids(conn: &mut DbConnection, ids: &[&str]) -> Result<Vec<User>, StoreError> {
    // No id holds a NUL, and PostgreSQL takes one for an error.
    let ids = ids.iter().filter(|id| !id.contains('\0'));
    let rows: Vec<UserRow> = users::table
        .inner_join(accounts::table)
        .filter(accounts::public_id.eq_any(ids))
        .order((users::sort_key, users::id))
        .select((
            UserColumns::as_select(),
            accounts::public_id,
            accounts::username,
        ))
        .load(conn)?;
    rows.into_iter().map(into_user).collect()
}

fn filtered(filter: &UserFilter) -> UserQuery<'_> {
    let mut query = users::table.inner_join(accounts::table).into_boxed();
    if let Some(q) = &filter.q {
        let pattern = containing(&text::fold(q));
        query = query.filter(
            accounts::username_fold
                .like(pattern.clone())
                .escape('\\')
                .or(users::email_fold.like(pattern.clone()).escape('\\'))
                .or(users::sort_key.like(pattern).escape('\\')),
        );
    }
    for (field, value) in &filter.exact {
        query = narrowed(query, *field, value);
    }
    query
}

fn narrowed<'a>(query: UserQuery<'a>, field: UserField, value: &'a str) -> UserQuery<'a> {
    match field {
        UserField::Id => query.filter(accounts::public_id.eq(value)),
        UserField::Username => query.filter(accounts::username_fold.eq(text::fold(value))),
        UserField::Email => query.filter(users::email_fold.eq(text::fold(value))),
        UserField::FirstName => query.filter(users::first_name.eq(value)),
        UserField::LastName => query.filter(users::last_name.eq(value)),
        UserField::DisplayName => query.filter(users::display_name.eq(value)),
        UserField::Rule(attribute) => match attribute {
            RuleAttribute::Company => query.filter(users::company.eq(value)),
            RuleAttribute::CostCenter => query.filter(users::cost_center.eq(value)),
            RuleAttribute::Department => query.filter(users::department.eq(value)),
            RuleAttribute::Description => query.filter(users::description.eq(value)),
            RuleAttribute::EmployeeType => query.filter(users::employee_type.eq(value)),
            RuleAttribute::JobTitle => query.filter(users::job_title.eq(value)),
            RuleAttribute::Location => query.filter(users::location.eq(value)),
            RuleAttribute::Manager => query.filter(users::manager.eq(value)),
            RuleAttribute::UserState => query.filter(users::user_state.eq(value)),
        },
    }
}
