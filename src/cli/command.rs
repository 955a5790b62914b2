//! The command tree, and how a command's outcome becomes an exit code: 0 done, 1 failed, 2 wrong use
//! (which clap answers by itself).

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::admin::{self, AdminCommand};
use crate::cli::audit::{self, AuditCommand};
use crate::cli::connectors::{self, ConnectorsCommand};
use crate::cli::demo::{self, DemoOptions};
use crate::cli::explain::{self, ExplainOptions};
use crate::cli::keys::{self, KeysCommand};
use crate::cli::output::{self, WrongUse};
use crate::cli::reconcile;
use crate::cli::serve;
use crate::cli::token::{self, TokenCommand};
use crate::cli::users::{self, UsersCommand};
use crate::config::Config;

/// What clap exits with, too.
const WRONG_USE: u8 = 2;

/// A SAML 2.0 identity provider: group-inherited attributes, every value explained.
#[derive(Debug, Parser)]
#[command(name = "vestibule", version, about, disable_help_subcommand = true)]
struct CommandLine {
    /// Settings file (TOML); otherwise `VESTIBULE_CONFIG`, otherwise vestibule.toml if present.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve,
    /// Run a throw-away instance with example people, groups and applications, and a
    /// demonstration service provider beside it.
    Demo(DemoOptions),
    /// Bring the database to this version.
    Migrate,
    /// Administrators.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// API tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// People in bulk.
    #[command(subcommand)]
    Users(UsersCommand),
    /// Applications out of files of metadata.
    #[command(subcommand)]
    Connectors(ConnectorsCommand),
    /// Compare all memberships with the rules and repair what differs; 3 if something did.
    Reconcile,
    /// Say whether a user may open an application and why, and where each attribute comes from.
    Explain(ExplainOptions),
    /// Signing keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The audit.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print the OpenAPI 3.1 document of the REST interface.
    Openapi,
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let line = CommandLine::parse();
    match execute(line) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&error);
            if error.is::<WrongUse>() {
                ExitCode::from(WRONG_USE)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn execute(line: CommandLine) -> anyhow::Result<ExitCode> {
    if let Command::Openapi = line.command {
        output::print(crate::web::routes::openapi_document())?;
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load(line.config.as_deref(), environment())?;
    output::start_logging(&config.log);
    match line.command {
        Command::Serve => serve::run(&config),
        Command::Demo(options) => demo::run(&config, &options),
        Command::Migrate => serve::migrate(&config),
        Command::Admin(command) => admin::run(&config, &command),
        Command::Token(command) => token::run(&config, &command),
        Command::Connectors(command) => connectors::run(&config, &command),
        Command::Explain(options) => explain::run(&config, &options),
        Command::Keys(command) => keys::run(&config, &command),
        Command::Audit(command) => return audit::run(&config, &command),
        Command::Users(command) => return users::run(&config, &command),
        Command::Reconcile => return reconcile::run(&config),
        Command::Openapi => Ok(()),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Variables that are not Unicode cannot be ours and are left out.
#[expect(clippy::disallowed_methods, reason = "settings are read here, once")]
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
