//! The portal: the applications that a user may open, by the same decision as sign-on (rule C1).

use std::cmp::Reverse;

use crate::domain::app_access;
use crate::domain::connector::ConnectorSettings;
use crate::domain::ids::UserId;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::store::sign_on_view::{self, ReachableConnector};
use crate::store::{issued_assertions, users};

/// One application on the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub slug: String,
    pub name: String,
    /// Where the tile leads: the application's own sign-in page, or ours.
    pub url: String,
}

/// The tiles of a user: those opened lately first, the others by name.
pub fn tiles(env: &Environment, user: UserId) -> Result<Vec<Tile>, ServiceError> {
    env.store.read(|conn| -> Result<_, ServiceError> {
        let found = users::find(conn, user)?;
        let Some(user) = found.map(|user| user.in_effect_at(env.now())) else {
            return Ok(Vec::new());
        };
        let rows = sign_on_view::load_all_for_user(conn, user.id)?;
        let opened = issued_assertions::last_of_user(conn, user.id)?;
        let mut open: Vec<ReachableConnector> = rows
            .into_iter()
            .filter(|row| {
                let status = row.connector.settings.status;
                app_access::decide(user.state, status, row.memberships.clone()).is_allowed()
            })
            .collect();
        // The sort is stable: what was never opened stays in the order of names.
        open.sort_by_key(|row| Reverse(opened.get(&row.connector.id).copied()));
        Ok(open
            .into_iter()
            .map(|row| tile(row.connector.settings))
            .collect())
    })
}

fn tile(settings: ConnectorSettings) -> Tile {
    let url = if settings.login_url.is_empty() {
        format!("/saml/start/{}", settings.slug)
    } else {
        settings.login_url
    };
    Tile {
        slug: settings.slug,
        name: settings.name,
        url,
    }
}
