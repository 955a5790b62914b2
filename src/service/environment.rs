//! The environment: the only holder of ambient things (store, clock, randomness, keys, hasher).
//! Use cases take it as a value; nothing here is global.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::access_conditions::AccessConditions;
use crate::domain::address_range::AddressRange;
use crate::domain::ids::PublicId;
use crate::domain::second_factor::AdminMfa;
use crate::domain::signing_key::{KeyState, PrivateHalf};
use crate::service::audit_target::StreamSettings;
use crate::service::breached_passwords::BreachedPasswords;
use crate::service::configured::Configured;
use crate::service::error::ServiceError;
use crate::service::flight_recorder::FlightRecorder;
use crate::service::flood::{FloodBrake, SourceLimits};
use crate::service::keys::KeyRing;
use crate::service::metrics::{SignOnCounters, TlsCounters};
use crate::service::outbound::Outbound;
use crate::service::passwords::Passwords;
use crate::service::rule_cache::RuleCache;
use crate::service::signing_choice::keys_at;
use crate::store::error::StoreError;
use crate::store::handle::Store;

/// What the use cases need to know of the settings.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// Without a trailing slash.
    pub base_url: String,
    pub entity_id: String,
    /// http on loopback: cookies carry neither Secure nor the `__Host-` prefix.
    pub is_plain_loopback: bool,
}

impl ServiceSettings {
    /// The single sign-on endpoint, which a request's Destination has to equal.
    pub fn sso_url(&self) -> String {
        format!("{}/saml/sso", self.base_url)
    }

    /// The single logout endpoint, which a message's Destination has to equal.
    pub fn slo_url(&self) -> String {
        format!("{}/saml/slo", self.base_url)
    }

    /// Where a service provider fetches the response that an artifact stands for.
    pub fn artifact_url(&self) -> String {
        format!("{}/saml/artifact", self.base_url)
    }

    /// Where a client that is no browser signs on.
    pub fn ecp_url(&self) -> String {
        format!("{}/saml/ecp", self.base_url)
    }
}

/// Where `now` comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that tests set, in milliseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Manual(milliseconds) => {
                DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds.load(Ordering::SeqCst))
            }
        }
    }
}

/// Everything a use case may reach.
pub struct Environment {
    pub settings: ServiceSettings,
    pub store: Store,
    pub keys: KeyRing,
    pub passwords: Passwords,
    /// Passwords that nobody may set; `None`: only the common ones are known.
    pub breached: Option<BreachedPasswords>,
    /// What file and environment set of the settings that can be stored as well.
    pub configured: Configured,
    /// Whether administrators need a second factor. `app` hands in what is configured.
    pub admin_mfa: AdminMfa,
    /// Whether every user needs one, in whatever group.
    pub users_need_mfa: bool,
    /// Under which conditions the console opens, beside roles and second factors.
    pub console: AccessConditions,
    /// The compiled rules of all dynamic groups; shared, since transactions outlive their caller.
    pub rules: Arc<RuleCache>,
    pub sign_ons: SignOnCounters,
    /// What was exchanged last with service providers.
    pub recorder: FlightRecorder,
    /// Which hosts this service may ask by itself; none unless the operator names them.
    pub outbound: Outbound,
    /// Whose word about the address of a client is taken; nobody's unless the operator names them.
    pub proxies: Vec<AddressRange>,
    /// What sources ask for in a short time.
    pub floods: FloodBrake,
    pub tls: TlsCounters,
    /// Who receives the audit as it is written.
    pub stream: StreamSettings,
    /// When the process began to serve.
    pub started_at: DateTime<Utc>,
    clock: Clock,
}

impl Environment {
    /// Puts the parts together; `app` opens them.
    pub fn new(
        settings: ServiceSettings,
        store: Store,
        keys: KeyRing,
        passwords: Passwords,
    ) -> Self {
        Self {
            settings,
            store,
            keys,
            passwords,
            breached: None,
            configured: Configured::default(),
            admin_mfa: AdminMfa::Optional,
            users_need_mfa: false,
            console: AccessConditions::NONE,
            rules: Arc::default(),
            sign_ons: SignOnCounters::default(),
            recorder: FlightRecorder::default(),
            outbound: Outbound::new(Vec::new()),
            proxies: Vec::new(),
            floods: FloodBrake::default(),
            tls: TlsCounters::default(),
            stream: StreamSettings::default(),
            started_at: Clock::System.now(),
            clock: Clock::System,
        }
    }

    /// The same environment with what file and environment set.
    pub fn with_configured(mut self, configured: Configured) -> Self {
        self.configured = configured;
        self
    }

    /// The same environment with a file of passwords that nobody may set.
    pub fn with_breached_passwords(mut self, breached: Option<BreachedPasswords>) -> Self {
        self.breached = breached;
        self
    }

    /// The same environment with conditions of the console.
    pub fn with_console(mut self, console: AccessConditions) -> Self {
        self.console = console;
        self
    }

    /// The same environment with whether every user needs a second factor.
    pub const fn with_users_mfa(mut self, users_need_mfa: bool) -> Self {
        self.users_need_mfa = users_need_mfa;
        self
    }

    /// The same environment with what administrators need.
    pub const fn with_admin_mfa(mut self, admin_mfa: AdminMfa) -> Self {
        self.admin_mfa = admin_mfa;
        self
    }

    /// The same environment with hosts that may be asked.
    pub fn with_outbound(mut self, outbound: Outbound) -> Self {
        self.outbound = outbound;
        self
    }

    /// The same environment behind proxies.
    pub fn with_proxies(mut self, proxies: Vec<AddressRange>) -> Self {
        self.proxies = proxies;
        self
    }

    /// The same environment with other limits for one source.
    pub fn with_source_limits(mut self, limits: SourceLimits) -> Self {
        self.floods = FloodBrake::new(limits);
        self
    }

    /// The same environment with a receiver of the audit.
    pub fn with_stream(mut self, stream: StreamSettings) -> Self {
        self.stream = stream;
        self
    }

    /// The same environment under another clock.
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self.started_at = self.now();
        self
    }

    /// The present instant, in whole milliseconds as the store keeps them.
    pub fn now(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    /// Whether the master key is the one that the signing keys in the database were sealed by.
    pub fn check_master_key(&self) -> Result<(), ServiceError> {
        let keys = self
            .store
            .read(|conn| -> Result<_, StoreError> { keys_at(conn, self.now()) })?;
        let sealed = keys.iter().filter(|key| {
            key.state == KeyState::Active && matches!(key.private_half, PrivateHalf::Sealed(_))
        });
        for key in sealed {
            self.keys.open(key)?;
        }
        Ok(())
    }

    /// Whether the service can answer: database and signing keys (`/readyz`).
    pub fn ready(&self) -> Result<(), ServiceError> {
        self.store.check_ready()?;
        let active = self
            .store
            .read(|conn| -> Result<_, StoreError> { keys_at(conn, self.now()) })?;
        self.keys.open_active(&active)?;
        Ok(())
    }
}

/// A new opaque id: UUID version 7, so that rows made together lie together.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new_public_id() -> PublicId {
    PublicId::new(uuid::Uuid::now_v7().to_string())
}
