//! The form of the settings. The password of the mail server is typed and never shown, and it never
//! follows when the server is changed: it was meant for the other one.

use url::Url;

use crate::service::patch::Field;
use crate::service::settings::SettingsView;
use crate::service::settings_draft::SettingsDraft;
use crate::web::console::submitted::Fields;

/// What stands in the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsForm {
    pub organisation_name: String,
    pub contact_email: String,
    pub nightly_at: String,
    pub time_zone: String,
    pub session_idle: String,
    pub session_absolute: String,
    /// Without its password.
    pub mail_server: String,
    pub mail_from: String,
    /// Days; empty: for ever.
    pub audit_retention: String,
    /// The version it was made from.
    pub version: i64,
}

impl SettingsForm {
    /// What is stored.
    pub fn from_view(view: &SettingsView) -> Self {
        Self {
            organisation_name: view.organisation_name.clone(),
            contact_email: view.contact_email.clone(),
            nightly_at: view.nightly_at.value.clone(),
            time_zone: view.time_zone.value.clone(),
            session_idle: view.session_idle.value.clone(),
            session_absolute: view.session_absolute.value.clone(),
            mail_server: view.mail_server.value.clone(),
            mail_from: view.mail_from.value.clone(),
            audit_retention: retention(view),
            version: view.version,
        }
    }

    /// What arrived.
    pub fn from_fields(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).trim().to_owned();
        Self {
            organisation_name: text("organisation-name"),
            contact_email: text("contact-email"),
            nightly_at: text("nightly-at"),
            time_zone: text("time-zone"),
            session_idle: text("session-idle"),
            session_absolute: text("session-absolute"),
            mail_server: text("mail-server"),
            mail_from: text("mail-from"),
            audit_retention: text("audit-retention"),
            version: fields.version().unwrap_or_default(),
        }
    }

    /// The patch that makes `view` this. What file or environment sets has no field and is left
    /// alone; what already counts is not written, so that a default stays one.
    pub fn draft(&self, view: &SettingsView, password: &str) -> SettingsDraft {
        let changed = |typed: &str, present: &str, is_configured: bool| {
            if is_configured || typed == present {
                Field::Keep
            } else {
                Field::Set(typed.to_owned())
            }
        };
        SettingsDraft {
            organisation_name: changed(&self.organisation_name, &view.organisation_name, false),
            contact_email: changed(&self.contact_email, &view.contact_email, false),
            logo: Field::Keep,
            nightly_at: changed(
                &self.nightly_at,
                &view.nightly_at.value,
                view.nightly_at.is_configured(),
            ),
            time_zone: changed(
                &self.time_zone,
                &view.time_zone.value,
                view.time_zone.is_configured(),
            ),
            session_idle: changed(
                &self.session_idle,
                &view.session_idle.value,
                view.session_idle.is_configured(),
            ),
            session_absolute: changed(
                &self.session_absolute,
                &view.session_absolute.value,
                view.session_absolute.is_configured(),
            ),
            smtp_url: if password.is_empty() {
                changed(
                    &self.mail_server,
                    &view.mail_server.value,
                    view.mail_server.is_configured(),
                )
            } else {
                Field::Set(with_password(&self.mail_server, password))
            },
            mail_from: changed(
                &self.mail_from,
                &view.mail_from.value,
                view.mail_from.is_configured(),
            ),
            audit_retention_days: match self.audit_retention.as_str() {
                same if same == retention(view) => Field::Keep,
                "" => Field::Clear,
                // What is no number is refused like one that is too small.
                days => Field::Set(days.parse().unwrap_or_default()),
            },
        }
    }

    /// Labels and values, to be compared with somebody else's.
    pub fn said(&self) -> Vec<(String, String)> {
        [
            ("Organisation name", &self.organisation_name),
            ("Contact e-mail", &self.contact_email),
            ("Time of the nightly run", &self.nightly_at),
            ("Time zone", &self.time_zone),
            ("Sessions end without use after", &self.session_idle),
            ("Sessions end at the latest after", &self.session_absolute),
            ("Mail server", &self.mail_server),
            ("Days that the audit is kept", &self.audit_retention),
            ("Sender", &self.mail_from),
        ]
        .map(|(label, value)| (label.to_owned(), value.clone()))
        .to_vec()
    }
}

fn retention(view: &SettingsView) -> String {
    let days = view.audit_retention_days.map(|days| days.to_string());
    days.unwrap_or_default()
}

/// The address with the password in it; one that cannot carry it stays as it is and is refused by
/// the use case if it is no address.
fn with_password(server: &str, password: &str) -> String {
    let Ok(mut url) = Url::parse(server) else {
        return server.to_owned();
    };
    match url.set_password(Some(password)) {
        Ok(()) => url.to_string(),
        Err(()) => server.to_owned(),
    }
}

#[cfg(test)]
mod tests;
