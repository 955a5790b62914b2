//! One target: inputs out of good ones, each held against the bounds, until the time is over.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::ALLOCATOR;
use crate::corpus;
use crate::dice::Dice;
use crate::mutation::mutate;
use crate::targets::Target;

/// One input takes at most this much CPU time; a build for debugging is about twenty times slower.
const LONGEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 100 });
/// And this much memory.
const MOST_BYTES: usize = 64 << 20;
/// Inputs that came out in a new way are kept as a beginning of others, up to so many.
const KEPT: usize = 2_000;

/// A run of one target.
pub struct Run<'a> {
    target: &'a Target,
    dice: Dice,
    inputs: Vec<Vec<u8>>,
    outcomes: BTreeSet<String>,
}

impl<'a> Run<'a> {
    pub fn new(target: &'a Target, seed: u64) -> Self {
        let mut inputs = target.seeds.clone();
        inputs.extend(corpus::kept(target.name));
        Self {
            target,
            dice: Dice::new(seed),
            inputs,
            outcomes: BTreeSet::new(),
        }
    }

    /// False: an input failed; it is kept.
    pub fn go(mut self, seconds: u64) -> bool {
        let begin = clock(ClockId::Monotonic);
        let mut count = 0_u64;
        for input in self.inputs.clone() {
            count += 1;
            if !self.holds(&input) {
                return false;
            }
        }
        while clock(ClockId::Monotonic) - begin < Duration::from_secs(seconds) {
            let input = self.dice.pick(&self.inputs).clone();
            let other = self.dice.pick(&self.inputs).clone();
            let input = mutate(&mut self.dice, &input, &other);
            count += 1;
            if !self.holds(&input) {
                return false;
            }
        }
        let (name, outcomes) = (self.target.name, self.outcomes.len());
        println!("fuzz {name}: {count} inputs, {outcomes} outcomes, all held");
        true
    }

    fn holds(&mut self, input: &[u8]) -> bool {
        let before = clock(ClockId::ThreadCPUTime);
        let live = ALLOCATOR.allocated();
        // The highest mark of the whole run only rises; who raises it is told by the difference.
        let mark = ALLOCATOR.max_allocated();
        let run = RefCell::new(self.target.run.as_ref());
        let outcome = catch_unwind(AssertUnwindSafe(|| (run.borrow())(input)));
        let took = clock(ClockId::ThreadCPUTime) - before;
        let peak = ALLOCATOR.max_allocated();
        let fault = match outcome {
            Err(_panic) => Some("it panicked, or broke a property".to_owned()),
            Ok(_) if took > LONGEST => Some(format!("it took {took:?}")),
            Ok(_) if peak > mark && peak - live.min(peak) > MOST_BYTES => {
                Some(format!("it took {} bytes", peak - live))
            }
            Ok(outcome) => {
                if self.inputs.len() < KEPT && self.outcomes.insert(outcome) {
                    self.inputs.push(input.to_vec());
                }
                None
            }
        };
        let Some(fault) = fault else {
            return true;
        };
        let kept = corpus::keep(self.target.name, input);
        println!("fuzz {}: {fault}: {}", self.target.name, kept.display());
        false
    }
}

fn clock(clock: ClockId) -> Duration {
    Duration::try_from(clock_gettime(clock)).unwrap_or_default()
}
