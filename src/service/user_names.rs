//! Users by their names, as they are picked and as picked ones are shown (rules A45-A47). Always in
//! alphabetical order; nothing here says what they are picked for.

use crate::domain::ids::PublicId;
use crate::domain::user::User;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::user_lookup;
use crate::store::exemptions::ExemptedUser;
use crate::store::user_list;

/// How many of those found are offered (rule A45).
pub const OFFERED: u32 = 50;
/// More than can be picked anywhere; further ids are not looked up.
const LONGEST: usize = 500;

/// A user by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName {
    pub id: PublicId,
    pub username: String,
    pub display_name: String,
}

impl From<User> for UserName {
    fn from(user: User) -> Self {
        Self {
            id: user.public_id,
            username: user.username,
            display_name: user.display_name,
        }
    }
}

impl From<&ExemptedUser> for UserName {
    fn from(row: &ExemptedUser) -> Self {
        Self {
            id: row.user_public_id.clone(),
            username: row.username.clone(),
            display_name: row.display_name.clone(),
        }
    }
}

/// The first users whose names hold the text.
pub fn search(env: &Environment, text: &str) -> Result<Vec<UserName>, ServiceError> {
    let found = user_lookup::suggest(env, text, OFFERED)?;
    Ok(found.into_iter().map(UserName::from).collect())
}

/// The users with these public ids; one that is not there is left out.
pub fn of(env: &Environment, ids: &[String]) -> Result<Vec<UserName>, ServiceError> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).take(LONGEST).collect();
    env.store.read(|conn| -> Result<_, ServiceError> {
        let users = user_list::with_public_ids(conn, &ids)?;
        Ok(users.into_iter().map(UserName::from).collect())
    })
}
