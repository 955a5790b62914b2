//! `vestibule admin`: making an administrator, with a password from standard input or a one-time link
//! that sets one; such a link for one who is locked out; and taking lost second factors away.

use std::io::Read;

use clap::{Args, Subcommand};
use secrecy::zeroize::Zeroizing;

use crate::app;
use crate::cli::output;
use crate::config::Config;
use crate::service::account_links;
use crate::service::administrators::{self, NewAdministrator};
use crate::service::caller::terminal;
use crate::service::factor_reset;

#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Create an administrator.
    Create(CreateOptions),
    /// Print a one-time link that sets a new password of an administrator.
    ResetPassword(ResetOptions),
    /// Remove the second factors of an administrator who has lost them, and end the sessions.
    ResetFactors(ResetOptions),
}

#[derive(Debug, Args)]
pub struct ResetOptions {
    #[arg(long, value_name = "NAME")]
    username: String,
}

#[derive(Debug, Args)]
pub struct CreateOptions {
    #[arg(long, value_name = "NAME")]
    username: String,
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    #[arg(long, value_parser = ["administrator", "manager", "help-desk", "read-only"])]
    role: String,
    /// Read the password from standard input, without its line end.
    #[arg(long)]
    password_stdin: bool,
}

/// Runs the command.
pub fn run(config: &Config, command: &AdminCommand) -> anyhow::Result<()> {
    match command {
        AdminCommand::Create(options) => create(config, options),
        AdminCommand::ResetPassword(options) => {
            let environment = app::open(config)?;
            let name = &options.username;
            let address = account_links::reset_administrator(&environment, &terminal(), name);
            output::print(&address.map_err(output::in_words)?)
        }
        AdminCommand::ResetFactors(options) => reset_factors(config, options),
    }
}

fn reset_factors(config: &Config, options: &ResetOptions) -> anyhow::Result<()> {
    let environment = app::open(config)?;
    factor_reset::reset_named(&environment, &terminal(), &options.username)
        .map_err(output::in_words)?;
    output::print(&format!(
        "removed the second factors of {}",
        options.username
    ))
}

fn create(config: &Config, options: &CreateOptions) -> anyhow::Result<()> {
    let password = if options.password_stdin {
        Some(read_password()?)
    } else {
        None
    };
    let environment = app::open(config)?;
    let new = NewAdministrator {
        username: options.username.clone(),
        email: options.email.clone(),
        role: options.role.clone(),
        password: password
            .as_ref()
            .map(|password| password.as_str().to_owned()),
    };
    let (administrator, link) =
        administrators::create(&environment, &terminal(), &new).map_err(output::in_words)?;
    match link {
        Some(token) => output::print(&format!("{}/setup/{token}", config.base_url)),
        None => output::print(&format!("created {}", administrator.username)),
    }
}

fn read_password() -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().read_to_string(&mut text)?;
    let bare = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Zeroizing::new(
        bare.strip_suffix('\r').unwrap_or(bare).to_owned(),
    ))
}
