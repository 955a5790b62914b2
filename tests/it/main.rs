//! The integration tests, one crate so that everything is linked once.

mod api;
mod architecture;
mod pages;
mod store;
mod support;
