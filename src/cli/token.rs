//! `vestibule token create`: prints an API token, alone on standard output, once.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use clap::{Args, Subcommand};
use secrecy::ExposeSecret;

use crate::app;
use crate::cli::output;
use crate::config::Config;
use crate::service::api_tokens::{self, Lifetime, TokenWish};
use crate::service::caller::terminal;
use crate::service::role_scopes::GroupList;

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
    /// Days until it ends, from 1 to 365, or `never`.
    #[arg(long, value_name = "DAYS", default_value_t = Expiry::default())]
    expires: Expiry,
    /// A user group that a Manager or Help Desk is limited to; may be said several times.
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
}

/// How long a token is good for, as it is typed. Which days may be asked for is the service's to say.
#[derive(Debug, Clone, Copy, Default)]
struct Expiry(Lifetime);

impl FromStr for Expiry {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let days = || text.parse().map(Lifetime::Days);
        match text {
            "never" => Ok(Self(Lifetime::Endless)),
            _ => days().map(Self).map_err(
                |_no_number: ParseIntError| "it has to be a number of days such as 90, or never",
            ),
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Lifetime::Days(days) => days.fmt(f),
            Lifetime::Endless => f.write_str("never"),
        }
    }
}

/// Runs the command.
pub fn run(config: &Config, command: &TokenCommand) -> anyhow::Result<()> {
    let TokenCommand::Create(options) = command;
    let environment = app::open(config)?;
    let wish = TokenWish {
        name: &options.name,
        role: &options.role,
        lifetime: options.expires.0,
        groups: (!options.groups.is_empty()).then(|| GroupList::Names(options.groups.clone())),
    };
    let (_view, secret) =
        api_tokens::create(&environment, &terminal(), wish).map_err(output::in_words)?;
    output::print(secret.expose_secret())
}
