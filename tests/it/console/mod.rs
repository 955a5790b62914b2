//! The console's pages over HTTP, without a browser: who may open and send what.

mod metadata;
mod roles;
mod scopes;
mod sso;
mod user_services;
