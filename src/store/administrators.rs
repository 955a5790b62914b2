//! Administrators: accounts of their own, never users, so that no rule ever matches one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::admin::{AdminRole, Administrator};
use crate::domain::ids::{AdminId, PublicId};
use crate::domain::session::AccountKind;
use crate::store::accounts::{self as account_rows, NewAccount};
use crate::store::columns::Place;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::{accounts, administrators};

/// An administrator about to be created.
#[derive(Debug, Clone)]
pub struct NewAdministrator {
    pub public_id: PublicId,
    pub username: String,
    pub email: String,
    pub role: AdminRole,
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable)]
struct AdminRow {
    id: i64,
    public_id: String,
    username: String,
    email: String,
    role: String,
}

type Columns = (
    administrators::id,
    accounts::public_id,
    accounts::username,
    administrators::email,
    administrators::role,
);

fn columns() -> Columns {
    (
        administrators::id,
        accounts::public_id,
        accounts::username,
        administrators::email,
        administrators::role,
    )
}

impl AdminRow {
    fn into_administrator(self) -> Result<Administrator, StoreError> {
        let place = Place::new("administrators", &self.id);
        let role = place.read("role", AdminRole::parse(&self.role))?;
        Ok(Administrator {
            id: AdminId::new(self.id),
            public_id: PublicId::new(self.public_id),
            username: self.username,
            email: self.email,
            role,
        })
    }
}

/// Inserts an administrator without a password.
pub fn insert(
    conn: &mut DbConnection,
    new: &NewAdministrator,
) -> Result<Administrator, StoreError> {
    let account = NewAccount {
        public_id: &new.public_id,
        kind: AccountKind::Administrator,
        username: &new.username,
        password_hash: None,
        created_at: new.created_at,
    };
    let id = account_rows::insert(conn, &account)?;
    diesel::insert_into(administrators::table)
        .values((
            administrators::id.eq(id),
            administrators::email.eq(&new.email),
            administrators::role.eq(new.role.as_str()),
            administrators::version.eq(1),
        ))
        .execute(conn)?;
    Ok(Administrator {
        id: AdminId::new(id),
        public_id: new.public_id.clone(),
        username: new.username.clone(),
        email: new.email.clone(),
        role: new.role,
    })
}

/// Saves e-mail address and role. False: there is no such administrator.
pub fn save(conn: &mut DbConnection, admin: &Administrator) -> Result<bool, StoreError> {
    let changed = diesel::update(administrators::table.find(admin.id.get()))
        .set((
            administrators::email.eq(&admin.email),
            administrators::role.eq(admin.role.as_str()),
            administrators::version.eq(administrators::version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Deletes an administrator with sessions and tokens; the name is free again.
pub fn delete(conn: &mut DbConnection, id: AdminId) -> Result<bool, StoreError> {
    account_rows::delete(conn, id.get())
}

/// One administrator by key.
pub fn find(conn: &mut DbConnection, id: AdminId) -> Result<Option<Administrator>, StoreError> {
    administrators::table
        .inner_join(accounts::table)
        .filter(administrators::id.eq(id.get()))
        .select(columns())
        .get_result::<AdminRow>(conn)
        .optional()?
        .map(AdminRow::into_administrator)
        .transpose()
}

/// One administrator by public id.
pub fn find_by_public_id(
    conn: &mut DbConnection,
    id: &PublicId,
) -> Result<Option<Administrator>, StoreError> {
    administrators::table
        .inner_join(accounts::table)
        .filter(accounts::public_id.eq(id.as_str()))
        .select(columns())
        .get_result::<AdminRow>(conn)
        .optional()?
        .map(AdminRow::into_administrator)
        .transpose()
}

/// All administrators by name; there are few.
pub fn list(conn: &mut DbConnection) -> Result<Vec<Administrator>, StoreError> {
    administrators::table
        .inner_join(accounts::table)
        .order(accounts::username_fold)
        .select(columns())
        .load::<AdminRow>(conn)?
        .into_iter()
        .map(AdminRow::into_administrator)
        .collect()
}

/// Keeps others from changing who has this role until the transaction ends, so that counting them is
/// a decision. On SQLite the writer is alone anyway.
pub fn lock_role(conn: &mut DbConnection, role: AdminRole) -> Result<(), StoreError> {
    if let DbConnection::Postgres(pg) = conn {
        administrators::table
            .filter(administrators::role.eq(role.as_str()))
            .order(administrators::id)
            .select(administrators::id)
            .for_update()
            .load::<i64>(pg)?;
    }
    Ok(())
}

/// How many administrators have this role.
pub fn count_with_role(conn: &mut DbConnection, role: AdminRole) -> Result<i64, StoreError> {
    Ok(administrators::table
        .filter(administrators::role.eq(role.as_str()))
        .count()
        .get_result(conn)?)
}
