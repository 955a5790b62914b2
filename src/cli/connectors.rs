//! `vestibule connectors`: service providers found in a file of metadata, an aggregate of thousands too, and one of
//! them made an application.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app;
use crate::cli::output;
use crate::config::Config;
use crate::service::aggregate::{self, Found};
use crate::service::caller::terminal;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::connectors;
use crate::service::environment::Environment;
use crate::service::listing::{LARGEST_LIMIT, ListQuery};
use crate::service::patch::Field;

#[derive(Debug, Subcommand)]
pub enum ConnectorsCommand {
    /// List the service providers of a file of metadata: entityID and name, at most 500.
    Find(FindOptions),
    /// Make an application of one service provider of a file, and print its id.
    Import(ImportOptions),
}

#[derive(Debug, Args)]
pub struct FindOptions {
    /// An `EntitiesDescriptor` or `EntityDescriptor`, up to 256 MiB.
    #[arg(value_name = "FILE.xml")]
    file: PathBuf,
    /// A part of the entityID or of the name.
    #[arg(value_name = "WORDS")]
    words: Option<String>,
}

#[derive(Debug, Args)]
pub struct ImportOptions {
    /// An `EntitiesDescriptor` or `EntityDescriptor`, up to 256 MiB.
    #[arg(value_name = "FILE.xml")]
    file: PathBuf,
    /// Which one, if the file holds several.
    #[arg(long, value_name = "ENTITY_ID")]
    entity_id: Option<String>,
    /// The application's name; without it the one that its metadata has.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Runs the command.
pub fn run(config: &Config, command: &ConnectorsCommand) -> anyhow::Result<()> {
    let environment = app::open(config)?;
    match command {
        ConnectorsCommand::Find(options) => find(&environment, options),
        ConnectorsCommand::Import(options) => import(&environment, options),
    }
}

fn find(environment: &Environment, options: &FindOptions) -> anyhow::Result<()> {
    let query = ListQuery {
        limit: Some(LARGEST_LIMIT),
        q: options.words.clone(),
        ..ListQuery::default()
    };
    let found = search(environment, &options.file, &query)?;
    for entity in found.page.items {
        output::print(&format!("{}\t{}", entity.entity_id, entity.name))?;
    }
    Ok(())
}

fn import(environment: &Environment, options: &ImportOptions) -> anyhow::Result<()> {
    let wanted = options.entity_id.iter();
    let query = ListQuery {
        filters: wanted
            .map(|id| ("entityId".to_owned(), id.clone()))
            .collect(),
        ..ListQuery::default()
    };
    let found = search(environment, &options.file, &query)?;
    let several = found.page.total > 1;
    let mut items = found.page.items.into_iter();
    let xml = match (items.next(), several) {
        (Some(entity), false) => entity.metadata_xml,
        (Some(_), true) => anyhow::bail!(
            "the file holds several service providers; name one with --entity-id (`vestibule connectors find` lists them)"
        ),
        (None, _) => anyhow::bail!(
            "the file holds no such service provider, or none that can be served from here"
        ),
    };
    let draft = ConnectorDraft {
        name: options.name.clone().map_or(Field::Keep, Field::Set),
        metadata_xml: xml.map_or(Field::Keep, Field::Set),
        ..ConnectorDraft::default()
    };
    let made = connectors::create(environment, &terminal(), draft).map_err(output::in_words)?;
    output::print(made.connector.public_id.as_str())
}

fn search(environment: &Environment, file: &Path, query: &ListQuery) -> anyhow::Result<Found> {
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    aggregate::search(environment, BufReader::new(opened), query).map_err(output::in_words)
}
