//! Floor 3: HTTP. Never names the store, SAML, diesel or openssl.

pub mod access;
pub mod api;
pub mod assets;
pub mod body;
pub mod cookies;
pub mod csrf;
pub mod endpoint;
pub mod envelope;
pub mod error;
pub mod etag;
pub mod headers;
pub mod incident;
pub mod json_body;
pub mod pages;
pub mod paging;
pub mod problem;
pub mod responses;
pub mod routes;
