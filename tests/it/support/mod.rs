//! What the integration tests stand on.

pub mod test_app;
pub mod visitor;
