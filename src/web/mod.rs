//! Floor 3: HTTP. Never names the store, SAML, diesel or openssl.

pub mod access;
pub mod api;
pub mod body;
pub mod endpoint;
pub mod etag;
pub mod json_body;
pub mod paging;
pub mod problem;
pub mod routes;
