//! Figures of many measurements with the target beside them, and the memory of this process.

use crate::measure::{line, percentile};

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
        let mut at = |share| percentile(&mut self.all, share) / 1000.0;
        let (middle, high) = (at(50), at(95));
        line(&format!(
            "{:<32} p50 {:>9.3} ms   p95 {:>9.3} ms   n {:>6}   target {target}",
            self.name,
            middle,
            high,
            self.all.len()
        ))
    }
}

/// Resident memory, in MiB.
pub fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kibibytes = number.and_then(|text| text.parse::<f64>().ok());
    kibibytes.unwrap_or(f64::NAN) / 1024.0
}
