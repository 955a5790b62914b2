//! The one door by which this service opens an address on the internet by itself (requirement NO-CALL-OUT): which
//! hosts the operator allows, and how their names become addresses. Allows nothing unless it is told to.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::domain::public_address::is_public;

const HTTPS: u16 = 443;
/// Everything from the name's resolution to the last octet takes no longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A host that may be asked, at one port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    /// A name in lower case.
    pub name: String,
    pub port: u16,
}

impl AllowedHost {
    /// Reads `name` or `name:port`. An address is no name.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, port.parse().ok().filter(|port| *port != 0)?),
            None => (text, HTTPS),
        };
        match url::Host::parse(name).ok()? {
            url::Host::Domain(name) if name.contains('.') => Some(Self { name, port }),
            _ => None,
        }
    }
}

/// How names become addresses, and which certificates are believed.
#[derive(Clone)]
pub enum Network {
    /// As the system does it; only public addresses are opened.
    Internet,
    /// As a test says.
    Given(Arc<GivenNetwork>),
}

/// From a name to its addresses.
pub type Resolve = Box<dyn Fn(&str) -> Vec<SocketAddr> + Send + Sync>;

/// What a test says of names and addresses.
pub struct GivenNetwork {
    /// The addresses of a name, asked once for each call.
    pub resolve: Resolve,
    /// An address that may be opened although it is not public: the test's own server.
    pub reachable: SocketAddr,
    /// The only certificate that is believed, PEM.
    pub root: String,
    pub patience: Duration,
}

/// Which hosts may be asked, and how they are found.
pub struct Outbound {
    hosts: Vec<AllowedHost>,
    network: Network,
    /// One call at a time: whoever asks is a person who waits for the answer.
    pub(in crate::service) turn: Mutex<()>,
}

impl Outbound {
    /// The internet, for these hosts; none: everything is refused.
    pub const fn new(hosts: Vec<AllowedHost>) -> Self {
        Self::over(hosts, Network::Internet)
    }

    /// Another network, for these hosts.
    pub const fn over(hosts: Vec<AllowedHost>, network: Network) -> Self {
        Self {
            hosts,
            network,
            turn: Mutex::new(()),
        }
    }

    /// True when nothing may be asked.
    pub const fn is_off(&self) -> bool {
        self.hosts.is_empty()
    }

    /// Whether this host may be asked at this port.
    pub fn allows(&self, name: &str, port: u16) -> bool {
        self.hosts
            .iter()
            .any(|host| host.name == name && host.port == port)
    }

    pub(in crate::service) fn patience(&self) -> Duration {
        match &self.network {
            Network::Internet => PATIENCE,
            Network::Given(given) => given.patience,
        }
    }

    /// The only certificate that is believed; `None`: those that the system believes.
    pub(in crate::service) fn root(&self) -> Option<&str> {
        match &self.network {
            Network::Internet => None,
            Network::Given(given) => Some(&given.root),
        }
    }

    pub(in crate::service) fn resolver(&self) -> PublicOnly {
        PublicOnly(self.network.clone())
    }
}

/// Resolves names once, and to public addresses only: what it gives is what is connected to, so a name that has
/// another address by then makes no difference.
#[derive(Clone)]
pub struct PublicOnly(Network);

impl fmt::Debug for PublicOnly {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PublicOnly")
    }
}

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let (found, reachable) = match &self.0 {
            Network::Internet => {
                let found = DefaultResolver::default().resolve(uri, config, timeout)?;
                (found.to_vec(), None)
            }
            Network::Given(given) => {
                let found = (given.resolve)(uri.host().unwrap_or_default());
                (found, Some(given.reachable))
            }
        };
        // One address that is not public is enough: nobody's name honestly leads to both.
        let may_open = |at: &SocketAddr| is_public(at.ip()) || Some(*at) == reachable;
        if found.is_empty() {
            return Err(ureq::Error::HostNotFound);
        }
        if !found.iter().all(may_open) {
            return Err(ureq::Error::Other(Box::new(NotPublic)));
        }
        let mut addresses = self.empty();
        // As many as there is room for.
        for address in found.into_iter().take(16) {
            addresses.push(address);
        }
        Ok(addresses)
    }
}

/// A name leads to an address that is not public.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the host's name leads to an address that is not public")]
pub struct NotPublic;
