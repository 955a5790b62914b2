//! The store's tests: one suite, run on every database at hand.

mod accounts;
mod audit;
mod connectors;
pub mod databases;
mod directory;
mod memberships;
mod once_only;
mod opening;
mod operation;
mod review;
mod rules;
mod samples;
mod sessions;
mod sign_on_view;
mod single_writer;
mod transactions;
