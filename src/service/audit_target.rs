//! Who receives the audit as it is written: an address out of the settings of the operator. Its secrets are kept apart
//! from what may be shown.

use std::path::PathBuf;

use secrecy::SecretString;
use url::{Host, Url};

use crate::service::audit_document::Format;

/// What the settings say of the stream.
#[derive(Debug, Clone, Default)]
pub struct StreamSettings {
    /// `None`: nobody receives it.
    pub target: Option<Target>,
    pub format: Format,
    /// By which a webhook knows that it is us.
    pub secret: Option<SecretString>,
    /// The only certificates that are believed, PEM; `None`: those that the system believes.
    pub roots: Option<String>,
    /// Our name in syslog.
    pub host: String,
}

impl StreamSettings {
    /// The receiver's address as it may be shown, which is also the name of its position in the store.
    pub fn target(&self) -> Option<&str> {
        self.target.as_ref().map(|target| target.shown.as_str())
    }
}

/// A receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub way: Way,
    /// Without user name, password and query.
    pub shown: String,
}

/// How it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Appended to, and opened anew each time, so that it can be rotated.
    File(PathBuf),
    /// RFC 5424 over RFC 6587 (octet counting).
    SyslogTcp(String, u16),
    /// RFC 5424 over RFC 5425.
    SyslogTls(String, u16),
    /// RFC 5424 over RFC 5426.
    SyslogUdp(String, u16),
    /// RFC 5424 to the socket of this machine.
    SyslogUnix(PathBuf),
    /// POST over https, or over http to this machine.
    Webhook(Url),
}

/// What an address looks like.
pub const WANTED: &str = "it has to be file:///PATH, syslog+tcp://HOST:PORT, syslog+tls://HOST:PORT, syslog+udp://HOST:PORT, syslog+unix:///PATH or https://.., without user name and password";

impl Target {
    /// Reads an address. The operator names it, and receivers of logs stand in the operator's own network: unlike
    /// addresses that administrators type, it may be a private one. It comes from file or environment only.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return None;
        }
        let way = way(&url)?;
        let mut shown = url;
        shown.set_query(None);
        Some(Self {
            way,
            shown: shown.to_string(),
        })
    }
}

fn way(url: &Url) -> Option<Way> {
    let host = || {
        url.host_str()
            .map(|host| host.trim_matches(['[', ']']).to_owned())
    };
    let path = || Some(PathBuf::from(url.path())).filter(|path| path.file_name().is_some());
    let has_host = url.host_str().is_some_and(|host| !host.is_empty());
    let is_bare = url.query().is_none() && matches!(url.path(), "" | "/");
    match url.scheme() {
        "file" if !has_host => path().map(Way::File),
        "syslog+unix" if !has_host => path().map(Way::SyslogUnix),
        "syslog+tcp" if is_bare => Some(Way::SyslogTcp(host()?, url.port().unwrap_or(514))),
        "syslog+tls" if is_bare => Some(Way::SyslogTls(host()?, url.port().unwrap_or(6514))),
        "syslog+udp" if is_bare => Some(Way::SyslogUdp(host()?, url.port().unwrap_or(514))),
        "https" => Some(Way::Webhook(url.clone())),
        "http" if is_loopback(url) => Some(Way::Webhook(url.clone())),
        _ => None,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests;
