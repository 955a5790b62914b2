//! What can be said about the settings from outside: REST and form fill this one shape.

use serde::Deserialize;

use crate::service::patch::Field;

/// A merge patch of the settings; `null` puts one back to its default.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SettingsDraft {
    pub organisation_name: Field<String>,
    /// Whom the administrators of service providers write to; stands in the metadata.
    pub contact_email: Field<String>,
    /// A picture in base64.
    pub logo: Field<String>,
    /// A time of day such as `02:00`.
    pub nightly_at: Field<String>,
    /// A name of the time zone database.
    pub time_zone: Field<String>,
    /// Lives of sessions, such as `8h` or `90m`.
    pub session_idle: Field<String>,
    pub session_absolute: Field<String>,
    /// With the password; never answered.
    pub smtp_url: Field<String>,
    pub mail_from: Field<String>,
    /// Days; `null`: for ever.
    pub audit_retention_days: Field<i64>,
}
