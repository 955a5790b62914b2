//! Hostile bytes for every parser that strangers or administrators reach: messages that are good are
//! changed at random, by a generator that a seed decides, and whatever comes of it, nothing may panic,
//! take long or take much memory, and what is accepted has to mean the same when it is written again.
//!
//! `cargo test --release --test fuzz -- [TARGET] --seconds 600` gives each target (or those whose name
//! contains TARGET) ten minutes; `--seed N` another course. Without `--seconds` each gets one second,
//! so that `cargo test` runs all of them. An input that fails is kept in `tests/fuzz/corpus/TARGET`,
//! from where every later run begins with it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly where product code may not, and tells what it did"
)]

mod corpus;
mod dice;
mod driver;
mod mutation;
mod properties;
mod targets;

use std::alloc::System;
use std::process::ExitCode;

use cap::Cap;

use crate::driver::Run;

/// Counts what is allocated, so that an input that takes much is found.
#[global_allocator]
pub static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut wanted, mut seconds, mut seed) = (Vec::new(), 1, 1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok());
        match argument.as_str() {
            "--seconds" => seconds = number().unwrap_or(seconds),
            "--seed" => seed = number().unwrap_or(seed),
            // What cargo hands on to every test program.
            flag if flag.starts_with('-') => {}
            name => wanted.push(name.to_owned()),
        }
    }
    let chosen = targets::all()
        .into_iter()
        .filter(|target| wanted.is_empty() || wanted.iter().any(|name| target.name.contains(name)));
    let mut all_hold = true;
    for target in chosen {
        all_hold &= Run::new(&target, seed).go(seconds);
    }
    if all_hold {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
