//! Measuring and reporting: CPU time of the thread that does the work, which neighbours on the
//! machine do not spoil, and the target beside it.

use std::io::Write;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time of the calling thread, in microseconds.
pub fn thread_microseconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

/// Many measurements of one thing, in microseconds.
pub struct Figures {
    name: &'static str,
    all: Vec<f64>,
}

impl Figures {
    pub const fn of(name: &'static str) -> Self {
        Self {
            name,
            all: Vec::new(),
        }
    }

    pub fn add(&mut self, microseconds: f64) {
        self.all.push(microseconds);
    }

    /// Prints p50 and p95 beside the target, which holds at a million users on SQLite.
    pub fn report(mut self, target: &str) -> anyhow::Result<()> {
        self.all.sort_by(f64::total_cmp);
        let at = |share: usize| {
            let place = self.all.len().saturating_sub(1) * share / 100;
            self.all.get(place).copied().unwrap_or(f64::NAN) / 1000.0
        };
        line(&format!(
            "{:<32} p50 {:>9.3} ms   p95 {:>9.3} ms   n {:>6}   target {target}",
            self.name,
            at(50),
            at(95),
            self.all.len()
        ))
    }
}

/// Prints a line.
pub fn line(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}

/// Resident memory now and at its peak, in MiB.
pub fn memory() -> (f64, f64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let read = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number
            .and_then(|text| text.parse::<f64>().ok())
            .unwrap_or(0.0)
            / 1024.0
    };
    (read("VmRSS:"), read("VmHWM:"))
}
