//! Floor 1: rows and transactions, on SQLite and PostgreSQL. The only floor that names diesel;
//! it never sees SAML or HTTP.
//!
//! Reading order: `handle` (the transactions), `connection` (both databases as one), then one
//! file per table family with functions `find`, `get`, `list`, `insert`, `save`, `delete` over a
//! connection that is inside a transaction.

pub mod audit_chain;
pub mod audit_events;
mod audit_linker;
mod columns;
pub mod connection;
pub mod error;
mod gate;
pub mod handle;
pub mod migrations;
pub mod open;
pub mod paging;
mod pool;
mod schema;
mod sqlite_writer;
mod transaction;
mod write_job;
