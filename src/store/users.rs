//! People of the directory: one row in `accounts` and one in `users`. What a change of a user does
//! to memberships is decided above; lists are in `user_list`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::{PublicId, UserId};
use crate::domain::session::AccountKind;
use crate::domain::text;
use crate::domain::user::{DirectoryAttributes, User, UserState};
use crate::domain::user_schedule::UserSchedule;
use crate::store::accounts::{self as account_rows, NewAccount};
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, on_either};
use crate::store::epochs;
use crate::store::error::StoreError;
use crate::store::paging::Cursor;
use crate::store::schema::{accounts, users};

/// A user about to be created.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub public_id: PublicId,
    pub username: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub display_name: String,
    pub state: UserState,
    pub schedule: UserSchedule,
    pub directory: DirectoryAttributes,
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(in crate::store) struct UserColumns {
    id: i64,
    email: String,
    first_name: String,
    last_name: String,
    display_name: String,
    sort_key: String,
    company: String,
    cost_center: String,
    department: String,
    description: String,
    employee_type: String,
    job_title: String,
    location: String,
    manager: String,
    user_state: String,
    version: i64,
    activate_at: Option<i64>,
    suspend_at: Option<i64>,
}

impl UserColumns {
    /// The user's place in the alphabetical list.
    pub(in crate::store) fn cursor(&self) -> Cursor {
        Cursor {
            sort: self.sort_key.clone(),
            id: self.id,
        }
    }
}

/// The columns of `users` with public id and username of the account.
pub(in crate::store) type UserRow = (UserColumns, String, String);

/// Reads one row of [`UserRow`].
pub(in crate::store) fn into_user(row: UserRow) -> Result<User, StoreError> {
    let (columns, public_id, username) = row;
    let place = Place::new("users", &columns.id);
    let state = place.read("user_state", UserState::parse(&columns.user_state))?;
    let schedule = UserSchedule {
        activate_at: place.optional_instant("activate_at", columns.activate_at)?,
        suspend_at: place.optional_instant("suspend_at", columns.suspend_at)?,
    };
    Ok(User {
        id: UserId::new(columns.id),
        public_id: PublicId::new(public_id),
        username,
        email: columns.email,
        first_name: columns.first_name,
        last_name: columns.last_name,
        display_name: columns.display_name,
        state,
        schedule,
        directory: DirectoryAttributes {
            company: columns.company,
            cost_center: columns.cost_center,
            department: columns.department,
            description: columns.description,
            employee_type: columns.employee_type,
            job_title: columns.job_title,
            location: columns.location,
            manager: columns.manager,
        },
        version: columns.version,
    })
}

/// Inserts a user without a password; `accounts::set_password` gives one.
pub fn insert(conn: &mut DbConnection, new: &NewUser) -> Result<User, StoreError> {
    let account = NewAccount {
        public_id: &new.public_id,
        kind: AccountKind::User,
        username: &new.username,
        password_hash: None,
        created_at: new.created_at,
    };
    let id = account_rows::insert(conn, &account)?;
    let user = User {
        id: UserId::new(id),
        public_id: new.public_id.clone(),
        username: new.username.clone(),
        email: new.email.clone(),
        first_name: new.first_name.clone(),
        last_name: new.last_name.clone(),
        display_name: new.display_name.clone(),
        state: new.state,
        schedule: new.schedule,
        directory: new.directory.clone(),
        version: 1,
    };
    on_either!(conn, |db| diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            UserValues::of(&user, new.created_at),
            users::rule_gen.eq(epochs::rule_epoch_now()),
            users::created_at.eq(millis(new.created_at)),
        ))
        .execute(db))?;
    Ok(user)
}

/// Saves every field of a user and returns it with its version raised. Lock the user first and
/// compare the version that the client saw. A user that was deleted meanwhile is `ParentGone`.
pub fn save(conn: &mut DbConnection, user: &User, now: DateTime<Utc>) -> Result<User, StoreError> {
    let mut saved = user.clone();
    saved.version += 1;
    account_rows::rename(conn, user.id.get(), &user.username)?;
    let changed = diesel::update(users::table.find(user.id.get()))
        .set((
            UserValues::of(&saved, now),
            users::rule_gen.eq(epochs::rule_epoch_now()),
        ))
        .execute(conn)?;
    if changed == 1 {
        Ok(saved)
    } else {
        Err(StoreError::ParentGone)
    }
}

/// Deletes a user with everything that belongs to it; audit events stay, the names are free.
pub fn delete(conn: &mut DbConnection, id: UserId) -> Result<bool, StoreError> {
    account_rows::delete(conn, id.get())
}

/// Keeps others from changing this user until the transaction ends; false: there is no such user.
/// Take several in ascending order. On SQLite the writer is alone anyway.
///
/// Also stamps the user with the rule epoch: whoever locks a user is about to change what rules
/// read or what they decided, and a rule change that was computed meanwhile looks at every user
/// stamped since.
pub fn lock(conn: &mut DbConnection, id: UserId) -> Result<bool, StoreError> {
    let row = users::table.find(id.get()).select(users::id);
    let found: Option<i64> = on_either!(
        conn,
        postgres | pg | row.for_update().get_result(pg).optional(),
        sqlite | lite | row.get_result(lite).optional()
    )?;
    if found.is_none() {
        return Ok(false);
    }
    let stale = users::table
        .find(id.get())
        .filter(users::rule_gen.ne(epochs::rule_epoch_now()));
    diesel::update(stale)
        .set(users::rule_gen.eq(epochs::rule_epoch_now()))
        .execute(conn)?;
    Ok(true)
}

/// The same for several users; those that are not there are passed over.
pub fn lock_all(conn: &mut DbConnection, ids: &BTreeSet<UserId>) -> Result<(), StoreError> {
    let keys: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    if let DbConnection::Postgres(pg) = conn {
        let ascending = users::table
            .filter(users::id.eq_any(&keys))
            .order(users::id)
            .select(users::id);
        ascending.for_update().load::<i64>(pg)?;
    }
    let stale = users::table
        .filter(users::id.eq_any(&keys))
        .filter(users::rule_gen.ne(epochs::rule_epoch_now()));
    diesel::update(stale)
        .set(users::rule_gen.eq(epochs::rule_epoch_now()))
        .execute(conn)?;
    Ok(())
}

/// The one user for whom a condition holds. Stamped once for each database: on the way of every
/// sign-on, a statement over both at once costs twice as much.
macro_rules! user_where {
    ($conn:expr, $condition:expr) => {
        on_either!($conn, |db| users::table
            .inner_join(accounts::table)
            .filter($condition)
            .select((
                UserColumns::as_select(),
                accounts::public_id,
                accounts::username,
            ))
            .get_result(db)
            .optional())?
        .map(into_user)
        .transpose()
    };
}

/// One user by key.
pub fn find(conn: &mut DbConnection, id: UserId) -> Result<Option<User>, StoreError> {
    user_where!(conn, users::id.eq(id.get()))
}

/// Several users by key; one that is not there is left out.
pub fn find_all(
    conn: &mut DbConnection,
    ids: &[UserId],
) -> Result<BTreeMap<UserId, User>, StoreError> {
    let keys: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    let rows: Vec<UserRow> = users::table
        .inner_join(accounts::table)
        .filter(users::id.eq_any(keys))
        .select((
            UserColumns::as_select(),
            accounts::public_id,
            accounts::username,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|row| into_user(row).map(|user| (user.id, user)))
        .collect()
}

/// One user by public id.
pub fn find_by_public_id(
    conn: &mut DbConnection,
    id: &PublicId,
) -> Result<Option<User>, StoreError> {
    // No id holds it, and PostgreSQL takes it for an error.
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    user_where!(conn, accounts::public_id.eq(id.as_str()))
}

/// One user by sign-in name, ignoring case.
pub fn find_by_username(
    conn: &mut DbConnection,
    username: &str,
) -> Result<Option<User>, StoreError> {
    let fold = text::fold(username);
    user_where!(conn, accounts::username_fold.eq(&fold))
}

/// One user by e-mail address, ignoring case.
pub fn find_by_email(conn: &mut DbConnection, email: &str) -> Result<Option<User>, StoreError> {
    let fold = text::fold(email);
    user_where!(conn, users::email_fold.eq(&fold))
}

/// The users of these sign-in names, which are folded.
pub fn find_all_by_username(
    conn: &mut DbConnection,
    folded: &BTreeSet<String>,
) -> Result<Vec<User>, StoreError> {
    let rows: Vec<UserRow> = users::table
        .inner_join(accounts::table)
        .filter(accounts::username_fold.eq_any(folded))
        .select((
            UserColumns::as_select(),
            accounts::public_id,
            accounts::username,
        ))
        .load(conn)?;
    rows.into_iter().map(into_user).collect()
}

/// Who has which of these e-mail addresses, which are folded: address and folded sign-in name.
pub fn owners_of_emails(
    conn: &mut DbConnection,
    folded: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, StoreError> {
    let rows: Vec<(String, String)> = users::table
        .inner_join(accounts::table)
        .filter(users::email_fold.eq_any(folded))
        .select((users::email_fold, accounts::username_fold))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Users stamped with this rule epoch or a later one, ascending by key, after `after`.
pub fn stamped_since(
    conn: &mut DbConnection,
    epoch: i64,
    (after, limit): (UserId, u32),
) -> Result<Vec<User>, StoreError> {
    let rows: Vec<UserRow> = users::table
        .inner_join(accounts::table)
        .filter(users::rule_gen.ge(epoch))
        .filter(users::id.gt(after.get()))
        .order(users::id)
        .limit(limit.into())
        .select((
            UserColumns::as_select(),
            accounts::public_id,
            accounts::username,
        ))
        .load(conn)?;
    rows.into_iter().map(into_user).collect()
}

/// Users ascending by key, after `after`.
pub fn list_by_key(
    conn: &mut DbConnection,
    (after, limit): (UserId, u32),
) -> Result<Vec<User>, StoreError> {
    let rows: Vec<UserRow> = users::table
        .inner_join(accounts::table)
        .filter(users::id.gt(after.get()))
        .order(users::id)
        .limit(limit.into())
        .select((
            UserColumns::as_select(),
            accounts::public_id,
            accounts::username,
        ))
        .load(conn)?;
    rows.into_iter().map(into_user).collect()
}

/// Users one of whose dates has come, those first who are to become active.
pub fn due(
    conn: &mut DbConnection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<PublicId>, StoreError> {
    // Two statements, since each date has an index of its own, which an "or" of both does not use.
    let mut ids: Vec<String> = users::table
        .inner_join(accounts::table)
        .filter(users::activate_at.le(millis(now)))
        .order(users::activate_at)
        .limit(limit.into())
        .select(accounts::public_id)
        .load(conn)?;
    let suspended: Vec<String> = users::table
        .inner_join(accounts::table)
        .filter(users::suspend_at.le(millis(now)))
        .order(users::suspend_at)
        .limit(limit.into())
        .select(accounts::public_id)
        .load(conn)?;
    for id in suspended {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids.into_iter().map(PublicId::new).collect())
}

/// How many there are.
pub fn count(conn: &mut DbConnection) -> Result<i64, StoreError> {
    Ok(users::table.count().get_result(conn)?)
}

/// The columns that insert and save have in common.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
struct UserValues<'a> {
    email: &'a str,
    email_fold: String,
    first_name: &'a str,
    last_name: &'a str,
    display_name: &'a str,
    sort_key: String,
    company: &'a str,
    cost_center: &'a str,
    department: &'a str,
    description: &'a str,
    employee_type: &'a str,
    job_title: &'a str,
    location: &'a str,
    manager: &'a str,
    user_state: &'a str,
    activate_at: Option<i64>,
    suspend_at: Option<i64>,
    version: i64,
    updated_at: i64,
}

impl<'a> UserValues<'a> {
    fn of(user: &'a User, now: DateTime<Utc>) -> Self {
        Self {
            email: &user.email,
            email_fold: text::fold(&user.email),
            first_name: &user.first_name,
            last_name: &user.last_name,
            display_name: &user.display_name,
            sort_key: sort_key(user),
            company: &user.directory.company,
            cost_center: &user.directory.cost_center,
            department: &user.directory.department,
            description: &user.directory.description,
            employee_type: &user.directory.employee_type,
            job_title: &user.directory.job_title,
            location: &user.directory.location,
            manager: &user.directory.manager,
            user_state: user.state.as_str(),
            activate_at: user.schedule.activate_at.map(millis),
            suspend_at: user.schedule.suspend_at.map(millis),
            version: user.version,
            updated_at: millis(now),
        }
    }
}

/// Display name, then username, both folded (rule A46). Cut, since PostgreSQL refuses index
/// entries over 2,700 bytes; the separator sorts before every character a name can hold.
fn sort_key(user: &User) -> String {
    const KEPT: usize = 256;
    let mut key: String = text::fold(&user.display_name).chars().take(KEPT).collect();
    key.push('\u{1}');
    key.extend(text::fold(&user.username).chars().take(KEPT));
    key
}
