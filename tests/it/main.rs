//! The integration tests, one crate so that everything is linked once.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::map_err_ignore,
    clippy::expect_used,
    reason = "a test fails by panicking, and builders read better by value"
)]

mod api;
mod architecture;
mod store;
mod support;
