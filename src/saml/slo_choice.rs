//! Which SingleLogoutService of a service provider a message goes to (SAML Metadata 2.4.2): only
//! registered ones, each with its binding; answers go to ResponseLocation where there is one
//! (SAML Metadata 2.2.2).

use crate::domain::connector::{EndpointBinding, SloEndpoint};

/// Where and how a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    pub url: &'a str,
    pub binding: EndpointBinding,
}

/// The endpoint for requests: HTTP-Redirect first, since it needs no script in the browser.
pub fn for_request(registered: &[SloEndpoint]) -> Option<Target<'_>> {
    let endpoint = preferring(EndpointBinding::HttpRedirect, registered)?;
    Some(Target {
        url: &endpoint.url,
        binding: endpoint.binding,
    })
}

/// The endpoint for answers: of the binding by which the request came, else of the other.
pub fn for_response(came_by: EndpointBinding, registered: &[SloEndpoint]) -> Option<Target<'_>> {
    let endpoint = preferring(came_by, registered)?;
    Some(Target {
        url: endpoint.response_url.as_deref().unwrap_or(&endpoint.url),
        binding: endpoint.binding,
    })
}

fn preferring(binding: EndpointBinding, registered: &[SloEndpoint]) -> Option<&SloEndpoint> {
    registered
        .iter()
        .find(|endpoint| endpoint.binding == binding)
        .or_else(|| registered.first())
}

#[cfg(test)]
mod tests;
