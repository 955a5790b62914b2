//! Which AssertionConsumerService the response goes to (requirement EXACT-ACS): a URL that is asked
//! for is compared octet by octet with the registered ones; a mismatch is never mended silently.

use crate::domain::connector::{AcsEndpoint, EndpointBinding};
use crate::saml::authn_request::AuthnRequest;
use crate::saml::request_refusal::PageRefusal;

/// Chooses by URL, else by index, else the default, else the first. Only HTTP-POST endpoints
/// count, since a response is sent by no other binding (SAML Profiles 4.1.2).
pub fn choose<'a>(
    request: &AuthnRequest,
    registered: &'a [AcsEndpoint],
) -> Result<&'a str, PageRefusal> {
    match (request.acs_url.as_deref(), request.acs_index) {
        (Some(_), Some(_)) => Err(PageRefusal::AcsUrlAndIndex),
        (Some(url), None) => posts(registered)
            .find(|endpoint| endpoint.url == url)
            .map(|endpoint| endpoint.url.as_str())
            .ok_or(PageRefusal::AcsUrlNotRegistered),
        (None, Some(index)) => posts(registered)
            .find(|endpoint| endpoint.index == Some(index))
            .map(|endpoint| endpoint.url.as_str())
            .ok_or(PageRefusal::AcsIndexNotRegistered),
        (None, None) => default_acs(registered).ok_or(PageRefusal::NoAcs),
    }
}

/// The endpoint for unsolicited responses, and for requests that name none.
pub fn default_acs(registered: &[AcsEndpoint]) -> Option<&str> {
    posts(registered)
        .find(|endpoint| endpoint.is_default)
        .or_else(|| posts(registered).next())
        .map(|endpoint| endpoint.url.as_str())
}

/// Whether a response may be sent to this URL; asked again when it is sent, for the connector may
/// have changed while somebody signed in (requirement CHECK-AT-ISSUE).
pub fn is_registered(url: &str, registered: &[AcsEndpoint]) -> bool {
    posts(registered).any(|endpoint| endpoint.url == url)
}

fn posts(registered: &[AcsEndpoint]) -> impl Iterator<Item = &AcsEndpoint> {
    registered
        .iter()
        .filter(|endpoint| endpoint.binding == EndpointBinding::HttpPost)
}

#[cfg(test)]
mod tests;
