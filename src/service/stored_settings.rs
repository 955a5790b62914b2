//! Settings as they count at this moment: what file or environment set, else what is stored, else
//! the default. Read at each use, so that every node heeds a change with its next one. Changing
//! them is `settings.rs`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::domain::session::SessionLife;
use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::service::mailer::{Mailer, MailerError};
use crate::service::nightly::{self, Schedule};
use crate::service::secrets::{Sealed, SecretsError};
use crate::service::session_life;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::settings;

/// Names in the store.
pub(in crate::service) const ORGANISATION_NAME: &str = "organisation_name";
/// Stands in the metadata.
pub(in crate::service) const CONTACT_EMAIL: &str = "contact_email";
pub(in crate::service) const LOGO: &str = "logo";
pub(in crate::service) const NIGHTLY_AT: &str = "nightly_at";
pub(in crate::service) const TIME_ZONE: &str = "time_zone";
pub(in crate::service) const SESSION_IDLE: &str = "session_idle";
pub(in crate::service) const SESSION_ABSOLUTE: &str = "session_absolute";
/// Sealed under the master key, in base64.
pub(in crate::service) const SMTP_URL: &str = "smtp_url";
pub(in crate::service) const MAIL_FROM: &str = "mail_from";
/// Days.
pub(in crate::service) const AUDIT_RETENTION: &str = "audit_retention_days";
/// Settings whose values are sealed.
pub(in crate::service) const SEALED_SETTINGS: [&str; 1] = [SMTP_URL];
/// Raised by every change.
pub(in crate::service) const VERSION: &str = "version";

const DEFAULT_NIGHTLY_AT: &str = "02:00";
const DEFAULT_TIME_ZONE: &str = "UTC";

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Default,
    Stored,
    /// File or environment; not to be changed from here.
    Configured,
}

/// A setting that counts, and why it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub value: String,
    pub origin: Origin,
}

impl Setting {
    fn of(configured: Option<&str>, stored: Option<&str>, default: &str) -> Self {
        let (value, origin) = match (configured, stored) {
            (Some(value), _) => (value, Origin::Configured),
            (None, Some(value)) => (value, Origin::Stored),
            (None, None) => (default, Origin::Default),
        };
        Self {
            value: value.to_owned(),
            origin,
        }
    }

    /// True when file or environment set it.
    pub fn is_configured(&self) -> bool {
        self.origin == Origin::Configured
    }
}

/// All settings at one snapshot.
pub struct StoredSettings<'a> {
    env: &'a Environment,
    rows: BTreeMap<String, String>,
}

impl<'a> StoredSettings<'a> {
    /// Reads them.
    pub fn read(env: &'a Environment) -> Result<Self, ServiceError> {
        Ok(env.store.read(|conn| Self::load(env, conn))?)
    }

    pub(in crate::service) fn load(
        env: &'a Environment,
        conn: &mut DbConnection,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            env,
            rows: settings::list(conn)?,
        })
    }

    /// The same with these rows written over them.
    pub(in crate::service) fn with(mut self, rows: &[(&'static str, Option<String>)]) -> Self {
        for (name, value) in rows {
            match value {
                Some(value) => self.rows.insert((*name).to_owned(), value.clone()),
                None => self.rows.remove(*name),
            };
        }
        self
    }

    pub(in crate::service) fn stored(&self, name: &str) -> Option<&str> {
        self.rows.get(name).map(String::as_str)
    }

    /// The version of what is stored; 0 before anything was.
    pub fn version(&self) -> i64 {
        let version = self.stored(VERSION);
        version.and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// Empty when there is none.
    pub fn organisation_name(&self) -> &str {
        self.stored(ORGANISATION_NAME).unwrap_or_default()
    }

    /// Empty when there is none.
    pub fn contact_email(&self) -> &str {
        self.stored(CONTACT_EMAIL).unwrap_or_default()
    }

    /// When the full recompute runs (rule A5).
    pub fn nightly_at(&self) -> Setting {
        let configured = self.env.configured.nightly_at.as_deref();
        Setting::of(configured, self.stored(NIGHTLY_AT), DEFAULT_NIGHTLY_AT)
    }

    /// The zone that time is meant in.
    pub fn time_zone(&self) -> Setting {
        let configured = self.env.configured.time_zone.as_deref();
        Setting::of(configured, self.stored(TIME_ZONE), DEFAULT_TIME_ZONE)
    }

    /// How long a session lives without a request.
    pub fn session_idle(&self) -> Setting {
        let configured = self.env.configured.session_idle.as_deref();
        let default = session_life::write(SessionLife::default().idle);
        Setting::of(configured, self.stored(SESSION_IDLE), &default)
    }

    /// How long it lives at most.
    pub fn session_absolute(&self) -> Setting {
        let configured = self.env.configured.session_absolute.as_deref();
        let default = session_life::write(SessionLife::default().absolute);
        Setting::of(configured, self.stored(SESSION_ABSOLUTE), &default)
    }

    /// Both, for a session that begins now. None outlives its absolute end by being used.
    pub fn session_life(&self) -> Result<SessionLife, ServiceError> {
        let read = |setting: Setting, name| {
            session_life::parse(&setting.value).ok_or(InternalError::Setting(name))
        };
        let absolute = read(self.session_absolute(), SESSION_ABSOLUTE)?;
        let idle = read(self.session_idle(), SESSION_IDLE)?.min(absolute);
        Ok(SessionLife { idle, absolute })
    }

    /// Days that the audit is kept; `None`: for ever.
    pub fn audit_retention_days(&self) -> Result<Option<i64>, ServiceError> {
        let days = self.stored(AUDIT_RETENTION);
        let days = days.map(str::parse).transpose();
        Ok(days
            .map_err(|_damaged: std::num::ParseIntError| InternalError::Setting(AUDIT_RETENTION))?)
    }

    /// The sender of mail.
    pub fn mail_from(&self) -> Setting {
        let configured = self.env.configured.mail_from.as_deref();
        Setting::of(configured, self.stored(MAIL_FROM), "")
    }

    /// The mail server without its password.
    pub fn mail_server(&self) -> Result<Setting, ServiceError> {
        let url = self.smtp_url()?;
        let origin = match (&self.env.configured.smtp_url, &url) {
            (Some(_), _) => Origin::Configured,
            (None, Some(_)) => Origin::Stored,
            (None, None) => Origin::Default,
        };
        let value = url.map(|url| without_password(url.expose_secret()));
        Ok(Setting {
            value: value.unwrap_or_default(),
            origin,
        })
    }

    /// What sends mail now; `None`: mail stays in the outbox.
    pub fn mailer(&self) -> Result<Option<Mailer>, ServiceError> {
        let Some(url) = self.smtp_url()? else {
            return Ok(None);
        };
        let mailer = Mailer::new(&url, &self.mail_from().value);
        // Both were checked when they were set.
        Ok(Some(mailer.map_err(unusable)?))
    }

    /// The time of the nightly run.
    pub fn schedule(&self) -> Result<Schedule, ServiceError> {
        let (at, zone) = (self.nightly_at().value, self.time_zone().value);
        let schedule = nightly::time_of_day(&at).zip(nightly::time_zone(&zone));
        let (at, zone) = schedule.ok_or(InternalError::Setting(NIGHTLY_AT))?;
        Ok(Schedule { at, zone })
    }

    /// Whether a mail server is stored that the operator lets no mail go to.
    pub fn has_forbidden_mail_server(&self) -> Result<bool, ServiceError> {
        let stored = self.stored_smtp_url()?;
        Ok(stored.is_some_and(|url| !self.env.configured.lets_mail_go_to(&url)))
    }

    fn smtp_url(&self) -> Result<Option<SecretString>, ServiceError> {
        if let Some(url) = &self.env.configured.smtp_url {
            return Ok(Some(url.clone()));
        }
        // The list of hosts may be newer than what is stored.
        let stored = self.stored_smtp_url()?;
        Ok(stored.filter(|url| self.env.configured.lets_mail_go_to(url)))
    }

    fn stored_smtp_url(&self) -> Result<Option<SecretString>, ServiceError> {
        let Some(sealed) = self.stored(SMTP_URL) else {
            return Ok(None);
        };
        let sealed = STANDARD.decode(sealed);
        let sealed = sealed.map_err(|_damaged| InternalError::Setting(SMTP_URL))?;
        let plain = self.env.keys.unseal(Sealed::Setting, &sealed)?;
        let text = std::str::from_utf8(&plain);
        let text = text.map_err(|_damaged| SecretsError::WrongMasterKey)?;
        Ok(Some(SecretString::from(text)))
    }
}

fn unusable(error: MailerError) -> ServiceError {
    InternalError::Mail(error).into()
}

/// The address as it may be shown.
fn without_password(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else {
        return String::new();
    };
    // Only an address without a host cannot lose its password, and it has none.
    let _has_host = url.set_password(None);
    url.to_string()
}
