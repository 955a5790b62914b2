//! The form of a new administrator, and the choice of roles.

use crate::domain::admin::AdminRole;
use crate::service::administrators::NewAdministrator;
use crate::web::console::submitted::Fields;

/// What was typed; the password is never shown again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdministratorForm {
    pub username: String,
    pub email: String,
    pub role: String,
}

impl AdministratorForm {
    /// An empty form, with the role that can do least.
    pub fn blank() -> Self {
        Self {
            role: AdminRole::ReadOnly.as_str().to_owned(),
            ..Self::default()
        }
    }

    /// What arrived.
    pub fn from_fields(fields: &Fields) -> Self {
        Self {
            username: fields.text("username").to_owned(),
            email: fields.text("email").to_owned(),
            role: fields.text("role").to_owned(),
        }
    }

    /// The use case's input; without a password a one-time link is made.
    pub fn draft(&self, password: &str) -> NewAdministrator {
        NewAdministrator {
            username: self.username.clone(),
            email: self.email.clone(),
            role: self.role.clone(),
            password: Some(password.to_owned()).filter(|password| !password.is_empty()),
        }
    }
}

/// Spelling of the API and the words, the mightiest first.
pub fn roles() -> [(&'static str, &'static str); 4] {
    AdminRole::ALL.map(|role| (role.as_str(), role.label()))
}

#[cfg(test)]
mod tests;
