//! The settings that administrators change while the service runs: shown without secrets, saved
//! with an audit event (rule C7), heeded by the next use on every node.

use crate::domain::audit::Actor;
use crate::domain::session::SessionLife;
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Trail, object};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::logo;
use crate::service::settings_draft::SettingsDraft;
use crate::service::settings_fields::{self, Row};
use crate::service::stored_settings::{LOGO, Setting, StoredSettings, VERSION};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{epochs, sessions, settings};

/// How often a change is worked out anew when another one was faster.
const TRIES: usize = 5;

/// All settings as they can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsView {
    /// Empty when there is none.
    pub organisation_name: String,
    /// Empty when there is none.
    pub contact_email: String,
    /// The tag of the logo.
    pub logo: Option<String>,
    pub nightly_at: Setting,
    pub time_zone: Setting,
    /// Such as `8h`.
    pub session_idle: Setting,
    pub session_absolute: Setting,
    /// Without its password; empty when there is none.
    pub mail_server: Setting,
    pub mail_from: Setting,
    /// Days that the audit is kept; `None`: for ever.
    pub audit_retention_days: Option<i64>,
    pub version: i64,
}

impl SettingsView {
    fn of(stored: &StoredSettings<'_>) -> Result<Self, ServiceError> {
        Ok(Self {
            organisation_name: stored.organisation_name().to_owned(),
            contact_email: stored.contact_email().to_owned(),
            logo: stored.stored(LOGO).map(logo::tag),
            nightly_at: stored.nightly_at(),
            time_zone: stored.time_zone(),
            session_idle: stored.session_idle(),
            session_absolute: stored.session_absolute(),
            mail_server: stored.mail_server()?,
            mail_from: stored.mail_from(),
            audit_retention_days: stored.audit_retention_days()?,
            version: stored.version(),
        })
    }

    fn audit_text(&self) -> String {
        serde_json::json!({
            "organisationName": self.organisation_name,
            "contactEmail": self.contact_email,
            "logo": self.logo,
            "nightlyAt": self.nightly_at.value,
            "timeZone": self.time_zone.value,
            "sessionIdle": self.session_idle.value,
            "sessionAbsolute": self.session_absolute.value,
            "mailServer": self.mail_server.value,
            "mailFrom": self.mail_from.value,
            "auditRetentionDays": self.audit_retention_days,
        })
        .to_string()
    }
}

/// The present settings.
pub fn get(env: &Environment) -> Result<SettingsView, ServiceError> {
    SettingsView::of(&StoredSettings::read(env)?)
}

/// Changes what the draft names. `if_match`: the version the caller read; without one a change that
/// came in between is no matter.
pub fn update(
    env: &Environment,
    actor: &Actor,
    (draft, if_match): (&SettingsDraft, Option<i64>),
) -> Result<SettingsView, ServiceError> {
    for _ in 1..TRIES {
        match try_update(env, actor, (draft, if_match)) {
            Err(ServiceError::Stale) if if_match.is_none() => {}
            done => return done,
        }
    }
    try_update(env, actor, (draft, if_match))
}

fn try_update(
    env: &Environment,
    actor: &Actor,
    (draft, if_match): (&SettingsDraft, Option<i64>),
) -> Result<SettingsView, ServiceError> {
    let rows = settings_fields::rows(env, draft)?;
    let trail = Trail::new(env, actor);
    // Transactions outlive their caller, so that what is read and written there are plain rows; the
    // settings as a whole are read before and after.
    let before = get(env)?;
    if if_match.is_some_and(|version| version != before.version) {
        return Err(ServiceError::Stale);
    }
    let (after, life) = after(env, &rows)?;
    let texts = (Some(before.audit_text()), Some(after.audit_text()));
    let read = before.version;
    let version = env.store.write(move |conn| -> Result<i64, ServiceError> {
        let version = save(conn, read, &rows)?;
        let named = object("settings", "", "settings");
        sessions::shorten(conn, life)?;
        trail.write(conn, "settings.updated", named, texts.clone())?;
        Ok(version)
    })?;
    Ok(SettingsView { version, ..after })
}

/// Writes the rows unless somebody else was faster, and gives the new version.
fn save(conn: &mut DbConnection, read: i64, rows: &[Row]) -> Result<i64, ServiceError> {
    // Its row stays locked until the end, so that two changes come one after the other.
    let version = epochs::raise_config(conn)?;
    let present = settings::find(conn, VERSION)?;
    if present.map_or(Ok(0), |text| text.parse()) != Ok(read) {
        return Err(ServiceError::Stale);
    }
    for (name, value) in rows {
        match value {
            Some(value) => settings::save(conn, name, value)?,
            None => settings::delete(conn, name)?,
        }
    }
    settings::save(conn, VERSION, &version.to_string())?;
    Ok(version)
}

/// The settings as the rows will make them, and the lives of sessions by them; a mail server without a sender is refused.
fn after(env: &Environment, rows: &[Row]) -> Result<(SettingsView, SessionLife), ServiceError> {
    let read = |conn: &mut DbConnection| -> Result<_, StoreError> {
        StoredSettings::load(env, conn).map(|stored| stored.with(rows))
    };
    let stored = env.store.read(read)?;
    let view = SettingsView::of(&stored)?;
    if !view.mail_server.value.is_empty() && view.mail_from.value.is_empty() {
        let detail = "A mail server needs the sender's address beside it.";
        let violation = Violation::new("/mailFrom", detail);
        return Err(ServiceError::Invalid(vec![violation]));
    }
    Ok((view, stored.session_life()?))
}
