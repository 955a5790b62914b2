//! Progress bars on standard error; on anything but a terminal they stay silent.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over the bytes of a file.
pub fn bytes(size: u64) -> ProgressBar {
    styled(
        ProgressBar::new(size),
        "{bar:40} {percent}% {bytes} of {total_bytes}, {eta} left",
    )
}

/// A bar over users, whose number is told later.
pub fn users() -> ProgressBar {
    styled(
        ProgressBar::new(0),
        "{bar:40} {percent}% {pos} of {len} users, {eta} left",
    )
}

/// A bar over events, whose number is told later.
pub fn events() -> ProgressBar {
    styled(
        ProgressBar::new(0),
        "{bar:40} {percent}% {pos} of {len} events, {eta} left",
    )
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_unreadable) => bar,
    }
}
