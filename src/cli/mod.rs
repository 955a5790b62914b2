//! The command line: one file per command family, thin over `service`. Results go to standard
//! output, everything else to standard error.

pub mod admin;
pub mod audit;
pub mod command;
pub mod connectors;
pub mod demo;
pub mod demo_data;
pub mod explain;
pub mod keys;
pub mod output;
pub mod progress;
pub mod reconcile;
pub mod serve;
pub mod token;
pub mod users;
