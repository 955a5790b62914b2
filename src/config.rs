//! Typed settings from the file and the environment, the environment winning. Read once at start by
//! `main`, `cli` and `app`; the floors receive values, never this type.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::{Host, Url};

use crate::domain::access_conditions::{self, AccessConditions};
use crate::domain::address_range::AddressRange;
use crate::domain::second_factor::AdminMfa;
use crate::saml::hsm::HsmSettings;
use crate::service::audit_document::Format;
use crate::service::audit_target::{StreamSettings, Target, WANTED, Way};
use crate::service::configured::Configured;
use crate::service::flood::SourceLimits;
use crate::service::master_key_source::MasterKeySource;
use crate::service::nightly;
use crate::service::outbound::AllowedHost;
use crate::service::session_life;

/// Every key, in the order of the documentation: lower case in the file, with the prefix
/// `VESTIBULE_` in capitals in the environment.
pub const KEYS: &[&str] = &[
    "listen",
    "base_url",
    "data_dir",
    "database_url",
    "entity_id",
    "key_dir",
    "tls_cert",
    "tls_key",
    "smtp_url",
    "mail_from",
    "mail_hosts",
    "metrics_listen",
    "metadata_hosts",
    "nightly_at",
    "time_zone",
    "session_idle",
    "session_absolute",
    "trusted_proxies",
    "source_limits",
    "master_key",
    "master_key_command",
    "pkcs11_module",
    "pkcs11_token",
    "pkcs11_pin",
    "audit_stream",
    "audit_stream_format",
    "audit_stream_secret",
    "audit_stream_ca",
    "admin_mfa",
    "user_mfa",
    "breached_passwords",
    "console_networks",
    "console_sign_in_max_age",
    "console_denied_text",
    "console_help_url",
    "log",
    "config",
];

const PREFIX: &str = "VESTIBULE_";
/// What a settings file never holds.
const SECRET_KEYS: [&str; 2] = ["master_key", "pkcs11_pin"];

/// Why the settings cannot be used; every text names the key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the settings file {path}")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the settings file {path} is not TOML")]
    Syntax {
        path: PathBuf,
        #[source]
        source: Box<toml::de::Error>,
    },
    #[error("unknown setting {key}; did you mean {nearest}?")]
    Unknown { key: String, nearest: String },
    #[error("{key} is {value:?}, but {wanted}")]
    Unfit {
        key: String,
        value: String,
        wanted: &'static str,
    },
    #[error(
        "base_url {url} is plain http on an address that is not loopback; use https, or http://localhost for a trial"
    )]
    PlainHttp { url: String },
}

/// The settings of one process.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// Without a trailing slash.
    pub base_url: String,
    /// True when the base URL is http on loopback: cookies then carry neither Secure nor `__Host-`.
    pub is_plain_loopback: bool,
    pub data_dir: PathBuf,
    pub database_url: String,
    pub entity_id: String,
    pub key_dir: PathBuf,
    /// Certificate chain and key files, both or none.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Where `/metrics` is; `None`: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// What can be stored as well, if it is set here.
    pub configured: Configured,
    /// Whether administrators need a second factor.
    pub admin_mfa: AdminMfa,
    /// Whether every user needs a second factor.
    pub users_need_mfa: bool,
    /// A file of passwords that nobody may set; `None`: only the common ones are known.
    pub breached_passwords: Option<PathBuf>,
    /// Under which conditions the console opens, beside roles and second factors.
    pub console: AccessConditions,
    /// Hosts that administrators may fetch metadata from; none: it is switched off.
    pub metadata_hosts: Vec<AllowedHost>,
    /// Whose `X-Forwarded-For` is believed; none: nobody's.
    pub trusted_proxies: Vec<AddressRange>,
    /// What one source may ask for in a minute.
    pub source_limits: SourceLimits,
    /// Where the master key comes from.
    pub master_key: MasterKeySource,
    /// The hardware security module in which signing keys are made; `None`: they are sealed in the database.
    pub hsm: Option<HsmSettings>,
    /// Who receives the audit.
    pub audit_stream: StreamSettings,
    /// A filter in the syntax of `tracing`, for example `info` or `vestibule=debug`.
    pub log: String,
}

impl Config {
    /// Reads the file named by `--config`, `VESTIBULE_CONFIG` or `vestibule.toml` (if present), then
    /// the environment over it.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let from_environment = environment_values(environment)?;
        let named = file
            .map(Path::to_path_buf)
            .or_else(|| from_environment.get("config").map(PathBuf::from));
        let default = PathBuf::from("vestibule.toml");
        let mut values = match named {
            Some(path) => file_values(&path)?,
            None if default.exists() => file_values(&default)?,
            None => BTreeMap::new(),
        };
        values.extend(from_environment);
        Self::from_values(&values)
    }

    /// Builds the settings from key-value pairs; missing keys take their defaults.
    pub fn from_values(values: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let text = |key: &str, default: &str| {
            values
                .get(key)
                .filter(|value| !value.is_empty())
                .map_or(default, String::as_str)
                .to_owned()
        };
        let listen = address("listen", &text("listen", "127.0.0.1:8080"))?;
        let metrics_listen = match text("metrics_listen", "") {
            none if none.is_empty() => None,
            some => Some(address("metrics_listen", &some)?),
        };
        let (base_url, is_plain_loopback) = base_url(&text("base_url", "http://localhost:8080"))?;
        let data_dir = PathBuf::from(text("data_dir", "./data"));
        let database_url = text("database_url", "");
        let database_url = if database_url.is_empty() {
            format!("sqlite:{}", data_dir.join("vestibule.db").display())
        } else if ["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| database_url.starts_with(scheme))
        {
            database_url
        } else {
            return Err(unfit(
                "database_url",
                "(hidden)",
                "it has to begin with sqlite: or postgres://",
            ));
        };
        let audit_stream = audit_stream(values, &base_url)?;
        let admin_mfa = admin_mfa(&text("admin_mfa", "required"), &base_url)?;
        let entity_id = text("entity_id", &format!("{base_url}/saml/metadata"));
        let tls = match (text("tls_cert", ""), text("tls_key", "")) {
            (cert, key) if cert.is_empty() && key.is_empty() => None,
            (cert, key) if !cert.is_empty() && !key.is_empty() => {
                Some((PathBuf::from(cert), PathBuf::from(key)))
            }
            (cert, _) => {
                return Err(unfit("tls_cert", &cert, "tls_cert and tls_key go together"));
            }
        };
        Ok(Self {
            listen,
            base_url,
            is_plain_loopback,
            database_url,
            entity_id,
            key_dir: PathBuf::from(text("key_dir", "./certs")),
            tls,
            metrics_listen,
            metadata_hosts: metadata_hosts(&text("metadata_hosts", ""))?,
            trusted_proxies: addresses("trusted_proxies", &text("trusted_proxies", ""))?,
            source_limits: source_limits(&text("source_limits", ""))?,
            audit_stream,
            master_key: master_key(values)?,
            hsm: hsm(values)?,
            configured: configured(values)?,
            admin_mfa,
            users_need_mfa: match text("user_mfa", "optional").as_str() {
                "optional" => false,
                "required" => true,
                other => {
                    let wanted = "it has to be optional or required";
                    return Err(unfit("user_mfa", other, wanted));
                }
            },
            breached_passwords: Some(PathBuf::from(text("breached_passwords", "")))
                .filter(|path| !path.as_os_str().is_empty()),
            console: console(&text)?,
            log: text("log", "info"),
            data_dir,
        })
    }
}

fn address(key: &str, text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse()
        .map_err(|_not_an_address: std::net::AddrParseError| {
            let wanted = "it has to be an address and a port such as 127.0.0.1:8080";
            unfit(key, text, wanted)
        })
}

/// Hosts' names with a comma between them; each may carry a port.
fn metadata_hosts(list: &str) -> Result<Vec<AllowedHost>, ConfigError> {
    let names = list.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(|name| {
            let wanted =
                "it has to be names of hosts with commas between them, such as sp.example.com";
            AllowedHost::parse(name).ok_or_else(|| unfit("metadata_hosts", list, wanted))
        })
        .collect()
}

/// Addresses and ranges with a comma between them.
fn addresses(key: &str, list: &str) -> Result<Vec<AddressRange>, ConfigError> {
    let ranges = list.split(',').map(str::trim);
    ranges
        .filter(|range| !range.is_empty())
        .map(|range| {
            let wanted = "it has to be addresses or ranges with commas between them, such as 10.0.0.0/8, 2001:db8::7";
            AddressRange::parse(range).ok_or_else(|| unfit(key, list, wanted))
        })
        .collect()
}

fn source_limits(list: &str) -> Result<SourceLimits, ConfigError> {
    SourceLimits::parse(list).ok_or_else(|| {
        let wanted = "it has to be numbers a minute with commas between them, of sign-on, artifact, ecp, passkey-question, wrong-token and wrong-link, such as sign-on=6000, ecp=0 (0: no limit)";
        unfit("source_limits", list, wanted)
    })
}

fn master_key(values: &BTreeMap<String, String>) -> Result<MasterKeySource, ConfigError> {
    let given = |key: &str| values.get(key).filter(|value| !value.is_empty()).cloned();
    match (given("master_key"), given("master_key_command")) {
        (None, None) => Ok(MasterKeySource::File),
        (Some(text), None) => Ok(MasterKeySource::Given(SecretString::from(text))),
        (None, Some(command)) => Ok(MasterKeySource::Command(command)),
        (Some(_), Some(_)) => {
            let wanted = "only one of master_key and master_key_command can say where the key is";
            Err(unfit("master_key", "(hidden)", wanted))
        }
    }
}

/// The hardware security module: everything that is needed, or nothing.
fn hsm(values: &BTreeMap<String, String>) -> Result<Option<HsmSettings>, ConfigError> {
    let given = |key: &str| values.get(key).filter(|value| !value.is_empty());
    let keys = ["pkcs11_module", "pkcs11_token", "pkcs11_pin"];
    match keys.map(given) {
        [None, None, None] => Ok(None),
        [Some(module), Some(token), Some(pin)] => Ok(Some(HsmSettings {
            module: PathBuf::from(module),
            label: token.clone(),
            pin: SecretString::from(pin.clone()),
        })),
        _ => {
            let wanted = "pkcs11_module, pkcs11_token and pkcs11_pin go together";
            Err(unfit("pkcs11_module", "(incomplete)", wanted))
        }
    }
}

/// Who receives the audit. A webhook needs a secret, since anybody could write to it otherwise.
fn audit_stream(
    values: &BTreeMap<String, String>,
    base_url: &str,
) -> Result<StreamSettings, ConfigError> {
    let given = |key: &str| values.get(key).filter(|value| !value.is_empty());
    let target = given("audit_stream")
        .map(|text| Target::parse(text).ok_or_else(|| unfit("audit_stream", "(hidden)", WANTED)))
        .transpose()?;
    let secret = given("audit_stream_secret")
        .cloned()
        .map(SecretString::from);
    let is_webhook = target
        .as_ref()
        .is_some_and(|target| matches!(target.way, Way::Webhook(_)));
    if is_webhook && secret.is_none() {
        let wanted = "a webhook needs a secret, by which it knows that events are ours";
        return Err(unfit("audit_stream_secret", "", wanted));
    }
    let format = given("audit_stream_format").map_or("jsonl", String::as_str);
    let format = Format::parse(format)
        .ok_or_else(|| unfit("audit_stream_format", format, "it has to be jsonl or cef"))?;
    let roots = given("audit_stream_ca").map(|path| {
        std::fs::read_to_string(path).map_err(|_unreadable: std::io::Error| {
            let wanted = "it has to be a file of certificates in PEM that can be read";
            unfit("audit_stream_ca", path, wanted)
        })
    });
    let host = Url::parse(base_url).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or("-");
    Ok(StreamSettings {
        target,
        format,
        secret,
        roots: roots.transpose()?,
        host: host.to_owned(),
    })
}

fn admin_mfa(text: &str, base_url: &str) -> Result<AdminMfa, ConfigError> {
    let host = Url::parse(base_url).ok();
    let has_name = host.as_ref().is_some_and(|url| url.domain().is_some());
    match text {
        "required" => Ok(AdminMfa::Required),
        "passkey" if has_name => Ok(AdminMfa::Passkey),
        "passkey" => {
            let wanted =
                "browsers make no passkeys for a bare network address: base_url needs a name";
            Err(unfit("admin_mfa", "passkey", wanted))
        }
        "optional" => Ok(AdminMfa::Optional),
        other => Err(unfit(
            "admin_mfa",
            other,
            "it has to be required, passkey or optional",
        )),
    }
}

/// Under which conditions the console opens. `text` gives the value of a key, or a default.
fn console(text: &impl Fn(&str, &str) -> String) -> Result<AccessConditions, ConfigError> {
    let age = text("console_sign_in_max_age", "");
    let minutes = session_life::parse(&age)
        .map(|age| age.num_minutes())
        .filter(|minutes| access_conditions::MAX_AGE_MINUTES.contains(minutes));
    if !age.is_empty() && minutes.is_none() {
        let wanted = "it has to look like 8h or 90m, between a quarter of an hour and thirty days";
        return Err(unfit("console_sign_in_max_age", &age, wanted));
    }
    let found = AccessConditions {
        networks: addresses("console_networks", &text("console_networks", ""))?,
        sign_in_max_age: minutes,
        denied_text: text("console_denied_text", "").trim().to_owned(),
        help_url: text("console_help_url", ""),
    };
    let broken = found.check();
    let Some(first) = broken.first() else {
        return Ok(found);
    };
    let (key, wanted) = if first.pointer.ends_with("networks") {
        ("console_networks", "there can be a hundred at most")
    } else if first.pointer.ends_with("deniedText") {
        let wanted = "it can have 500 characters at most, none of them a control character";
        ("console_denied_text", wanted)
    } else {
        let wanted =
            "it has to be an address such as https://help.example.com or mailto:help@example.com";
        ("console_help_url", wanted)
    };
    Err(unfit(key, &text(key, ""), wanted))
}

/// What can be stored as well. Whether the mail server can be used is seen when the service starts;
/// here only that both of its settings are given.
fn configured(values: &BTreeMap<String, String>) -> Result<Configured, ConfigError> {
    let given = |key: &str| values.get(key).filter(|value| !value.is_empty()).cloned();
    let found = Configured {
        nightly_at: given("nightly_at"),
        time_zone: given("time_zone"),
        session_idle: given("session_idle"),
        session_absolute: given("session_absolute"),
        smtp_url: given("smtp_url").map(SecretString::from),
        mail_from: given("mail_from"),
        mail_hosts: mail_hosts(&given("mail_hosts").unwrap_or_default())?,
    };
    if let Some(text) = &found.nightly_at
        && nightly::time_of_day(text).is_none()
    {
        let wanted = "it has to be a time of day such as 02:00";
        return Err(unfit("nightly_at", text, wanted));
    }
    if let Some(text) = &found.time_zone
        && nightly::time_zone(text).is_none()
    {
        let wanted = "it has to be UTC, or a name of the system's time zone database (package tzdata) such as Europe/Berlin";
        return Err(unfit("time_zone", text, wanted));
    }
    for (key, value) in [
        ("session_idle", &found.session_idle),
        ("session_absolute", &found.session_absolute),
    ] {
        if let Some(text) = value
            && session_life::parse(text).is_none()
        {
            let wanted = "it has to look like 8h or 90m, between five minutes and thirty days";
            return Err(unfit(key, text, wanted));
        }
    }
    if let Some(url) = given("smtp_url") {
        if !["smtp://", "smtps://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            let wanted = "it has to begin with smtp:// or smtps://";
            return Err(unfit("smtp_url", "(hidden)", wanted));
        }
        if found.mail_from.is_none() {
            let wanted = "smtp_url needs the sender's address beside it";
            return Err(unfit("mail_from", "", wanted));
        }
    }
    Ok(found)
}

/// Names or addresses with a comma between them, without ports.
fn mail_hosts(list: &str) -> Result<Vec<String>, ConfigError> {
    let hosts = list
        .split(',')
        .map(str::trim)
        .filter(|host| !host.is_empty());
    hosts
        .map(|host| {
            let wanted = "it has to be hosts with commas between them, such as mail.example.com";
            let read = Host::parse(host).map(|host| host.to_string().to_lowercase());
            read.map_err(|_no_host: url::ParseError| unfit("mail_hosts", list, wanted))
        })
        .collect()
}

fn base_url(text: &str) -> Result<(String, bool), ConfigError> {
    let wanted = "it has to be an http or https URL without path, query or fragment";
    let url = Url::parse(text).map_err(|_bad: url::ParseError| unfit("base_url", text, wanted))?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_bare || !url.username().is_empty() || url.password().is_some() {
        return Err(unfit("base_url", text, wanted));
    }
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let trimmed = text.trim_end_matches('/').to_owned();
    match (url.scheme(), is_loopback) {
        ("https", _) => Ok((trimmed, false)),
        ("http", true) => Ok((trimmed, true)),
        ("http", false) => Err(ConfigError::PlainHttp { url: trimmed }),
        _ => Err(unfit("base_url", text, wanted)),
    }
}

fn environment_values(
    environment: impl Iterator<Item = (String, String)>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    environment
        .filter_map(|(name, value)| {
            name.strip_prefix(PREFIX)
                .map(|key| (key.to_ascii_lowercase(), name.clone(), value))
        })
        .map(|(key, name, value)| {
            if KEYS.contains(&key.as_str()) && name == name.to_ascii_uppercase() {
                Ok((key, value))
            } else {
                let nearest = format!("{PREFIX}{}", nearest_key(&key).to_ascii_uppercase());
                Err(ConfigError::Unknown { key: name, nearest })
            }
        })
        .collect()
}

fn file_values(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::File {
        path: path.to_path_buf(),
        source,
    })?;
    let table: toml::Table = toml::from_str(&text).map_err(|source| ConfigError::Syntax {
        path: path.to_path_buf(),
        source: Box::new(source),
    })?;
    table
        .into_iter()
        .map(|(key, value)| {
            if SECRET_KEYS.contains(&key.as_str()) {
                let wanted =
                    "it belongs into the environment, and not into a file that others can read";
                return Err(unfit(&key, "(hidden)", wanted));
            }
            if !KEYS.contains(&key.as_str()) || key == "config" {
                let nearest = nearest_key(&key).to_owned();
                return Err(ConfigError::Unknown { key, nearest });
            }
            let value = match value {
                toml::Value::String(text) => text,
                other => other.to_string(),
            };
            Ok((key, value))
        })
        .collect()
}

fn nearest_key(key: &str) -> &'static str {
    KEYS.iter()
        .copied()
        .min_by_key(|known| strsim::damerau_levenshtein(known, key))
        .unwrap_or("listen")
}

fn unfit(key: &str, value: &str, wanted: &'static str) -> ConfigError {
    ConfigError::Unfit {
        key: key.to_owned(),
        value: value.to_owned(),
        wanted,
    }
}

#[cfg(test)]
mod tests;
