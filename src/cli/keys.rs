//! `vestibule keys`: signing keys and their roll-over.

use clap::Subcommand;
use serde::Serialize;

use crate::app;
use crate::cli::output;
use crate::config::Config;
use crate::domain::signing_key::{PrivateHalf, SigningKey};
use crate::service::caller::terminal;
use crate::service::{key_rewrap, keys};

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the keys.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make the next key and publish it; prints its id.
    Rotate {
        #[arg(long, value_parser = ["rsa-2048", "rsa-3072", "rsa-4096", "ecdsa-p256"])]
        algorithm: String,
    },
    /// Sign with a key; the formerly active one of its type stays published.
    Activate { id: String },
    /// Take a key out of the metadata.
    Retire { id: String },
    /// Seal everything under the master key that comes next; prints how many values were sealed anew.
    Rewrap,
}

/// Runs the command.
pub fn run(config: &Config, command: &KeysCommand) -> anyhow::Result<()> {
    let environment = app::open(config)?;
    let actor = terminal();
    match command {
        KeysCommand::List { json } => {
            let keys = keys::list(&environment).map_err(output::in_words)?;
            show(&keys, *json)
        }
        KeysCommand::Rotate { algorithm } => {
            let key = keys::rotate(&environment, &actor, algorithm).map_err(output::in_words)?;
            output::print(key.public_id.as_str())
        }
        KeysCommand::Rewrap => {
            let values = key_rewrap::rewrap(&environment, &actor).map_err(output::in_words)?;
            output::print(&values.to_string())
        }
        KeysCommand::Activate { id } => {
            Ok(keys::activate(&environment, &actor, id).map_err(output::in_words)?)
        }
        KeysCommand::Retire { id } => {
            Ok(keys::retire(&environment, &actor, id).map_err(output::in_words)?)
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyLine<'a> {
    id: &'a str,
    algorithm: &'a str,
    state: &'a str,
    not_after: String,
    is_in_hsm: bool,
    certificate: &'a str,
}

fn show(keys: &[SigningKey], json: bool) -> anyhow::Result<()> {
    let lines: Vec<KeyLine> = keys
        .iter()
        .map(|key| KeyLine {
            id: key.public_id.as_str(),
            algorithm: key.algorithm.as_str(),
            state: key.state.as_str(),
            not_after: key
                .not_after
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            is_in_hsm: key.private_half == PrivateHalf::InHsm,
            certificate: &key.certificate,
        })
        .collect();
    if json {
        return output::print(&serde_json::to_string_pretty(&lines)?);
    }
    for line in lines {
        output::print(&format!(
            "{}  {:<10}  {:<7}  until {}{}",
            line.id,
            line.algorithm,
            line.state,
            line.not_after,
            if line.is_in_hsm { "  in the HSM" } else { "" }
        ))?;
    }
    Ok(())
}
