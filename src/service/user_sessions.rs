//! The live sessions of an account as they are shown, and those of a user as an administrator ends
//! them. How a session begins and how long it lives is in `authentication.rs`.

use chrono::{DateTime, Utc};

use crate::domain::audit::Actor;
use crate::domain::ids::PublicId;
use crate::service::audit_trail::{Trail, object_of_user};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::users::find;
use crate::store::accounts::{self, Account};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::sessions;

/// A live session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    pub id: PublicId,
    /// Where it began: the client's address.
    pub address: String,
    /// What the browser calls itself.
    pub user_agent: String,
    pub started: DateTime<Utc>,
    pub last_seen: DateTime<Utc>,
}

/// Which sessions of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    One(PublicId),
    All,
}

/// The live sessions of a user, newest first.
pub fn list(env: &Environment, id: &str) -> Result<Vec<SessionView>, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let user = find(conn, &id)?;
        let account = accounts::find(conn, user.id.account())?
            .ok_or(ServiceError::NotFound { what: "account" })?;
        Ok(of_account(conn, &account, env.now())?)
    })
}

/// The live sessions of any account, newest first.
pub(in crate::service) fn of_account(
    conn: &mut DbConnection,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<Vec<SessionView>, StoreError> {
    let records = sessions::list_of_account(conn, account, now)?;
    Ok(records
        .into_iter()
        .map(|record| SessionView {
            id: record.session.public_id,
            address: record.address,
            user_agent: record.user_agent,
            started: record.session.created_at,
            last_seen: record.session.last_seen_at,
        })
        .collect())
}

/// Ends sessions at once and tells how many there were; one that has ended is no fault.
pub fn end(
    env: &Environment,
    actor: &Actor,
    id: &str,
    ending: Ending,
) -> Result<usize, ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<_, ServiceError> {
        let user = find(conn, &id)?;
        let account = user.id.account();
        let ended = match &ending {
            Ending::One(session) => {
                usize::from(sessions::delete_by_public_id(conn, account, session)?)
            }
            Ending::All => sessions::delete_of_account(conn, account)?,
        };
        if ended > 0 {
            let text = serde_json::json!({ "ended": ended }).to_string();
            let object = object_of_user(&user);
            trail.write(conn, "user.sessions_ended", object, (None, Some(text)))?;
        }
        Ok(ended)
    })
}
