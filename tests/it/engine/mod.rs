//! The engine of dynamic groups: after any commit, on either database, under any mixture of
//! changes, no membership is wrong.

mod dice;
mod exemptions;
mod forecast;
mod gate;
mod oracle;
mod plans;
mod preview;
mod race;
mod random_edits;
mod reconcile;
mod review;
mod rules;
mod stories;
pub mod world;
