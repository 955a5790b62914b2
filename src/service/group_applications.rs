//! The applications that a group opens (rules A9, C1), read from the group's side. Binding and
//! unbinding is `bindings.rs`.

use crate::domain::connector::ConnectorStatus;
use crate::domain::ids::PublicId;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::groups;
use crate::store::app_bindings::{self, BoundConnector};

/// An application that a group is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationOfGroup {
    pub id: PublicId,
    pub name: String,
    pub slug: String,
    pub status: ConnectorStatus,
}

impl From<BoundConnector> for ApplicationOfGroup {
    fn from(row: BoundConnector) -> Self {
        Self {
            id: row.public_id,
            name: row.name,
            slug: row.slug,
            status: row.status,
        }
    }
}

/// The applications of a group, by name.
pub fn list(env: &Environment, group: &str) -> Result<Vec<ApplicationOfGroup>, ServiceError> {
    let group = PublicId::new(group);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let group = groups::find(conn, &group)?;
        let bound = app_bindings::list_connectors(conn, group.id)?;
        Ok(bound.into_iter().map(ApplicationOfGroup::from).collect())
    })
}
