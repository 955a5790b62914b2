//! The portal: the applications that a user may open, by the same decision as sign-on (rule C1).

use crate::domain::app_access;
use crate::domain::ids::UserId;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::store::{app_bindings, users};

/// One application on the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub slug: String,
    pub name: String,
    /// Where the tile leads: the application's own sign-in page, or ours.
    pub url: String,
}

/// The tiles of a user, by name.
pub fn tiles(env: &Environment, user: UserId) -> Result<Vec<Tile>, ServiceError> {
    env.store.read(|conn| -> Result<_, ServiceError> {
        let Some(user) = users::find(conn, user)? else { return Ok(Vec::new()) };
        let rows = app_bindings::list_all_for_user(conn, user.id)?;
        Ok(rows
            .into_iter()
            .filter(|row| {
                app_access::decide(user.state, row.status, row.memberships.clone()).is_allowed()
            })
            .map(|row| Tile {
                url: if row.login_url.is_empty() {
                    format!("/saml/start/{}", row.slug)
                } else {
                    row.login_url
                },
                slug: row.slug,
                name: row.name,
            })
            .collect())
    })
}
