//! The REST resources, one file each: what they look like as JSON, and their handlers. No rule of
//! the product is decided here; use cases are called, their results are spelled.

pub mod administrators;
pub mod aggregate;
pub mod answer;
pub mod api_docs;
pub mod api_tokens;
pub mod audit;
pub mod connector_metadata;
pub mod connector_shape;
pub mod connectors;
pub mod description_shape;
pub mod exchanges;
pub mod group_attributes;
pub mod group_preview;
pub mod groups;
pub mod keys;
pub mod mapping_steps;
pub mod openapi;
pub mod operation;
pub mod preview;
pub mod reports;
pub mod request_schemas;
pub mod response_schemas;
pub mod role_scopes;
pub mod settings;
pub mod shapes;
pub mod suggestions;
pub mod templates;
pub mod users;
