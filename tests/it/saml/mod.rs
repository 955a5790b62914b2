//! The SAML floor seen from outside: whole documents, and what other people's programs say to them.

pub mod artifacts;
mod attacks;
pub mod canonical;
pub mod demo;
pub mod encryption;
pub mod fixtures;
pub mod flight_recorder;
pub mod golden;
pub mod hostile_values;
pub mod logout;
pub mod message_check;
pub mod properties;
pub mod schema;
pub mod senders;
pub mod signed_requests;
pub mod sp_pair;
pub mod tools;
pub mod verification;
