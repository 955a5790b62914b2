//! Floor 1: rows and transactions, on SQLite and PostgreSQL. The only floor that names diesel;
//! it never sees SAML or HTTP.
//!
//! Reading order: `handle` (the transactions), `connection` (both databases as one), then one
//! file per table family with functions `find`, `get`, `list`, `insert`, `save`, `delete` over a
//! connection that is inside a transaction.

pub mod accounts;
pub mod administrators;
pub mod audit_chain;
pub mod audit_events;
mod audit_linker;
mod columns;
pub mod connection;
pub mod custom_attributes;
pub mod epochs;
pub mod error;
mod gate;
pub mod handle;
pub mod member_list;
pub mod memberships;
pub mod migrations;
pub mod open;
pub mod paging;
mod pool;
mod rule_conditions;
mod schema;
mod search;
mod sqlite_writer;
mod transaction;
pub mod user_groups;
pub mod user_list;
pub mod users;
mod write_job;
