//! What runs the service: people in bulk, reports, mail, the nightly recompute, housekeeping.

mod audit_retention;
mod housekeeping;
mod import;
mod keys;
mod mail;
mod nightly;
mod reports;
mod settings;
mod smtp;
pub mod time;
