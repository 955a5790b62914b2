//! The REST contract, seen from outside.

mod access;
mod administrators;
mod aggregate;
mod bad_input;
mod connectors;
mod conventions;
mod encryption;
mod groups;
mod keys;
mod metadata;
mod metadata_by_url;
mod previews;
mod settings;
mod transformations;
mod users;
