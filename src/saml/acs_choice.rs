//! Which AssertionConsumerService the response goes to (requirement EXACT-ACS): a URL that is asked
//! for is compared octet by octet with the registered ones; a mismatch is never mended silently.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::connector::{AcsBinding, AcsEndpoint, ConnectorSettings};
use crate::saml::authn_request::AuthnRequest;
use crate::saml::request_refusal::PageRefusal;
use crate::saml::urns::{BINDING_ARTIFACT, BINDING_PAOS, BINDING_POST};

/// Who carries the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// By HTTP-POST, or by HTTP-Artifact (SAML Profiles 4.1.2).
    Browser,
    /// By PAOS (SAML Profiles 4.2.2).
    EnhancedClient,
}

/// An endpoint that was registered when it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcsTarget {
    pub url: String,
    #[serde(serialize_with = "write_binding", deserialize_with = "read_binding")]
    pub binding: AcsBinding,
}

/// The URI of a binding.
pub const fn binding_uri(binding: AcsBinding) -> &'static str {
    match binding {
        AcsBinding::HttpPost => BINDING_POST,
        AcsBinding::HttpArtifact => BINDING_ARTIFACT,
        AcsBinding::Paos => BINDING_PAOS,
    }
}

/// Chooses by URL, else by index, else by default. Where several fit, the one of the ProtocolBinding
/// that is asked for (SAML Core 3.4.1).
pub fn choose(
    request: &AuthnRequest,
    settings: &ConnectorSettings,
    carrier: Carrier,
) -> Result<AcsTarget, PageRefusal> {
    let all: Vec<&AcsEndpoint> = usable(settings, carrier).collect();
    let found = match (request.acs_url.as_deref(), request.acs_index) {
        (Some(_), Some(_)) => return Err(PageRefusal::AcsUrlAndIndex),
        (Some(url), None) => {
            let of_url: Vec<_> = all.into_iter().filter(|one| one.url == url).collect();
            preferred(&of_url, request).ok_or(PageRefusal::AcsUrlNotRegistered)?
        }
        (None, Some(index)) => all
            .into_iter()
            .find(|one| one.index == Some(index))
            .ok_or(PageRefusal::AcsIndexNotRegistered)?,
        (None, None) => preferred(&all, request).ok_or(PageRefusal::NoAcs)?,
    };
    Ok(AcsTarget::of(found))
}

/// The endpoint for unsolicited responses.
pub fn default_acs(settings: &ConnectorSettings) -> Option<AcsTarget> {
    let all: Vec<&AcsEndpoint> = usable(settings, Carrier::Browser).collect();
    usual(&all).map(AcsTarget::of)
}

/// Whether a response may be sent there; asked again when it is sent, for the connector may have
/// changed while somebody signed in (requirement CHECK-AT-ISSUE).
pub fn is_registered(target: &AcsTarget, settings: &ConnectorSettings) -> bool {
    [Carrier::Browser, Carrier::EnhancedClient]
        .into_iter()
        .flat_map(|carrier| usable(settings, carrier))
        .any(|one| one.url == target.url && one.binding == target.binding)
}

/// What a carrier can reach. A response waits for a service provider only if that can prove to be
/// the one that fetches it (SAML Profiles 4.1.3.5), so it needs a certificate to sign with.
fn usable(
    settings: &ConnectorSettings,
    carrier: Carrier,
) -> impl Iterator<Item = &AcsEndpoint> + use<'_> {
    let can_sign = settings.has_signing_certificate();
    settings.acs.iter().filter(move |one| match one.binding {
        AcsBinding::HttpPost => carrier == Carrier::Browser,
        AcsBinding::HttpArtifact => carrier == Carrier::Browser && can_sign,
        AcsBinding::Paos => carrier == Carrier::EnhancedClient,
    })
}

fn preferred<'a>(fitting: &[&'a AcsEndpoint], request: &AuthnRequest) -> Option<&'a AcsEndpoint> {
    let asked = request.protocol_binding.as_deref();
    let of_binding: Vec<&AcsEndpoint> = fitting
        .iter()
        .copied()
        .filter(|one| Some(binding_uri(one.binding)) == asked)
        .collect();
    usual(&of_binding).or_else(|| usual(fitting))
}

/// The default one, else the first that a browser posts to, else the first.
fn usual<'a>(fitting: &[&'a AcsEndpoint]) -> Option<&'a AcsEndpoint> {
    let posts = |one: &&&AcsEndpoint| one.binding == AcsBinding::HttpPost;
    fitting
        .iter()
        .find(|one| one.is_default)
        .or_else(|| fitting.iter().find(posts))
        .or_else(|| fitting.first())
        .copied()
}

impl AcsTarget {
    fn of(endpoint: &AcsEndpoint) -> Self {
        Self {
            url: endpoint.url.clone(),
            binding: endpoint.binding,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
fn write_binding<S: Serializer>(binding: &AcsBinding, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(binding.as_str())
}

fn read_binding<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AcsBinding, D::Error> {
    let text = String::deserialize(deserializer)?;
    AcsBinding::parse(&text).ok_or_else(|| D::Error::custom("there is no such binding"))
}

#[cfg(test)]
mod tests;
