//! The custom attributes of a user beside those that the user's groups hand down (rules B1, B4,
//! B17): what is there, not what an application gets, which depends on its groups (rule B9).

use std::collections::BTreeSet;

use crate::domain::custom_attribute::{CustomAttribute, GroupAttribute};
use crate::domain::ids::{GroupId, PublicId};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::users::find;
use crate::store::{custom_attributes, memberships};

/// An attribute of a group that the user is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    pub attribute: GroupAttribute,
    /// The user's own attribute of this name is stronger (rule B17).
    pub is_overridden: bool,
}

/// The attributes of the user's groups, the most recently added first (rule B8).
pub fn inherited(env: &Environment, id: &str) -> Result<Vec<Inherited>, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let user = find(conn, &id)?;
        let own: Vec<CustomAttribute> = custom_attributes::list_of_user(conn, user.id)?;
        let own: BTreeSet<&str> = own.iter().map(|one| one.name.as_str()).collect();
        let groups: Vec<GroupId> = memberships::of_user(conn, user.id)?
            .into_iter()
            .map(|(group, _)| group)
            .collect();
        let rows = custom_attributes::list_of_groups(conn, &groups)?;
        Ok(rows
            .into_iter()
            .rev()
            .map(|attribute| Inherited {
                is_overridden: own.contains(attribute.attribute.name.as_str()),
                attribute,
            })
            .collect())
    })
}
