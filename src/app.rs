//! The composition root: from settings to an environment, and from an environment to a running
//! server. Imported by `cli` and tests only.

use std::path::Path;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use anyhow::Context;
use openssl::ssl::{SslAcceptor, SslAcceptorBuilder, SslFiletype, SslMethod};

use crate::config::Config;
use crate::service::caller::system;
use crate::service::environment::{Environment, ServiceSettings};
use crate::service::keys::{self, KeyRing};
use crate::service::passwords::Passwords;
use crate::service::secrets::random_token;
use crate::store::handle::Store;
use crate::store::open::StoreOptions;
use crate::web::envelope::envelope;

/// How many passwords are hashed at once: enough for a busy morning, few enough that signing on
/// with a live session never waits for them.
const HASHING_SLOTS: usize = 2;

/// Opens everything a command or the service needs: data directory, database, master key and, at
/// first start, the first signing key.
pub fn open(config: &Config) -> anyhow::Result<Environment> {
    if config.database_url.starts_with("sqlite:") {
        std::fs::create_dir_all(&config.data_dir)
            .with_context(|| format!("cannot make {}", config.data_dir.display()))?;
    }
    let store = Store::open(&config.database_url, &StoreOptions::new(random_token()?))?;
    assemble(config, store)
}

/// Puts an environment together over an open store.
fn assemble(config: &Config, store: Store) -> anyhow::Result<Environment> {
    let master = keys::master_key(&store, Path::new(&config.key_dir))?;
    let settings = ServiceSettings {
        base_url: config.base_url.clone(),
        entity_id: config.entity_id.clone(),
        is_plain_loopback: config.is_plain_loopback,
    };
    let passwords = Passwords::new(HASHING_SLOTS)?;
    let environment = Environment::new(settings, store, KeyRing::new(master), passwords);
    keys::ensure_first(&environment, &system())?;
    environment.ready()?;
    Ok(environment)
}

/// Starts the service; the future ends when the process is told to stop.
pub fn server(config: &Config, environment: Arc<Environment>) -> anyhow::Result<Server> {
    let data = web::Data::from(environment);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(envelope))
            .app_data(data.clone())
            .configure(crate::web::routes::configure)
    })
    .client_request_timeout(std::time::Duration::from_secs(10))
    .shutdown_timeout(10);
    let server = match &config.tls {
        Some((certificate, key)) => server.bind_openssl(config.listen, acceptor(certificate, key)?),
        None => server.bind(config.listen),
    };
    let server = server.with_context(|| format!("cannot listen on {}", config.listen))?;
    Ok(server.run())
}

fn acceptor(certificate: &Path, key: &Path) -> anyhow::Result<SslAcceptorBuilder> {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    builder
        .set_certificate_chain_file(certificate)
        .with_context(|| format!("cannot read {}", certificate.display()))?;
    builder
        .set_private_key_file(key, SslFiletype::PEM)
        .with_context(|| format!("cannot read {}", key.display()))?;
    Ok(builder)
}
