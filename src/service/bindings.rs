//! Which groups open an application (rules A9, B9, C1), and how many people that lets in or out. A
//! binding acts with its commit.

use crate::domain::audit::Actor;
use crate::domain::ids::{GroupId, PublicId};
use crate::domain::user_group::{MembershipMethod, UserGroup};
use crate::service::audit_trail::{Trail, object_of_connector};
use crate::service::connectors;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::groups;
use crate::store::connection::DbConnection;
use crate::store::{app_bindings, custom_attributes, memberships};

/// A group that opens an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub group: PublicId,
    pub name: String,
    pub method: MembershipMethod,
    pub members: i64,
}

/// The groups that open a connector, by name.
pub fn list(env: &Environment, connector: &str) -> Result<Vec<Binding>, ServiceError> {
    let connector = PublicId::new(connector);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let connector = connectors::find(conn, &connector)?;
        let bound = app_bindings::list_groups(conn, connector.id)?;
        let keys: Vec<GroupId> = bound.iter().map(|group| group.id).collect();
        let members = memberships::count_of_groups(conn, &keys)?;
        let bindings = bound.into_iter().map(|group| Binding {
            members: members.get(&group.id).copied().unwrap_or_default(),
            group: group.public_id,
            name: group.name,
            method: group.method,
        });
        Ok(bindings.collect())
    })
}

/// How many active users could open the application by these groups and cannot without them: those
/// whom binding lets in, and those whom unbinding locks out.
pub fn reach(env: &Environment, connector: &str, groups: &[String]) -> Result<i64, ServiceError> {
    let connector = PublicId::new(connector);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let connector = connectors::find(conn, &connector)?;
        let named: Vec<GroupId> = find_groups(conn, groups)?
            .iter()
            .map(|group| group.id)
            .collect();
        let others: Vec<GroupId> = app_bindings::list_groups(conn, connector.id)?
            .iter()
            .map(|group| group.id)
            .filter(|group| !named.contains(group))
            .collect();
        Ok(memberships::count_active_beyond(conn, &named, &others)?)
    })
}

/// The names of attributes on the groups that open a connector, to be suggested for a mapping
/// (rule B28).
pub fn attribute_names(env: &Environment, connector: &str) -> Result<Vec<String>, ServiceError> {
    let connector = PublicId::new(connector);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let connector = connectors::find(conn, &connector)?;
        Ok(custom_attributes::names_on_groups_of(conn, connector.id)?)
    })
}

/// Binds groups, all or none: their members may open the application with this commit.
pub fn bind(
    env: &Environment,
    actor: &Actor,
    connector: &str,
    groups: &[String],
) -> Result<(), ServiceError> {
    change(env, actor, (connector, groups), Change::Bound)
}

/// Unbinds a group.
pub fn unbind(
    env: &Environment,
    actor: &Actor,
    connector: &str,
    group: &str,
) -> Result<(), ServiceError> {
    let groups = [group.to_owned()];
    change(env, actor, (connector, &groups), Change::Unbound)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Bound,
    Unbound,
}

fn change(
    env: &Environment,
    actor: &Actor,
    (connector, groups): (&str, &[String]),
    wanted: Change,
) -> Result<(), ServiceError> {
    let connector = PublicId::new(connector);
    let groups = groups.to_vec();
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let connector = connectors::find(conn, &connector)?;
        for group in find_groups(conn, &groups)? {
            let text = serde_json::json!({ "group": group.public_id.as_str(), "name": group.name });
            let text = Some(text.to_string());
            let (changed, kind, texts) = match wanted {
                Change::Bound => (
                    app_bindings::bind(conn, connector.id, group.id)?,
                    "connector.group_bound",
                    (None, text),
                ),
                Change::Unbound => (
                    app_bindings::unbind(conn, connector.id, group.id)?,
                    "connector.group_unbound",
                    (text, None),
                ),
            };
            if changed {
                trail.write(conn, kind, object_of_connector(&connector), texts)?;
            }
        }
        Ok(())
    })
}

fn find_groups(conn: &mut DbConnection, ids: &[String]) -> Result<Vec<UserGroup>, ServiceError> {
    ids.iter()
        .map(|id| groups::find(conn, &PublicId::new(id.as_str())))
        .collect()
}
