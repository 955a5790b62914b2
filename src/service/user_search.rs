//! Finding users while somebody types: the first few whose name or address contains the text. Lists
//! with filters and pages are in `users.rs`.

use crate::domain::ids::PublicId;
use crate::domain::user::{User, UserState};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::store::error::StoreError;
use crate::store::paging::PageRequest;
use crate::store::user_list::{self, UserFilter};
use crate::store::users;

/// As many as one can look over.
const HITS: u32 = 10;

/// A user as it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserHit {
    pub id: PublicId,
    pub username: String,
    pub display_name: String,
    pub state: UserState,
}

impl From<User> for UserHit {
    fn from(user: User) -> Self {
        Self {
            id: user.public_id,
            username: user.username,
            display_name: user.display_name,
            state: user.state,
        }
    }
}

/// The first users that contain the text, by display name; none for no text.
pub fn hits(env: &Environment, typed: &str) -> Result<Vec<UserHit>, ServiceError> {
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let filter = UserFilter {
        q: Some(typed.to_owned()),
        ..UserFilter::default()
    };
    let found = env
        .store
        .read(|conn| user_list::list_on(conn, &filter, &PageRequest::first(HITS)))?;
    Ok(found.0.into_iter().map(UserHit::from).collect())
}

/// The one user with this username or id.
pub fn named(env: &Environment, name: &str) -> Result<Option<UserHit>, ServiceError> {
    let found = env.store.read(|conn| -> Result<_, StoreError> {
        match users::find_by_username(conn, name)? {
            Some(user) => Ok(Some(user)),
            None => users::find_by_public_id(conn, &PublicId::new(name)),
        }
    })?;
    Ok(found.map(UserHit::from))
}
