//! Administrator roles and what each may do: one `authorize` for every route (ONE-DOOR, rules
//! A31, C4, C5). Administrators are accounts of their own, never users.

use crate::domain::ids::{AdminId, PublicId};

/// The four roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdminRole {
    Administrator,
    Manager,
    HelpDesk,
    ReadOnly,
}

impl AdminRole {
    /// All roles, the mightiest first.
    pub const ALL: [Self; 4] = [
        Self::Administrator,
        Self::Manager,
        Self::HelpDesk,
        Self::ReadOnly,
    ];

    /// The spelling of API, command line and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Manager => "manager",
            Self::HelpDesk => "help-desk",
            Self::ReadOnly => "read-only",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Manager => "Manager",
            Self::HelpDesk => "Help Desk",
            Self::ReadOnly => "Read Only",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Read it.
    See,
    /// Create or change it, and delete it where that is no action of its own.
    Edit,
    /// Delete a user group, with the demands that it makes and the reach that it gives to limited roles.
    Delete,
    /// Accept or reject membership suggestions (rule A31).
    Review,
    /// Reset a password.
    ResetPassword,
    /// Suspend a user.
    Suspend,
    /// End sessions.
    EndSessions,
    /// Erase what names a person, for good.
    Erase,
}

impl Action {
    pub const ALL: [Self; 8] = [
        Self::See,
        Self::Edit,
        Self::Delete,
        Self::Review,
        Self::ResetPassword,
        Self::Suspend,
        Self::EndSessions,
        Self::Erase,
    ];
}

/// What it is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    User,
    Group,
    Connector,
    /// Binding a group to a connector: it opens an application (rule C5).
    Binding,
    Audit,
    Report,
    Administrator,
    ApiToken,
    SigningKey,
    Settings,
}

impl Object {
    pub const ALL: [Self; 10] = [
        Self::User,
        Self::Group,
        Self::Connector,
        Self::Binding,
        Self::Audit,
        Self::Report,
        Self::Administrator,
        Self::ApiToken,
        Self::SigningKey,
        Self::Settings,
    ];
}

/// The role does not reach that far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the role {} does not permit this", role.label())]
pub struct Denied {
    /// The role that was asked.
    pub role: AdminRole,
}

/// Decides whether `role` may do `action` to `object`. Administrator: all. Manager: all but
/// administrators, tokens, keys and settings, and erasing a person. Help Desk: see users, reset their passwords, suspend
/// them, end their sessions. Read Only: see.
pub fn authorize(role: AdminRole, action: Action, object: Object) -> Result<(), Denied> {
    let restricted = matches!(
        object,
        Object::Administrator | Object::ApiToken | Object::SigningKey | Object::Settings
    ) || action == Action::Erase;
    let allowed = match role {
        AdminRole::Administrator => true,
        AdminRole::Manager => !restricted,
        AdminRole::HelpDesk => {
            object == Object::User
                && !matches!(
                    action,
                    Action::Edit | Action::Delete | Action::Review | Action::Erase
                )
        }
        AdminRole::ReadOnly => action == Action::See,
    };
    if allowed {
        Ok(())
    } else {
        Err(Denied { role })
    }
}

/// An administrator as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administrator {
    pub id: AdminId,
    pub public_id: PublicId,
    pub username: String,
    pub email: String,
    pub role: AdminRole,
}

#[cfg(test)]
mod tests;
