//! An operation against another one that it cannot do without: CPU time of this thread, in
//! interleaved rounds, so that a machine that is fast or slow is so for both.

use std::process::ExitCode;

use crate::measure::{line, percentile, thread_microseconds};

const ROUNDS: usize = 21;

/// What is compared, and how dear it may be.
pub struct Comparison {
    pub name: &'static str,
    /// What it is compared with.
    pub bare_name: &'static str,
    /// The operation's median over the bare one's, at most.
    pub budget: f64,
    /// Operations in each round.
    pub operations: u32,
}

impl Comparison {
    /// Measures and prints; a failure if the ratio is above the budget.
    pub fn run(
        &self,
        mut bare: impl FnMut() -> anyhow::Result<()>,
        mut operation: impl FnMut() -> anyhow::Result<()>,
    ) -> anyhow::Result<ExitCode> {
        let (mut operated, mut bared) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let operating = self.microseconds_each(&mut operation)?;
            let baring = self.microseconds_each(&mut bare)?;
            // The first round warms caches, prepares statements and the key's own tables.
            if round > 0 {
                operated.push(operating);
                bared.push(baring);
            }
        }
        self.report(percentile(&mut operated, 50), percentile(&mut bared, 50))
    }

    fn microseconds_each(
        &self,
        operation: &mut impl FnMut() -> anyhow::Result<()>,
    ) -> anyhow::Result<f64> {
        let before = thread_microseconds();
        for _ in 0..self.operations {
            operation()?;
        }
        Ok((thread_microseconds() - before) / f64::from(self.operations))
    }

    fn report(&self, operated: f64, bared: f64) -> anyhow::Result<ExitCode> {
        let ratio = operated / bared;
        line(&format!(
            "{} {operated:.1} us, {} {bared:.1} us, ratio {ratio:.3} (at most {:.2})",
            self.name, self.bare_name, self.budget
        ))?;
        Ok(if ratio <= self.budget {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
