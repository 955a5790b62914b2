//! `vestibule token create`: prints an API token, alone on standard output, once.

use clap::{Args, Subcommand};

use crate::app;
use crate::cli::output;
use crate::config::Config;
use crate::service::api_tokens;
use crate::service::caller::terminal;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Create a token.
    Create(CreateOptions),
}

#[derive(Debug, Args)]
pub struct CreateOptions {
    /// What the token is for.
    #[arg(long, value_name = "NAME")]
    name: String,
    #[arg(long, value_parser = ["administrator", "manager", "help-desk", "read-only"])]
    role: String,
}

/// Runs the command.
pub fn run(config: &Config, command: &TokenCommand) -> anyhow::Result<()> {
    let TokenCommand::Create(options) = command;
    let environment = app::open(config)?;
    let (_view, secret) =
        api_tokens::create(&environment, &terminal(), &options.name, &options.role)
            .map_err(output::in_words)?;
    output::print(&secret)
}
