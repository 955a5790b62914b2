//! `vestibule audit`: prove it, note its ends, and write it out.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Subcommand, ValueEnum};

use crate::app;
use crate::cli::{output, progress};
use crate::config::Config;
use crate::service::audit::{self, Span};
use crate::service::audit_document::Format;
use crate::service::audit_verify::{self, ChainReport, NotedHeads, Verification};
use crate::service::environment::Environment;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Say for each chain how far it is unbroken; 1 if one is broken.
    Verify(VerifyOptions),
    /// Print the ends of all chains, to be kept elsewhere: `verify --expect` then finds what was cut off there.
    Head,
    /// Write events to standard output, oldest first, one a line.
    Export(ExportOptions),
}

#[derive(Debug, Args)]
pub struct VerifyOptions {
    /// A file that `audit head` printed.
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct ExportOptions {
    #[arg(long, value_enum, default_value_t = FormatName::Jsonl)]
    format: FormatName,
    /// From this instant or day on (UTC).
    #[arg(long, value_name = "TIME", value_parser = instant)]
    since: Option<DateTime<Utc>>,
    /// Up to this instant, or to the beginning of this day (UTC).
    #[arg(long, value_name = "TIME", value_parser = instant)]
    until: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    Jsonl,
    Cef,
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let day = |text: &str| {
        text.parse::<NaiveDate>()
            .map(|day| day.and_time(NaiveTime::MIN).and_utc())
    };
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.with_timezone(&Utc))
        .or_else(|_no_instant| day(text))
        .map_err(|_neither| {
            "it has to be a day such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z"
                .to_owned()
        })
}

/// Runs the command.
pub fn run(config: &Config, command: &AuditCommand) -> anyhow::Result<ExitCode> {
    let environment = app::open(config)?;
    match command {
        AuditCommand::Verify(options) => verify(&environment, options),
        AuditCommand::Head => {
            let heads = audit_verify::heads(&environment).map_err(output::in_words)?;
            output::print(NotedHeads(heads).to_string().trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Export(options) => export(&environment, options),
    }
}

fn verify(environment: &Environment, options: &VerifyOptions) -> anyhow::Result<ExitCode> {
    let noted = options.expect.as_deref().map(noted).transpose()?;
    let noted = noted.unwrap_or_default();
    let bar = progress::events();
    let found = audit_verify::verify(environment, &noted.0, |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let found = found.map_err(output::in_words)?;
    if options.json {
        output::print(&serde_json::to_string_pretty(&found)?)?;
    } else {
        output::print(&in_lines(&found))?;
    }
    Ok(if found.is_unbroken() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn noted(path: &Path) -> anyhow::Result<NotedHeads> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    NotedHeads::parse(&text).with_context(|| {
        format!(
            "{} was not printed by `vestibule audit head`",
            path.display()
        )
    })
}

fn in_lines(found: &Verification) -> String {
    let mut lines: Vec<String> = found.chains.iter().map(line).collect();
    if found.unlinked > 0 {
        lines.push(format!(
            "{} events have no place in a chain yet",
            found.unlinked
        ));
    }
    let broken = found
        .chains
        .iter()
        .filter(|chain| chain.fault.is_some())
        .count();
    if broken > 0 && found.unlinked > 0 {
        // On PostgreSQL they get one within a second, and what they erased is not told before.
        let hint = "If a person was erased just now, that event may be among those without a place: verify again in a few seconds";
        lines.push(hint.to_owned());
    }
    lines.push(match broken {
        0 => format!("{} chains, all unbroken", found.chains.len()),
        broken => format!("{} chains, {broken} BROKEN", found.chains.len()),
    });
    lines.join("\n")
}

fn line(chain: &ChainReport) -> String {
    let removed = match chain.removed {
        0 => String::new(),
        removed => format!(", {removed} removed by retention"),
    };
    let said = format!(
        "{}  unbroken up to number {}{removed}",
        chain.chain, chain.last
    );
    match &chain.fault {
        None => said,
        Some(fault) => format!("{said}, then BROKEN: {fault}"),
    }
}

fn export(environment: &Environment, options: &ExportOptions) -> anyhow::Result<ExitCode> {
    let format = match options.format {
        FormatName::Jsonl => Format::JsonLines,
        FormatName::Cef => Format::Cef,
    };
    let span = Span {
        from: options.since,
        until: options.until,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let mut outcome: anyhow::Result<()> = Ok(());
    audit::export(environment, &span, |events| {
        for event in events {
            let written = format
                .line(event)
                .map_err(anyhow::Error::from)
                .and_then(|line| Ok(writeln!(out, "{line}")?));
            if let Err(error) = written {
                outcome = Err(error);
                return false;
            }
        }
        true
    })
    .map_err(output::in_words)?;
    outcome?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
