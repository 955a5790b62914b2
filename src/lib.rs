//! Vestibule, a SAML 2.0 identity provider.
//!
//! Reading order: `domain` (what is true: attributes, groups, access), `saml` (documents and
//! signatures), `store` (rows and transactions), `service` (use cases), `web` (HTTP), `app`
//! (composition), `cli` (commands). Imports point down only; `tests/it/architecture.rs` holds it.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod saml;
pub mod service;
pub mod store;
pub mod web;
