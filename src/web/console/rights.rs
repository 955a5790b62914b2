//! What the signed-in administrator may do, as templates ask it: a control that would be refused is
//! not shown. It only repeats what `role_scope` says; the guard before each route decides.

use crate::domain::admin::{Action, AdminRole, Object};
use crate::domain::role_scope::{Reach, reach};

/// The rights of one role on one page.
#[derive(Debug, Clone, Copy)]
pub struct Rights {
    pub role: AdminRole,
    /// It is limited to some user groups.
    pub is_limited: bool,
    /// What the page is about, if that is within its reach.
    pub here: Option<Object>,
}

impl Rights {
    /// Whether the role may do this.
    pub fn may(self, action: Action, object: Object) -> bool {
        match reach(self.role, self.is_limited, (action, object)) {
            Ok(Reach::Everywhere) => true,
            Ok(Reach::ThisGroup | Reach::ThisUser) => self.here == Some(object),
            Err(_) => false,
        }
    }

    pub fn see_groups(self) -> bool {
        self.may(Action::See, Object::Group)
    }

    pub fn see_connectors(self) -> bool {
        self.may(Action::See, Object::Connector)
    }

    pub fn see_audit(self) -> bool {
        self.may(Action::See, Object::Audit)
    }

    pub fn see_reports(self) -> bool {
        self.may(Action::See, Object::Report)
    }

    pub fn edit_users(self) -> bool {
        self.may(Action::Edit, Object::User)
    }

    pub fn suspend_users(self) -> bool {
        self.may(Action::Suspend, Object::User)
    }

    pub fn reset_passwords(self) -> bool {
        self.may(Action::ResetPassword, Object::User)
    }

    pub fn erase_users(self) -> bool {
        self.may(Action::Erase, Object::User)
    }

    pub fn end_sessions(self) -> bool {
        self.may(Action::EndSessions, Object::User)
    }

    pub fn edit_groups(self) -> bool {
        self.may(Action::Edit, Object::Group)
    }

    pub fn delete_groups(self) -> bool {
        self.may(Action::Delete, Object::Group)
    }

    /// Whether the role decides what a group demands of its members at sign-in.
    pub fn demand_factors(self) -> bool {
        !self.is_limited && self.edit_groups()
    }

    pub fn review(self) -> bool {
        self.may(Action::Review, Object::Group)
    }

    pub fn edit_connectors(self) -> bool {
        self.may(Action::Edit, Object::Connector)
    }

    pub fn edit_bindings(self) -> bool {
        self.may(Action::Edit, Object::Binding)
    }

    pub fn edit_administrators(self) -> bool {
        self.may(Action::Edit, Object::Administrator)
    }

    pub fn edit_tokens(self) -> bool {
        self.may(Action::Edit, Object::ApiToken)
    }

    pub fn edit_keys(self) -> bool {
        self.may(Action::Edit, Object::SigningKey)
    }

    pub fn edit_settings(self) -> bool {
        self.may(Action::Edit, Object::Settings)
    }
}
