//! `vestibule serve` and `vestibule migrate`.

use std::sync::Arc;

use futures_util::future::try_join;

use crate::app;
use crate::cli::output;
use crate::config::Config;
use crate::service::first_run;

/// Opens everything and serves until told to stop.
pub fn run(config: &Config) -> anyhow::Result<()> {
    let environment = Arc::new(app::open(config)?);
    let first_run = first_run::open(&environment).map_err(output::in_words)?;
    output::print(&welcome(config, first_run.as_deref()))?;
    let certificates = app::certificates(config)?;
    let _background = app::background(&environment)?;
    let _watch = certificates
        .clone()
        .map(|certificates| certificates.watch(&environment))
        .transpose()?;
    actix_web::rt::System::new().block_on(async {
        let metrics = config
            .metrics_listen
            .map(|listen| app::metrics_server(listen, Arc::clone(&environment)))
            .transpose()?;
        let server = app::server(config.listen, environment, certificates.as_ref())?;
        // Both end when the process is told to stop; one that fails ends the other.
        match metrics {
            Some(metrics) => try_join(server, metrics).await.map(drop),
            None => server.await,
        }
        .map_err(anyhow::Error::from)
    })
}

/// Brings the database to this version.
pub fn migrate(config: &Config) -> anyhow::Result<()> {
    app::open(config)?;
    output::print("the database is at this version")
}

/// One screen: where it listens and what to do next.
fn welcome(config: &Config, first_run: Option<&str>) -> String {
    let base = &config.base_url;
    let mut lines = vec![
        format!("Vestibule {}", env!("CARGO_PKG_VERSION")),
        format!("  listening  {}", config.listen),
        format!("  sign in    {base}/"),
        format!("  metadata   {base}/saml/metadata"),
        format!("  entity id  {}", config.entity_id),
    ];
    if let Some(token) = first_run {
        lines.push(String::new());
        lines.push(
            "Nobody can administer yet. Open this address within 24 hours; it works once:"
                .to_owned(),
        );
        lines.push(format!("  {base}/first-run/{token}"));
    }
    lines.join("\n")
}
