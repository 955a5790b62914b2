//! The person somebody means: by username or id exactly, else by a part of the name.

use crate::domain::ids::PublicId;
use crate::domain::user::User;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::store::connection::DbConnection;
use crate::store::paging::PageRequest;
use crate::store::user_list::{self, UserFilter};
use crate::store::users;

/// The one user whose username or id this is; otherwise those whose username, e-mail address or
/// name holds it, in alphabetical order and no more than `limit`.
pub fn find(env: &Environment, text: &str, limit: u32) -> Result<Vec<User>, ServiceError> {
    env.store.read(|conn| -> Result<_, ServiceError> {
        match exact(conn, text)? {
            Some(user) => Ok(vec![user]),
            None => search(conn, text, limit),
        }
    })
}

/// The one user whose username or id this is.
pub fn named(env: &Environment, text: &str) -> Result<Option<User>, ServiceError> {
    env.store.read(|conn| exact(conn, text))
}

/// Those whose username, e-mail address or name holds the text, in alphabetical order; for no text
/// the first of all.
pub fn suggest(env: &Environment, text: &str, limit: u32) -> Result<Vec<User>, ServiceError> {
    env.store.read(|conn| search(conn, text, limit))
}

fn exact(conn: &mut DbConnection, text: &str) -> Result<Option<User>, ServiceError> {
    Ok(match users::find_by_username(conn, text)? {
        Some(user) => Some(user),
        None => users::find_by_public_id(conn, &PublicId::new(text))?,
    })
}

fn search(conn: &mut DbConnection, text: &str, limit: u32) -> Result<Vec<User>, ServiceError> {
    let filter = UserFilter {
        q: Some(text.to_owned()).filter(|text| !text.is_empty()),
        exact: Vec::new(),
    };
    let (found, _) = user_list::list_on(conn, &filter, &PageRequest::first(limit))?;
    Ok(found)
}
