//! The endpoints of an SPSSODescriptor. An endpoint that cannot be used is left out with a warning,
//! never a reason to refuse the metadata.

use crate::domain::connector::{AcsBinding, AcsEndpoint, EndpointBinding, SloEndpoint};
use crate::saml::acs_choice::binding_uri;
use crate::saml::sp_metadata::{SpMetadata, is_true};
use crate::saml::urns::{BINDING_POST, BINDING_REDIRECT, NS_METADATA};
use crate::saml::xml_tree::Element;

/// How much of a stranger's text a warning repeats.
const QUOTED_CHARS: usize = 120;

/// Takes the AssertionConsumerService elements of one role.
pub fn read_acs(role: &Element, found: &mut SpMetadata) {
    for element in role.children_named(NS_METADATA, "AssertionConsumerService") {
        let Some(url) = location(element, "Location") else {
            found.warn("an AssertionConsumerService without Location is ignored");
            continue;
        };
        let Some(binding) = acs_binding(element) else {
            let uri = quoted(element.attribute("Binding"));
            found.warn(format!(
                "an AssertionConsumerService with the binding {uri} is ignored: responses are sent by HTTP-POST, HTTP-Artifact and PAOS"
            ));
            continue;
        };
        let endpoint = AcsEndpoint {
            url,
            binding,
            index: acs_index(element, found),
            is_default: is_true(element, "isDefault") && !has_default(found),
        };
        if !found.acs.contains(&endpoint) {
            found.acs.push(endpoint);
        }
    }
}

/// Takes the SingleLogoutService elements of one role.
pub fn read_slo(role: &Element, found: &mut SpMetadata) {
    for element in role.children_named(NS_METADATA, "SingleLogoutService") {
        let Some(url) = location(element, "Location") else {
            found.warn("a SingleLogoutService without Location is ignored");
            continue;
        };
        let Some(binding) = binding(element) else {
            let uri = quoted(element.attribute("Binding"));
            found.warn(format!(
                "a SingleLogoutService with the binding {uri} is ignored: it is not supported"
            ));
            continue;
        };
        let endpoint = SloEndpoint {
            url,
            binding,
            response_url: location(element, "ResponseLocation"),
        };
        if !found.slo.contains(&endpoint) {
            found.slo.push(endpoint);
        }
    }
}

/// The index is required by the schema and missing in the field; a second use of one cannot be
/// told apart from the first, which keeps it.
fn acs_index(element: &Element, found: &mut SpMetadata) -> Option<u16> {
    let text = element.attribute("index")?;
    let Ok(index) = text.trim().parse::<u16>() else {
        found.warn(format!(
            "the index {} of an AssertionConsumerService is not a number from 0 to 65535 and is ignored",
            quoted(Some(text))
        ));
        return None;
    };
    let is_taken = found.acs.iter().any(|seen| seen.index == Some(index));
    if is_taken {
        found.warn(format!(
            "the index {index} is used by two AssertionConsumerServices; the first keeps it"
        ));
        return None;
    }
    Some(index)
}

fn has_default(found: &SpMetadata) -> bool {
    found.acs.iter().any(|endpoint| endpoint.is_default)
}

fn binding(element: &Element) -> Option<EndpointBinding> {
    match element.attribute("Binding").map(str::trim) {
        Some(BINDING_POST) => Some(EndpointBinding::HttpPost),
        Some(BINDING_REDIRECT) => Some(EndpointBinding::HttpRedirect),
        _ => None,
    }
}

fn acs_binding(element: &Element) -> Option<AcsBinding> {
    let uri = element.attribute("Binding")?.trim();
    let mut all = AcsBinding::ALL.into_iter();
    all.find(|binding| binding_uri(*binding) == uri)
}

fn location(element: &Element, name: &str) -> Option<String> {
    element
        .attribute(name)
        .map(str::trim)
        .filter(|url| !url.is_empty())
        .map(str::to_owned)
}

fn quoted(text: Option<&str>) -> String {
    text.unwrap_or_default()
        .chars()
        .take(QUOTED_CHARS)
        .collect()
}
