//! The form of the tab General: how an application is called, whether it is on, where its tile leads.

use crate::domain::connector::ConnectorSettings;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::patch::Field;
use crate::web::console::submitted::Fields;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneralForm {
    pub name: String,
    pub slug: String,
    pub status: String,
    /// `""`: none.
    pub template: String,
    pub login_url: String,
    pub require_mfa: bool,
}

impl GeneralForm {
    /// What is stored.
    pub fn from_settings(settings: &ConnectorSettings) -> Self {
        Self {
            name: settings.name.clone(),
            slug: settings.slug.clone(),
            status: settings.status.as_str().to_owned(),
            template: settings.template.clone().unwrap_or_default(),
            login_url: settings.login_url.clone(),
            require_mfa: settings.require_mfa,
        }
    }

    /// What was typed.
    pub fn from_fields(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        Self {
            name: text("name"),
            slug: text("slug"),
            status: text("status"),
            template: text("template"),
            login_url: text("login-url"),
            require_mfa: fields.has("require-mfa"),
        }
    }

    /// What is to be saved; everything else of the application stays.
    pub fn draft(&self) -> ConnectorDraft {
        ConnectorDraft {
            name: Field::Set(self.name.clone()),
            slug: Field::Set(self.slug.clone()),
            status: Field::Set(self.status.clone()),
            template: if self.template.is_empty() {
                Field::Clear
            } else {
                Field::Set(self.template.clone())
            },
            login_url: Field::Set(self.login_url.clone()),
            require_mfa: Field::Set(self.require_mfa),
            ..ConnectorDraft::default()
        }
    }

    /// Labels and values, to be compared with those of somebody else.
    pub fn said(&self) -> Vec<(String, String)> {
        let factor = if self.require_mfa { "Required" } else { "" }.to_owned();
        [
            ("Name", &self.name),
            ("Slug", &self.slug),
            ("Status", &self.status),
            ("Template", &self.template),
            ("Login URL", &self.login_url),
            ("Second factor", &factor),
        ]
        .map(|(label, value)| (label.to_owned(), value.clone()))
        .to_vec()
    }
}

#[cfg(test)]
mod tests;
