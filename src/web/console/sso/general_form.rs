//! The form of the tab General: how an application is called, whether it is on, where its tile leads.

use crate::domain::connector::ConnectorSettings;
use crate::service::connector_draft::{ConditionsDraft, ConnectorDraft};
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
    /// With commas or line ends between them.
    pub networks: String,
    /// Minutes; `""`: as long as the session lives.
    pub max_age: String,
    pub denied_text: String,
    pub help_url: String,
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
            networks: settings.conditions.networks_text(),
            max_age: settings
                .conditions
                .sign_in_max_age
                .map(|minutes| minutes.to_string())
                .unwrap_or_default(),
            denied_text: settings.conditions.denied_text.clone(),
            help_url: settings.conditions.help_url.clone(),
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
            networks: text("networks"),
            max_age: text("max-age"),
            denied_text: text("denied-text"),
            help_url: text("help-url"),
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
            access_conditions: Field::Set(self.conditions()),
            ..ConnectorDraft::default()
        }
    }

    /// Whether there is something to be seen in their part of the form.
    pub fn has_conditions(&self) -> bool {
        let all = [
            &self.networks,
            &self.max_age,
            &self.denied_text,
            &self.help_url,
        ];
        all.iter().any(|text| !text.is_empty())
    }

    fn conditions(&self) -> ConditionsDraft {
        let networks = self.networks.split([',', '\n']).map(str::trim);
        let networks = networks.filter(|text| !text.is_empty());
        ConditionsDraft {
            networks: Field::Set(networks.map(str::to_owned).collect()),
            sign_in_max_age_minutes: match self.max_age.trim() {
                "" => Field::Clear,
                // What is no number is as little an age as this one, and is told at the same field.
                text => Field::Set(text.parse().unwrap_or(0)),
            },
            denied_text: Field::Set(self.denied_text.clone()),
            help_url: Field::Set(self.help_url.clone()),
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
            ("Networks", &self.networks),
            ("Longest age of a sign-in", &self.max_age),
            ("Text for those it stays closed to", &self.denied_text),
            ("Help link", &self.help_url),
        ]
        .map(|(label, value)| (label.to_owned(), value.clone()))
        .to_vec()
    }
}

#[cfg(test)]
mod tests;
