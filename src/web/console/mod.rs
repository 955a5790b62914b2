//! The console of administrators: one folder or file per area. Every page stands in the route table
//! with the right it needs; what is common to all pages is in the files named first.

pub mod access;
pub mod difference;
pub mod events;
pub mod explanation;
pub mod faults;
pub mod listing;
pub mod notices;
pub mod overtaken;
pub mod rights;
pub mod shell;
pub mod submitted;

pub mod dashboard;
pub mod explain;
