//! Who can open what: the users that reach an application, each with the decision of sign-on and
//! the groups behind it. Decides by `domain::app_access` and nothing else. The reverse, the
//! applications of one user, is `users::connectors`.

use chrono::{DateTime, Utc};

use crate::domain::app_access::{self, AccessDecision};
use crate::domain::connector::Connector;
use crate::domain::ids::PublicId;
use crate::domain::user::User;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::{ListQuery, Page};
use crate::store::app_users::{self, BoundUser};
use crate::store::connection::DbConnection;
use crate::store::connectors;
use crate::store::paging::PageRequest;

/// Rows that are in memory at once when everything is asked for.
const AT_ONCE: u32 = 1_000;

/// A user whom a group binds to the application.
#[derive(Debug, Clone)]
pub struct UserOfConnector {
    pub user: User,
    pub decision: AccessDecision,
}

/// A page of users by display name; `q` searches.
pub fn users(
    env: &Environment,
    connector: &str,
    query: &ListQuery,
) -> Result<Page<UserOfConnector>, ServiceError> {
    query.check_filters(&[])?;
    let request = query.page_request()?;
    let q = query.q.as_deref();
    env.store.read(|conn| -> Result<_, ServiceError> {
        let connector = find(conn, connector)?;
        let total = app_users::count(conn, connector.id, q)?;
        let (users, next) = app_users::list(conn, (connector.id, q), &request)?;
        Ok(Page {
            items: decided(&connector, users, env.now()),
            next: next.map(|cursor| cursor.encode()),
            total,
        })
    })
}

/// Hands all of them over, some at a time, until there are no more or `take` answers false.
pub fn all_users(
    env: &Environment,
    (connector, q): (&str, Option<&str>),
    mut take: impl FnMut(Vec<UserOfConnector>) -> bool,
) -> Result<(), ServiceError> {
    let mut page = PageRequest::first(AT_ONCE);
    loop {
        let (users, next) = env.store.read(|conn| -> Result<_, ServiceError> {
            let connector = find(conn, connector)?;
            let (users, next) = app_users::list(conn, (connector.id, q), &page)?;
            Ok((decided(&connector, users, env.now()), next))
        })?;
        page.after = next;
        if !take(users) || page.after.is_none() {
            return Ok(());
        }
    }
}

fn find(conn: &mut DbConnection, id: &str) -> Result<Connector, ServiceError> {
    connectors::find_by_public_id(conn, &PublicId::new(id))?
        .ok_or(ServiceError::NotFound { what: "connector" })
}

fn decided(
    connector: &Connector,
    users: Vec<BoundUser>,
    now: DateTime<Utc>,
) -> Vec<UserOfConnector> {
    let status = connector.settings.status;
    users
        .into_iter()
        .map(|bound| {
            let user = bound.user.in_effect_at(now);
            UserOfConnector {
                decision: app_access::decide(user.state, status, bound.memberships),
                user,
            }
        })
        .collect()
}
