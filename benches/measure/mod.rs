//! What all benches share: CPU time of the thread that does the work, which neighbours on the
//! machine do not spoil, and the place in a row of measurements.

use std::io::Write;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time of the calling thread, in microseconds.
pub fn thread_microseconds() -> f64 {
    microseconds(ClockId::ThreadCPUTime)
}

/// A clock, in microseconds.
pub fn microseconds(clock: ClockId) -> f64 {
    Duration::try_from(clock_gettime(clock)).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

/// The value below which this share of all lies, in percent.
pub fn percentile(values: &mut [f64], share: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = values.len().saturating_sub(1) * share / 100;
    values.get(place).copied().unwrap_or(f64::NAN)
}

/// Prints a line.
pub fn line(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
