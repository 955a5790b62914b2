//! The store's tests: one suite, run on every database at hand.

mod accounts;
mod audit;
mod audit_streams;
mod connectors;
pub mod databases;
mod directory;
mod insight;
mod memberships;
mod once_only;
mod opening;
mod operation;
mod plans;
mod review;
mod rules;
pub mod samples;
mod schema;
mod sessions;
mod sign_on_view;
mod single_writer;
mod transactions;
