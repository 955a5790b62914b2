//! The integration tests, one crate so that everything is linked once.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and is told by the environment which databases are at hand"
)]

mod store;
