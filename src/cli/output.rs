//! What a command says: results on standard output, logs and complaints on standard error.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

use crate::service::error::ServiceError;

/// The command was used wrongly in a way that its grammar cannot see (exit code 2).
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUse(pub String);

/// Writes one result and a line end to standard output.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Says on standard error why the command failed, with every cause.
pub fn complain(error: &anyhow::Error) {
    // Nobody is left to tell when standard error itself is closed.
    let _unheard = writeln!(io::stderr().lock(), "vestibule: {error:#}");
}

/// Sends logs to standard error, filtered; a filter that cannot be read counts as `info`.
pub fn start_logging(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_unreadable| EnvFilter::new("info"));
    // A second call in one process (tests) keeps the first subscriber.
    let _already_set = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .try_init();
}

/// A use case's failure in words, with every broken rule on its own line.
pub fn in_words(error: ServiceError) -> anyhow::Error {
    match error {
        ServiceError::Invalid(violations) => {
            let lines: Vec<String> = violations
                .iter()
                .map(|violation| {
                    format!(
                        "{}: {}",
                        violation.pointer.trim_start_matches('/'),
                        violation.detail
                    )
                })
                .collect();
            anyhow::anyhow!("{}", lines.join("\n"))
        }
        ServiceError::Conflict(violation) => anyhow::anyhow!("{}", violation.detail),
        other => other.into(),
    }
}
