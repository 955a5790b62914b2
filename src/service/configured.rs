//! What file or environment set of the settings that administrators can store as well. What stands
//! here wins; the values were checked when the service started.

use secrecy::SecretString;

/// `None`: not set there, so that the stored value counts.
#[derive(Debug, Clone, Default)]
pub struct Configured {
    /// A time of day such as `02:00`.
    pub nightly_at: Option<String>,
    /// A name of the time zone database.
    pub time_zone: Option<String>,
    /// `smtp://` or `smtps://`; may hold a password.
    pub smtp_url: Option<SecretString>,
    /// Lives of sessions, such as `8h`.
    pub session_idle: Option<String>,
    pub session_absolute: Option<String>,
    /// The sender's address.
    pub mail_from: Option<String>,
}
