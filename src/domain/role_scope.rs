//! How far a role reaches: everywhere, or only within some user groups (rule C5). What a scoped role may
//! never do is decided here; whether one group or one user is within its scope is looked up by the
//! guards.

use crate::domain::admin::{Action, AdminRole, Object, authorize};
use crate::domain::ids::{GroupId, PublicId};

/// The reach of one administrator or API token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RoleScope {
    #[default]
    Everywhere,
    /// By name; none is left when all of them were deleted, and nothing is reached then.
    Groups(Vec<ScopedGroup>),
}

/// A user group that a role is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopedGroup {
    pub id: GroupId,
    pub public_id: PublicId,
    pub name: String,
}

/// What has to be looked at before something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nothing more.
    Everywhere,
    /// Whether the user group it is done to is in the scope.
    ThisGroup,
    /// Whether the user it is done to is a member of a group in the scope.
    ThisUser,
}

/// The role, or its scope, does not reach that far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfReach {
    #[error("the role {} does not permit this", .0.label())]
    Role(AdminRole),
    #[error("the role {} permits this only within its user groups", .0.label())]
    Scope(AdminRole),
}

impl RoleScope {
    /// Whether it is limited.
    pub const fn is_limited(&self) -> bool {
        matches!(self, Self::Groups(_))
    }

    /// The groups it is limited to; none for a role that reaches everywhere.
    pub fn groups(&self) -> &[ScopedGroup] {
        match self {
            Self::Everywhere => &[],
            Self::Groups(groups) => groups,
        }
    }

    /// Whether a group is one of them.
    pub fn holds(&self, group: &PublicId) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Groups(groups) => groups.iter().any(|one| one.public_id == *group),
        }
    }
}

/// Whether a role can be limited to groups: the mightiest would be none, and one that only sees has nothing
/// to be kept from.
pub const fn can_be_limited(role: AdminRole) -> bool {
    matches!(role, AdminRole::Manager | AdminRole::HelpDesk)
}

/// Decides whether `role`, limited to groups or not, may do `action` to `object`, or what of the object
/// decides it.
/// A limited Manager decides who is in the groups and what they give; deleting them, which would take away
/// what they demand of their members, binding them to applications, and
/// people, whose attributes decide about other groups as well, are for those who reach everywhere. A
/// limited Help Desk helps the members of the groups.
pub fn reach(
    role: AdminRole,
    is_limited: bool,
    (action, object): (Action, Object),
) -> Result<Reach, OutOfReach> {
    authorize(role, action, object).map_err(|denied| OutOfReach::Role(denied.role))?;
    match (role, object) {
        _ if !is_limited || action == Action::See => Ok(Reach::Everywhere),
        (AdminRole::Manager, Object::Group) if action != Action::Delete => Ok(Reach::ThisGroup),
        (AdminRole::HelpDesk, Object::User) => Ok(Reach::ThisUser),
        _ => Err(OutOfReach::Scope(role)),
    }
}

#[cfg(test)]
mod tests;
