//! Accounts: the sign-in name and the password of users and administrators alike (names are unique
//! over both, ignoring case). The persons behind them are in `users` and `administrators`.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, select};
use diesel::prelude::*;

use crate::domain::admin::AdminRole;
use crate::domain::ids::{AccountId, AdminId, PublicId, UserId};
use crate::domain::session::AccountKind;
use crate::domain::text;
use crate::domain::user::UserState;
use crate::domain::user_schedule::UserSchedule;
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::{accounts, administrators, users};
use crate::store::{half_sign_ins, remembered_devices, totp_secrets};

/// Whose account it is, with what decides whether it may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub public_id: PublicId,
    pub username: String,
    pub holder: AccountHolder,
}

/// The person behind an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountHolder {
    User {
        id: UserId,
        /// As it was written down last.
        state: UserState,
        schedule: UserSchedule,
    },
    Administrator {
        id: AdminId,
        role: AdminRole,
    },
}

impl AccountHolder {
    /// Whether the account may be used at `now` (CHECK-AT-ISSUE): users by their state and its dates.
    pub fn may_act_at(self, now: DateTime<Utc>) -> bool {
        match self {
            Self::User {
                state, schedule, ..
            } => schedule.state_at(state, now) == UserState::Activated,
            Self::Administrator { .. } => true,
        }
    }

    /// The kind without the details.
    pub const fn kind(self) -> AccountKind {
        match self {
            Self::User { .. } => AccountKind::User,
            Self::Administrator { .. } => AccountKind::Administrator,
        }
    }
}

/// The columns of an account and of the person behind it; the same for sign-in and sessions.
#[derive(Queryable)]
pub(in crate::store) struct AccountRow {
    id: i64,
    public_id: String,
    username: String,
    user_state: Option<String>,
    activate_at: Option<i64>,
    suspend_at: Option<i64>,
    role: Option<String>,
}

pub(in crate::store) type AccountColumns = (
    accounts::id,
    accounts::public_id,
    accounts::username,
    diesel::dsl::Nullable<users::user_state>,
    diesel::dsl::Nullable<users::activate_at>,
    diesel::dsl::Nullable<users::suspend_at>,
    diesel::dsl::Nullable<administrators::role>,
);

/// What to select into an [`AccountRow`].
pub(in crate::store) fn account_columns() -> AccountColumns {
    (
        accounts::id,
        accounts::public_id,
        accounts::username,
        users::user_state.nullable(),
        users::activate_at.nullable(),
        users::suspend_at.nullable(),
        administrators::role.nullable(),
    )
}

impl AccountRow {
    pub(in crate::store) fn into_account(self) -> Result<Account, StoreError> {
        let place = Place::new("accounts", &self.id);
        let holder = match (&self.user_state, &self.role) {
            (Some(state), None) => AccountHolder::User {
                id: UserId::new(self.id),
                state: place.read("user_state", UserState::parse(state))?,
                schedule: UserSchedule {
                    activate_at: place.optional_instant("activate_at", self.activate_at)?,
                    suspend_at: place.optional_instant("suspend_at", self.suspend_at)?,
                },
            },
            (None, Some(role)) => AccountHolder::Administrator {
                id: AdminId::new(self.id),
                role: place.read("role", AdminRole::parse(role))?,
            },
            _ => return Err(StoreError::corrupt("accounts", "kind", &self.id)),
        };
        Ok(Account {
            id: AccountId::new(self.id),
            public_id: PublicId::new(self.public_id),
            username: self.username,
            holder,
        })
    }
}

/// An account with its password hash; no `Debug`, so that the hash cannot reach a log.
pub struct Credentials {
    pub account: Account,
    /// PHC string; `None`: nobody can sign in by password.
    pub password_hash: Option<String>,
    pub mark: PasswordMark,
}

/// Which password of an account was looked at: another one has another mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordMark(Option<i64>);

/// Whether the password of this mark is the account's still, and stays until the end of this
/// transaction: whoever sets another one waits, and ends then what was opened by this one.
pub fn has_password(
    conn: &mut DbConnection,
    id: AccountId,
    mark: PasswordMark,
) -> Result<bool, StoreError> {
    let row = accounts::table
        .find(id.get())
        .select(accounts::password_changed_at);
    let changed_at: Option<Option<i64>> = on_either!(
        conn,
        postgres | pg | row.for_share().get_result(pg).optional()?,
        // There is one writer at a time.
        sqlite | lite | row.get_result(lite).optional()?
    );
    Ok(changed_at == Some(mark.0))
}

/// Finds an account by sign-in name, ignoring case.
pub fn find_by_username(
    conn: &mut DbConnection,
    username: &str,
) -> Result<Option<Credentials>, StoreError> {
    let found: Option<(AccountRow, Option<String>, Option<i64>)> = accounts::table
        .left_join(users::table)
        .left_join(administrators::table)
        .filter(accounts::username_fold.eq(text::fold(username)))
        .select((
            account_columns(),
            accounts::password_hash,
            accounts::password_changed_at,
        ))
        .get_result(conn)
        .optional()?;
    found
        .map(|(row, password_hash, changed_at)| {
            Ok(Credentials {
                account: row.into_account()?,
                password_hash,
                mark: PasswordMark(changed_at),
            })
        })
        .transpose()
}

/// Which of these sign-in names, which are folded, administrators have.
pub fn names_of_administrators(
    conn: &mut DbConnection,
    folded: &BTreeSet<String>,
) -> Result<BTreeSet<String>, StoreError> {
    let names: Vec<String> = accounts::table
        .inner_join(administrators::table)
        .filter(accounts::username_fold.eq_any(folded))
        .select(accounts::username_fold)
        .load(conn)?;
    Ok(names.into_iter().collect())
}

/// Finds an account by key.
pub fn find(conn: &mut DbConnection, id: AccountId) -> Result<Option<Account>, StoreError> {
    let found: Option<AccountRow> = accounts::table
        .left_join(users::table)
        .left_join(administrators::table)
        .filter(accounts::id.eq(id.get()))
        .select(account_columns())
        .get_result(conn)
        .optional()?;
    found.map(AccountRow::into_account).transpose()
}

/// Sets or removes the password; browsers that were remembered, sign-ins between two steps and an
/// authenticator app that is not confirmed end with the old one. False: no such account.
pub fn set_password(
    conn: &mut DbConnection,
    id: AccountId,
    password_hash: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let changed = diesel::update(accounts::table.find(id.get()))
        .set((
            accounts::password_hash.eq(password_hash),
            accounts::password_changed_at.eq(Some(millis(now))),
        ))
        .execute(conn)?;
    remembered_devices::delete_of_account(conn, id)?;
    half_sign_ins::delete_of_account(conn, id)?;
    totp_secrets::delete_proposal(conn, id)?;
    Ok(changed == 1)
}

/// Whether another account than this user's has the text as its sign-in name or e-mail address, ignoring case.
pub fn is_borne_by_another(
    conn: &mut DbConnection,
    text: &str,
    user: UserId,
) -> Result<bool, StoreError> {
    let fold = text::fold(text);
    let names = accounts::table
        .filter(accounts::username_fold.eq(&fold))
        .filter(accounts::id.ne(user.get()));
    let addresses = users::table
        .filter(users::email_fold.eq(&fold))
        .filter(users::id.ne(user.get()));
    if select(exists(names).or(exists(addresses))).get_result(conn)? {
        return Ok(true);
    }
    let administrators: Vec<String> = administrators::table
        .select(administrators::email)
        .load(conn)?;
    Ok(administrators.iter().any(|email| text::fold(email) == fold))
}

/// The account that somebody means by a sign-in name or an e-mail address, ignoring case: of the
/// name first, then the user's of the address, then the first administrator's. The same statements
/// run whatever is found.
pub fn find_by_name_or_email(
    conn: &mut DbConnection,
    text: &str,
) -> Result<Option<Account>, StoreError> {
    let fold = text::fold(text);
    let by_name: Option<i64> = accounts::table
        .filter(accounts::username_fold.eq(&fold))
        .select(accounts::id)
        .get_result(conn)
        .optional()?;
    let by_email: Option<i64> = users::table
        .filter(users::email_fold.eq(&fold))
        .select(users::id)
        .get_result(conn)
        .optional()?;
    let administrators: Vec<(i64, String)> = administrators::table
        .order(administrators::id)
        .select((administrators::id, administrators::email))
        .load(conn)?;
    let administrator = administrators
        .into_iter()
        .find(|(_, email)| text::fold(email) == fold)
        .map(|(id, _)| id);
    // Of nobody it is asked too.
    let id = by_name.or(by_email).or(administrator).unwrap_or(0);
    find(conn, AccountId::new(id))
}

/// What is known of an account's password, never the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordFacts {
    /// When it was set; `None`: there is no password.
    pub set_at: Option<DateTime<Utc>>,
    /// When the person was last sent a link that sets the first one.
    pub invited_at: Option<DateTime<Utc>>,
}

/// Reads them; `None`: no such account.
pub fn password_facts(
    conn: &mut DbConnection,
    id: AccountId,
) -> Result<Option<PasswordFacts>, StoreError> {
    let found: Option<(Option<String>, Option<i64>, Option<i64>)> = accounts::table
        .find(id.get())
        .select((
            accounts::password_hash,
            accounts::password_changed_at,
            accounts::invited_at,
        ))
        .get_result(conn)
        .optional()?;
    let key = id.get();
    let place = Place::new("accounts", &key);
    found
        .map(|(hash, changed_at, invited_at)| {
            let changed_at = changed_at.filter(|_| hash.is_some());
            Ok(PasswordFacts {
                set_at: place.optional_instant("password_changed_at", changed_at)?,
                invited_at: place.optional_instant("invited_at", invited_at)?,
            })
        })
        .transpose()
}

/// Notes that the person was sent a link that sets the first password.
pub fn note_invitation(
    conn: &mut DbConnection,
    id: AccountId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(id.get()))
        .set(accounts::invited_at.eq(Some(millis(now))))
        .execute(conn)?;
    Ok(())
}

/// Puts a hash of the same password in the place of another; false: the password changed meanwhile.
pub fn replace_hash(
    conn: &mut DbConnection,
    id: AccountId,
    (old, new): (&str, &str),
) -> Result<bool, StoreError> {
    let row = accounts::table
        .find(id.get())
        .filter(accounts::password_hash.eq(old));
    let changed = diesel::update(row)
        .set(accounts::password_hash.eq(Some(new)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// An account about to be made, by `users` or `administrators`.
pub(in crate::store) struct NewAccount<'a> {
    pub public_id: &'a PublicId,
    pub kind: AccountKind,
    pub username: &'a str,
    pub password_hash: Option<&'a str>,
    pub created_at: DateTime<Utc>,
}

/// Inserts an account and returns its key.
pub(in crate::store) fn insert(
    conn: &mut DbConnection,
    new: &NewAccount<'_>,
) -> Result<i64, StoreError> {
    let kind = match new.kind {
        AccountKind::User => "USER",
        AccountKind::Administrator => "ADMINISTRATOR",
    };
    let changed_at = new.password_hash.map(|_| millis(new.created_at));
    Ok(on_either!(conn, |db| diesel::insert_into(accounts::table)
        .values((
            accounts::public_id.eq(new.public_id.as_str()),
            accounts::kind.eq(kind),
            accounts::username.eq(new.username),
            accounts::username_fold.eq(text::fold(new.username)),
            accounts::password_hash.eq(new.password_hash),
            accounts::password_changed_at.eq(changed_at),
            accounts::created_at.eq(millis(new.created_at)),
        ))
        .returning(accounts::id)
        .get_result(db))?)
}

/// Gives an account another sign-in name.
pub(in crate::store) fn rename(
    conn: &mut DbConnection,
    id: i64,
    username: &str,
) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(id))
        .set((
            accounts::username.eq(username),
            accounts::username_fold.eq(text::fold(username)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes an account with the person, sessions and tokens that belong to it; its name is free
/// again. Audit events stay.
pub(in crate::store) fn delete(conn: &mut DbConnection, id: i64) -> Result<bool, StoreError> {
    Ok(diesel::delete(accounts::table.find(id)).execute(conn)? == 1)
}
