//! `vestibule users`: people in bulk from a CSV file, with progress on a terminal, every refused line
//! on standard error and the sums on standard output; and what is kept about one person.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app;
use crate::cli::output::{self, WrongUse};
use crate::cli::progress;
use crate::config::Config;
use crate::service::caller::terminal;
use crate::service::error::ServiceError;
use crate::service::person_export;
use crate::service::recovery;
use crate::service::user_import::{self, ImportError, Mode, Note, Refusal, Tally};

const NO_SERVER: &str = "no mail server is set (smtp_url): nobody can be invited";

#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Create and update users by username from a CSV file.
    Import(ImportOptions),
    /// Print everything that is kept about a person as JSON.
    ExportPerson(ExportOptions),
}

#[derive(Debug, Args)]
pub struct ExportOptions {
    #[arg(long, value_name = "NAME")]
    username: String,
}

#[derive(Debug, Args)]
pub struct ImportOptions {
    /// UTF-8; the first line names the columns: the fields of a user as in the REST interface, and
    /// attributes.NAME. A column that is missing is left alone, an empty cell empties.
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// Write nothing and report the same.
    #[arg(long)]
    dry_run: bool,
    /// Mail each new active user a one-time link that sets the first password.
    #[arg(long, conflicts_with = "dry_run")]
    invite: bool,
}

/// Runs the command; 1 if any line of an import was refused.
pub fn run(config: &Config, command: &UsersCommand) -> anyhow::Result<ExitCode> {
    match command {
        UsersCommand::Import(options) => import(config, options),
        UsersCommand::ExportPerson(options) => {
            let environment = app::open(config)?;
            let export = || -> Result<String, ServiceError> {
                let id = person_export::id_of(&environment, &options.username)?;
                person_export::export(&environment, &terminal(), &id)
            };
            output::print(&export().map_err(output::in_words)?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn import(config: &Config, options: &ImportOptions) -> anyhow::Result<ExitCode> {
    let (file, size) =
        open(&options.file).with_context(|| format!("cannot read {}", options.file.display()))?;
    let environment = app::open(config)?;
    let bar = progress::bytes(size);
    let mut note = |note: Note<'_>| match note {
        Note::Progress(bytes) => bar.set_position(bytes),
        // Between two pictures of the bar, so that neither overwrites the other.
        Note::Refused(refusal) => bar.suspend(|| report(refusal)),
    };
    if options.invite
        && !recovery::help(&environment)
            .map_err(output::in_words)?
            .can_mail
    {
        return Err(WrongUse(NO_SERVER.to_owned()).into());
    }
    let mode = match (options.dry_run, options.invite) {
        (true, _) => Mode::Rehearse,
        (false, true) => Mode::Invite,
        (false, false) => Mode::Write,
    };
    let source = (file, mode);
    let outcome = user_import::run(&environment, &terminal(), source, &mut note);
    bar.finish_and_clear();
    let tally = outcome.map_err(in_words)?;
    output::print(&sums(&tally, options.dry_run))?;
    Ok(if tally.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Opens the file and looks at its beginning: what cannot be read at all is told before a database
/// is made.
fn open(path: &Path) -> io::Result<(BufReader<File>, u64)> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut reader = BufReader::new(file);
    reader.fill_buf()?;
    Ok((reader, size))
}

/// A header that cannot be used is the caller's mistake, and nothing was done.
fn in_words(error: ImportError) -> anyhow::Error {
    match error {
        ImportError::Header(fault) => WrongUse(fault.to_string()).into(),
        other => other.into(),
    }
}

/// One line for each reason, so that the report can be sorted and counted.
fn report(refusal: &Refusal) {
    let mut error = io::stderr().lock();
    for reason in &refusal.reasons {
        let field = reason.pointer.trim_start_matches('/');
        let place = if field.is_empty() {
            String::new()
        } else {
            format!("{field}: ")
        };
        // Nobody is left to tell when standard error itself is closed.
        let _unheard = writeln!(error, "line {}: {place}{}", refusal.line, reason.detail);
    }
}

fn sums(tally: &Tally, is_dry_run: bool) -> String {
    let end = if is_dry_run {
        "; dry run, nothing was written"
    } else {
        ""
    };
    format!(
        "{} created, {} updated, {} unchanged, {} refused{end}",
        tally.created, tally.updated, tally.unchanged, tally.refused
    )
}
