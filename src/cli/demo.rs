//! `vestibule demo`: a throw-away instance filled with examples, and a demonstration service
//! provider beside it. Both listen on loopback only, since the passwords are printed and public.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::ensure;
use clap::Args;
use tempfile::TempDir;

use crate::app;
use crate::cli::demo_data::{self, LOGINS};
use crate::cli::output;
use crate::config::Config;
use crate::domain::access_conditions::AccessConditions;
use crate::domain::second_factor::AdminMfa;
use crate::service::audit_target::StreamSettings;
use crate::service::demo_sp::DemoServiceProvider;
use crate::service::flood::SourceLimits;
use crate::service::master_key_source::MasterKeySource;

#[derive(Debug, Args)]
pub struct DemoOptions {
    /// Where the identity provider listens.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the demonstration service provider listens.
    #[arg(long, default_value = "127.0.0.1:8081")]
    sp_listen: SocketAddr,
    /// Keep the data here instead of in a temporary directory that is removed at the end.
    #[arg(long, value_name = "DIRECTORY")]
    data_dir: Option<PathBuf>,
}

/// Runs both until told to stop.
pub fn run(config: &Config, options: &DemoOptions) -> anyhow::Result<()> {
    ensure!(
        options.listen.ip().is_loopback() && options.sp_listen.ip().is_loopback(),
        "the demo listens on loopback only, since its passwords are public"
    );
    // Held until the end: dropping it removes the directory.
    let temporary = TempDir::with_prefix("vestibule-demo-")?;
    let data_dir = options
        .data_dir
        .as_deref()
        .unwrap_or_else(|| temporary.path());
    let config = config_of(config, (options.listen, data_dir));
    // Another host name than the identity provider's, so that browsers see two sites.
    let sp_url = format!("http://{}", options.sp_listen);
    let environment = Arc::new(app::open(&config)?);
    demo_data::fill(&environment, &sp_url)?;
    let _background = app::background(&environment)?;
    actix_web::rt::System::new().block_on(async {
        let idp = app::server(config.listen, Arc::clone(&environment), None)?;
        let provider = DemoServiceProvider::new(sp_url.clone());
        let sp = app::demo_sp_server(options.sp_listen, environment, provider)?;
        output::print(&screen(&config, &sp_url))?;
        let (idp, sp) = futures_util::future::join(idp, sp).await;
        idp?;
        Ok(sp?)
    })
}

fn config_of(config: &Config, (listen, data_dir): (SocketAddr, &Path)) -> Config {
    let base_url = format!("http://localhost:{}", listen.port());
    Config {
        listen,
        entity_id: format!("{base_url}/saml/metadata"),
        base_url,
        is_plain_loopback: true,
        database_url: format!("sqlite:{}", data_dir.join("vestibule.db").display()),
        key_dir: data_dir.join("keys"),
        data_dir: data_dir.to_path_buf(),
        tls: None,
        metrics_listen: None,
        metadata_hosts: Vec::new(),
        master_key: MasterKeySource::File,
        hsm: None,
        audit_stream: StreamSettings::default(),
        trusted_proxies: Vec::new(),
        source_limits: SourceLimits::default(),
        configured: config.configured.clone(),
        // Its passwords are public: a factor would only stand in the way of looking around.
        admin_mfa: AdminMfa::Optional,
        users_need_mfa: false,
        breached_passwords: None,
        console: AccessConditions::NONE,
        log: config.log.clone(),
    }
}

/// What to open, and who can sign in.
fn screen(config: &Config, sp_url: &str) -> String {
    let mut lines = vec![
        "Vestibule demonstration; Ctrl-C ends it.".to_owned(),
        String::new(),
        format!("identity provider  {}/", config.base_url),
        format!("service provider  {sp_url}/"),
        String::new(),
        "Open the service provider, click \"Sign in\", and use one of".to_owned(),
    ];
    lines.extend(
        LOGINS
            .iter()
            .map(|(name, password)| format!("account  {name}  {password}")),
    );
    lines.join("\n")
}
