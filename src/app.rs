//! The composition root: from settings to an environment, and from an environment to a running
//! server. Imported by `cli` and tests only.

use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use anyhow::Context;

use crate::app::tls::Certificates;
use crate::config::Config;
use crate::service::breached_passwords::BreachedPasswords;
use crate::service::caller::system;
use crate::service::demo_sp::DemoServiceProvider;
use crate::service::environment::{Environment, ServiceSettings};
use crate::service::keys::{self, KeyRing};
use crate::service::master_key_source::{self, MasterKeySource};
use crate::service::outbound::Outbound;
use crate::service::passwords::Passwords;
use crate::service::secrets::random_token;
use crate::service::stored_settings::StoredSettings;
use crate::service::worker::Worker;
use crate::service::{
    audit_retention, audit_stream, flight_recorder, housekeeping, key_rollover, key_warnings,
    nightly, outbox, recovery, session_life, user_dates,
};
use crate::store::handle::Store;
use crate::store::open::StoreOptions;
use crate::web::envelope::envelope;
use crate::web::{demo_sp, metrics, routes};

pub mod tls;

/// How many passwords are hashed at once: half of the processors, so that signing on with a live session
/// never waits for a storm of sign-ins.
fn hashing_slots() -> usize {
    let processors = std::thread::available_parallelism();
    processors.map_or(1, |all| (all.get() / 2).max(1))
}

/// A sender that has not finished its request's head by then is cut off.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Requests in flight get this long when the process is told to stop.
const SHUTDOWN_SECONDS: u64 = 10;

/// How often the outbox is looked at, which is one indexed read.
const MAIL_PAUSE: Duration = Duration::from_secs(2);
/// How exactly the nightly run keeps its time.
const NIGHTLY_PAUSE: Duration = Duration::from_secs(30);
/// Switches count by themselves at their date; this only writes them down.
const KEYS_PAUSE: Duration = Duration::from_secs(60);
/// How long messages wait in memory before they can be looked at on every node.
const RECORDER_PAUSE: Duration = Duration::from_secs(1);
/// Dates of users count by themselves at their instant; dynamic groups follow after this long.
const DATES_PAUSE: Duration = Duration::from_secs(10);
/// How long events wait for their receiver.
const STREAM_PAUSE: Duration = Duration::from_secs(1);
const HOUSEKEEPING_PAUSE: Duration = Duration::from_secs(300);

/// Opens everything a command or the service needs: data directory, database, master key and, at
/// first start, the first signing key.
pub fn open(config: &Config) -> anyhow::Result<Environment> {
    if config.database_url.starts_with("sqlite:") {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&config.data_dir)
            .with_context(|| format!("cannot make {}", config.data_dir.display()))?;
    }
    let store = Store::open(&config.database_url, &StoreOptions::new(random_token()?))?;
    assemble(config, store)
}

/// Puts an environment together over an open store.
fn assemble(config: &Config, store: Store) -> anyhow::Result<Environment> {
    let directory = Path::new(&config.key_dir);
    let master = match &config.master_key {
        MasterKeySource::File => keys::master_key(&store, directory)?,
        elsewhere => {
            let given = master_key_source::read(elsewhere, directory)?;
            given.context("the master key is not there")?
        }
    };
    let ring = KeyRing::new(master)
        .beside(directory.to_path_buf())
        .with_hsm(config.hsm.clone());
    let settings = ServiceSettings {
        base_url: config.base_url.clone(),
        entity_id: config.entity_id.clone(),
        is_plain_loopback: config.is_plain_loopback,
    };
    let passwords = Passwords::new(hashing_slots())?;
    let breached = config.breached_passwords.as_ref().map(|path| {
        let opened = BreachedPasswords::open(path);
        opened.with_context(|| format!("cannot use {} (breached_passwords)", path.display()))
    });
    let environment = Environment::new(settings, store, ring, passwords)
        .with_configured(config.configured.clone())
        .with_admin_mfa(config.admin_mfa)
        .with_users_mfa(config.users_need_mfa)
        .with_console(config.console.clone())
        .with_breached_passwords(breached.transpose()?)
        .with_outbound(Outbound::new(config.metadata_hosts.clone()))
        .with_stream(config.audit_stream.clone())
        .with_proxies(config.trusted_proxies.clone())
        .with_source_limits(config.source_limits.clone());
    keys::ensure_first(&environment, &system())?;
    // Whether it can sign now is asked when it serves: who puts a lost key right has to get this far.
    environment.check_master_key()?;
    Ok(environment)
}

/// What the service does beside answering requests. Dropping it ends the threads.
#[derive(Debug)]
pub struct Background {
    _workers: [Worker; 7],
}

/// Starts it: mail, the nightly recompute, housekeeping, signing keys, each of which does its work on
/// one node at a time; and the flight recorder of this node.
pub fn background(environment: &Arc<Environment>) -> anyhow::Result<Background> {
    // A mail server that cannot be used is told at once, not at the first mail.
    StoredSettings::read(environment)?
        .mailer()
        .context("cannot send mail")?;
    if StoredSettings::read(environment)?.has_forbidden_mail_server()? {
        tracing::warn!(
            "the mail server on the settings page is none of VESTIBULE_MAIL_HOSTS, and is not used"
        );
    }
    session_life::heed(environment)?;
    let env = Arc::clone(environment);
    let mail = Worker::start("mail", MAIL_PAUSE, move || {
        recovery::answer_waiting(&env)?;
        outbox::deliver_waiting(&env).map(|_sent| ())
    })?;
    let env = Arc::clone(environment);
    let nightly = Worker::start("nightly", NIGHTLY_PAUSE, move || {
        let schedule = StoredSettings::read(&env)?.schedule()?;
        nightly::run_if_due(&env, &schedule).map(|_ran| ())
    })?;
    let env = Arc::clone(environment);
    let housekeeping = Worker::start("housekeeping", HOUSEKEEPING_PAUSE, move || {
        housekeeping::sweep(&env)?;
        audit_retention::sweep(&env).map(|_events| ())
    })?;
    let env = Arc::clone(environment);
    let signing_keys = Worker::start("signing keys", KEYS_PAUSE, move || {
        key_rollover::settle(&env)?;
        key_warnings::tell_due(&env).map(|_told| ())
    })?;
    let env = Arc::clone(environment);
    let user_dates = Worker::start("user dates", DATES_PAUSE, move || {
        user_dates::carry_out(&env).map(|_changed| ())
    })?;
    let env = Arc::clone(environment);
    let recorder = Worker::start("flight recorder", RECORDER_PAUSE, move || {
        flight_recorder::flush(&env)
    })?;
    let env = Arc::clone(environment);
    let stream = Worker::start("audit stream", STREAM_PAUSE, move || {
        audit_stream::deliver_waiting(&env).map(|_taken| ())
    })?;
    Ok(Background {
        _workers: [
            mail,
            nightly,
            housekeeping,
            signing_keys,
            user_dates,
            recorder,
            stream,
        ],
    })
}

/// The certificate of the service's own TLS; `None`: it speaks plain HTTP.
pub fn certificates(config: &Config) -> anyhow::Result<Option<Certificates>> {
    let files = config.tls.clone();
    files
        .map(|(certificate, key)| Certificates::open(certificate, key))
        .transpose()
}

/// Starts the service; the future ends when the process is told to stop.
pub fn server(
    listen: SocketAddr,
    environment: Arc<Environment>,
    certificates: Option<&Certificates>,
) -> anyhow::Result<Server> {
    environment.ready()?;
    let data = web::Data::from(environment);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .wrap(from_fn(envelope))
            .configure(routes::configure)
    })
    .client_request_timeout(HEAD_TIMEOUT)
    .shutdown_timeout(SHUTDOWN_SECONDS);
    let server = match certificates {
        Some(certificates) => server.bind_openssl(listen, certificates.acceptor()?),
        None => server.bind(listen),
    };
    Ok(server
        .with_context(|| format!("cannot listen on {listen}"))?
        .run())
}

/// Starts `/metrics` on a listener of its own.
pub fn metrics_server(listen: SocketAddr, environment: Arc<Environment>) -> anyhow::Result<Server> {
    let data = web::Data::from(environment);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .wrap(from_fn(envelope))
            .configure(metrics::configure)
    })
    .client_request_timeout(HEAD_TIMEOUT)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .workers(1)
    .bind(listen);
    Ok(server
        .with_context(|| format!("cannot listen on {listen} for metrics"))?
        .run())
}

/// Starts the demonstration service provider.
pub fn demo_sp_server(
    listen: SocketAddr,
    environment: Arc<Environment>,
    provider: DemoServiceProvider,
) -> anyhow::Result<Server> {
    let environment = web::Data::from(environment);
    let provider = web::Data::new(provider);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(environment.clone())
            .app_data(provider.clone())
            .wrap(from_fn(envelope))
            .configure(demo_sp::configure)
    })
    .client_request_timeout(HEAD_TIMEOUT)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .workers(1)
    .bind(listen);
    Ok(server
        .with_context(|| format!("cannot listen on {listen}"))?
        .run())
}
