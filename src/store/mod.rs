//! Floor 1: rows and transactions, on SQLite and PostgreSQL. The only floor that names diesel;
//! it never sees SAML or HTTP.
//!
//! Reading order: `handle` (the transactions), `connection` (both databases as one), then one
//! file per table family with functions `find`, `get`, `list`, `insert`, `save`, `delete` over a
//! connection that is inside a transaction.

pub mod accounts;
pub mod administrators;
pub mod api_tokens;
pub mod app_bindings;
pub mod app_users;
pub mod audit_chain;
pub mod audit_events;
mod audit_linker;
pub mod beginnings;
pub mod certificate_warnings;
mod columns;
pub mod connection;
mod connector_document;
pub mod connector_keys;
pub mod connectors;
pub mod custom_attributes;
pub mod dynamic_rules;
pub mod epochs;
pub mod error;
pub mod exemptions;
mod gate;
pub mod handle;
pub mod issued_assertions;
pub mod leases;
pub mod logout_participants;
pub mod logouts;
pub mod mail_outbox;
mod mapping_document;
pub mod member_batches;
pub mod member_list;
pub mod membership_report;
pub mod memberships;
pub mod migrations;
pub mod name_ids;
pub mod one_time_tokens;
pub mod open;
pub mod paging;
pub mod pending_requests;
mod pool;
pub mod reconciliations;
pub mod rule_candidates;
mod rule_conditions;
pub mod rule_facts;
pub mod rule_members;
mod rule_sql;
pub mod rule_suggestions;
mod schema;
mod search;
pub mod seen_requests;
pub mod sessions;
pub mod settings;
pub mod sign_in_failures;
pub mod sign_on_view;
pub mod signing_keys;
mod sqlite_writer;
pub mod suggestions;
mod transaction;
pub mod user_groups;
pub mod user_list;
pub mod users;
mod write_job;
