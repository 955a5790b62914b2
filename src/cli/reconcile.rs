//! `vestibule reconcile`: the full recompute of all memberships, now (rule A5).

use std::process::ExitCode;

use crate::app;
use crate::cli::{output, progress};
use crate::config::Config;
use crate::service::nightly::{self, Attempt};

/// Something was repaired.
const REPAIRED: u8 = 3;

/// Runs the command; 3 if something had to be repaired.
pub fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let environment = app::open(config)?;
    let bar = progress::users();
    let attempt = nightly::recompute(&environment, "command", |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let report = match attempt.map_err(output::in_words)? {
        Attempt::Done(report) => report,
        Attempt::Busy => anyhow::bail!("a recompute is running already; try again when it is over"),
    };
    output::print(&format!(
        "{} users and {} dynamic groups compared: {} added, {} removed, {} relabelled, {} suggestions put right",
        report.users,
        report.groups,
        report.additions,
        report.removals,
        report.relabelled,
        report.suggestions
    ))?;
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(REPAIRED)
    })
}
