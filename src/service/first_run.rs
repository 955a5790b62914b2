//! The first administrator of a new installation: made on a page whose address is told once, on the
//! terminal of the machine that runs the service. As soon as anybody administers, no such address
//! works and none is made.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::admin::{AdminRole, Administrator};
use crate::domain::secret::shown_by_name;
use crate::service::administrators::{self, NewAdministrator};
use crate::service::caller::terminal;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::secrets::{digest_hex, random_token};
use crate::store::administrators as admin_rows;
use crate::store::connection::DbConnection;
use crate::store::settings;

/// Where digest and end of the one link are kept.
const KEY: &str = "first_run_link";
/// How long a link works.
const LINK_LIVES: TimeDelta = TimeDelta::hours(24);
const NO_LINK: ServiceError = ServiceError::NotFound { what: "link" };

/// Who is to be the first administrator.
#[derive(Clone)]
pub struct FirstAdministrator {
    pub username: String,
    pub email: String,
    pub password: String,
}

shown_by_name!(FirstAdministrator);

/// A fresh token for the address `/first-run/{token}`, in the place of any former one; `None` when
/// somebody administers already.
pub fn open(env: &Environment) -> Result<Option<String>, ServiceError> {
    if administrators::exists(env)? {
        return Ok(None);
    }
    let token = random_token()?;
    let ends_at = env.now() + LINK_LIVES;
    let value = stored_value(&token, ends_at);
    env.store
        .write(move |conn| settings::save(conn, KEY, &value))?;
    Ok(Some(token))
}

/// Whether the address of this token works.
pub fn check(env: &Environment, token: &str) -> Result<(), ServiceError> {
    let now = env.now();
    env.store
        .read(|conn| find(conn, token, now))
        .map(|_stored| ())
}

/// Makes the first administrator and uses the address up.
pub fn complete(
    env: &Environment,
    token: &str,
    first: FirstAdministrator,
) -> Result<Administrator, ServiceError> {
    let new = NewAdministrator {
        username: first.username,
        email: first.email,
        role: AdminRole::Administrator.as_str().to_owned(),
        password: Some(first.password),
    };
    let now = env.now();
    // Before anything is hashed: strangers without the address cost nothing.
    check(env, token)?;
    let (ready, _no_link) = administrators::prepare(env, &terminal(), &new)?;
    let token = token.to_owned();
    env.store
        .write(move |conn| -> Result<Administrator, ServiceError> {
            let stored = find(conn, &token, now)?;
            if !settings::take(conn, KEY, &stored)? {
                return Err(NO_LINK);
            }
            ready.write(conn)
        })
}

/// The stored value, if it is that of this token, has not run out, and nobody administers yet.
fn find(conn: &mut DbConnection, token: &str, now: DateTime<Utc>) -> Result<String, ServiceError> {
    let stored = settings::find(conn, KEY)?.ok_or(NO_LINK)?;
    let ends_at = stored
        .split_once(' ')
        .and_then(|(_, millis)| DateTime::from_timestamp_millis(millis.parse().ok()?))
        .ok_or(NO_LINK)?;
    let is_the_first = admin_rows::count_with_role(conn, AdminRole::Administrator)? == 0;
    if stored == stored_value(token, ends_at) && now < ends_at && is_the_first {
        Ok(stored)
    } else {
        Err(NO_LINK)
    }
}

fn stored_value(token: &str, ends_at: DateTime<Utc>) -> String {
    let digest = digest_hex(token.as_bytes());
    format!("{digest} {}", ends_at.timestamp_millis())
}
