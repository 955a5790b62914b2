//! The integration tests, one crate so that everything is linked once.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly where product code may not, helpers of tests too"
)]

mod api;
mod architecture;
mod store;
mod support;
