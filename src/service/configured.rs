//! What file or environment set of the settings that administrators can store as well. What stands
//! here wins; the values were checked when the service started.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

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
    /// Hosts that administrators may name as mail server, in lower case; none: any.
    pub mail_hosts: Vec<String>,
}

impl Configured {
    /// Whether mail may go out by a server that an administrator named.
    pub fn lets_mail_go_to(&self, url: &SecretString) -> bool {
        let url = Url::parse(url.expose_secret()).ok();
        // A host is no special one of this scheme, and stays as it was typed.
        let host = url.as_ref().and_then(Url::host_str).map(str::to_lowercase);
        self.mail_hosts.is_empty() || host.is_some_and(|host| self.mail_hosts.contains(&host))
    }
}
