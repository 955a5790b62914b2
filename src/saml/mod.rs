//! Floor 1: SAML documents, signatures and bindings, without I/O. The only floor that names
//! samael and quick-xml; it never sees the store or a clock, and no random source but the one inside
//! OpenSSL that makes keys.

pub mod accepted_algorithm;
pub mod acs_choice;
pub mod assertion;
pub mod authn_context;
pub mod authn_request;
pub mod base64_text;
pub mod bounds;
pub mod certificate_facts;
pub mod credentials;
pub mod demo_sp;
pub mod detached_signature;
pub mod encryption;
pub mod enveloped_signature;
pub mod gate;
pub mod given_key_pair;
pub mod idp_metadata;
pub mod inbound;
pub mod instant;
pub mod name_id;
pub mod parameters;
pub mod post_binding;
pub mod received_request;
pub mod redirect_binding;
pub mod request_refusal;
pub mod response;
pub mod signature;
pub mod signing_contexts;
pub mod sp_keys;
pub mod sp_metadata;
pub mod sp_metadata_encryption;
pub mod sp_metadata_endpoints;
pub mod sp_metadata_keys;
pub mod status;
pub mod urns;
pub mod valid_request;
pub mod xml_chars;
pub mod xml_reader;
pub mod xml_tree;
pub mod xml_writer;
