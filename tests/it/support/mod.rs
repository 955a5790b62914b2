//! What the integration tests stand on.

pub mod sp_document;
pub mod test_app;
pub mod tls_site;
pub mod visitor;
