//! The integration tests, one crate so that everything is linked once.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    reason = "a test may fail loudly where product code may not, and is told by its runner where \
              the PostgreSQL for tests is"
)]

mod api;
mod architecture;
mod console;
mod dynamic;
mod engine;
mod lifecycle;
mod operations;
mod pages;
mod saml;
mod store;
mod support;
