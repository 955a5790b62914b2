//! SAML artifacts of type 4 (SAML Bindings 3.6.4): a reference to a response that waits here. What
//! waits is the service's business.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use crate::saml::redirect_binding::with_query;

/// Octets of a message handle; drawn at random, so that none can be guessed (SAML Bindings 3.6.4.2).
pub const HANDLE_LENGTH: usize = 20;
const TYPE_CODE: [u8; 2] = [0, 4];
/// The index of the one ArtifactResolutionService of our metadata.
const ENDPOINT_INDEX: [u8; 2] = [0, 0];
const SOURCE_LENGTH: usize = 20;

/// The artifact of a handle, in base64 as it travels. `issuer` is our entity ID.
pub fn write(issuer: &str, handle: &[u8]) -> String {
    let source = source_id(issuer);
    let octets = [&TYPE_CODE, &ENDPOINT_INDEX, source.as_slice(), handle];
    STANDARD.encode(octets.concat())
}

/// The URL by which the browser brings an artifact (SAML Bindings 3.6.3).
pub fn url(acs_url: &str, artifact: &str, relay_state: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("SAMLart", artifact);
    if let Some(relay_state) = relay_state {
        query.append_pair("RelayState", relay_state);
    }
    with_query(acs_url, &query.finish())
}

/// The handle of an artifact that `issuer` may have made; `None` for every other text.
pub fn handle_of(text: &str, issuer: &str) -> Option<Vec<u8>> {
    let octets = STANDARD.decode(text.trim()).ok()?;
    let rest = octets
        .strip_prefix(&TYPE_CODE)?
        .strip_prefix(&ENDPOINT_INDEX)?;
    let handle = rest.strip_prefix(source_id(issuer).as_slice())?;
    (handle.len() == HANDLE_LENGTH).then(|| handle.to_vec())
}

/// The SourceID: SHA-1 of the entity ID (SAML Bindings 3.6.4.2). It names, and protects nothing.
fn source_id(issuer: &str) -> [u8; SOURCE_LENGTH] {
    openssl::sha::sha1(issuer.as_bytes())
}

#[cfg(test)]
mod tests;
