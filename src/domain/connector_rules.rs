//! What has to hold of a connector's settings as a whole before they are saved; each broken rule
//! is told with the JSON pointer the REST resource has for the place. Looks nothing up: taken
//! names, keys, certificates' contents and attributes are the service's business.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge, NameFormat};
use crate::domain::connector::ConnectorSettings;
use crate::domain::endpoint_url;
use crate::domain::text;
use crate::domain::transformation::{STEP_LIMIT, STEP_TEXT_LIMIT, Transformation};
use crate::domain::violation::Violation;

/// A connector's name has at most this many characters.
pub const NAME_LIMIT: usize = 128;
/// SAML Core 8.3.6 bounds an entity identifier to this many characters.
pub const ENTITY_ID_LIMIT: usize = 1024;
/// At most this many endpoints of one kind.
pub const ENDPOINT_LIMIT: usize = 50;
/// At most this many certificates.
pub const CERTIFICATE_LIMIT: usize = 20;
/// A PEM text has at most this many bytes.
pub const PEM_LIMIT: usize = 16 * 1024;
/// A RelayState has at most this many bytes (BOUNDED-INPUT).
pub const RELAY_STATE_LIMIT: usize = 2048;
/// At most this many mappings.
pub const MAPPING_LIMIT: usize = 200;
/// "Service Provider Attribute Name" has at most this many characters.
pub const SP_NAME_LIMIT: usize = 512;
/// A constant has at most this many characters.
pub const CONSTANT_LIMIT: usize = 4096;

impl ConnectorSettings {
    /// All broken rules; empty for settings that may be saved.
    pub fn check(&self) -> Vec<Violation> {
        let mut broken = Broken::default();
        broken.text("/name", &self.name, NAME_LIMIT);
        if self.name.trim().is_empty() {
            broken.add("/name", "Enter a name for the application.");
        }
        if !text::is_slug(&self.slug) {
            broken.add(
                "/slug",
                "Use 1 to 64 of the characters a-z, 0-9 and -, with no - at the ends.",
            );
        }
        broken.entity_id(&self.sp_entity_id);
        broken.acs(self);
        broken.slo(self);
        broken.certificates(self);
        broken.relay_state(&self.default_relay_state);
        broken.login_url(&self.login_url);
        broken.mappings(&self.mappings);
        broken.0.extend(self.conditions.check());
        broken.0
    }
}

#[derive(Default)]
struct Broken(Vec<Violation>);

impl Broken {
    fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Violation::new(pointer, detail));
    }

    /// Length and characters of a text that is kept as it was typed.
    fn text(&mut self, pointer: &str, value: &str, limit: usize) {
        if let Err(error) = text::bounded(value, limit) {
            self.add(pointer, error.to_string());
        }
    }

    fn url(&mut self, pointer: &str, url: &str) {
        if let Err(error) = endpoint_url::check(url) {
            self.add(pointer, error.to_string());
        }
    }

    fn count(&mut self, pointer: &str, count: usize, limit: usize) {
        if count > limit {
            self.add(
                pointer,
                format!("There are {count}. Reduce them to at most {limit}."),
            );
        }
    }

    fn entity_id(&mut self, entity_id: &str) {
        let pointer = "/spEntityId";
        self.text(pointer, entity_id, ENTITY_ID_LIMIT);
        if entity_id.is_empty() {
            self.add(pointer, "Enter the entity ID of the service provider.");
        }
        // Issuer is compared without the blanks around it, so that none could ever match.
        if entity_id.trim() != entity_id {
            self.add(pointer, "Remove the blanks before and after the entity ID.");
        }
    }

    fn acs(&mut self, settings: &ConnectorSettings) {
        if settings.acs.is_empty() {
            self.add(
                "/acsUrls",
                "Enter at least one URL to which assertions are sent.",
            );
        }
        self.count("/acsUrls", settings.acs.len(), ENDPOINT_LIMIT);
        let mut indexes = BTreeSet::new();
        let mut has_default = false;
        for (place, endpoint) in settings.acs.iter().enumerate() {
            let at = format!("/acsUrls/{place}");
            self.url(&format!("{at}/url"), &endpoint.url);
            if let Some(index) = endpoint.index
                && !indexes.insert(index)
            {
                let detail = format!("Another URL has the index {index}. Choose a different one.");
                self.add(format!("{at}/index"), detail);
            }
            if endpoint.is_default && has_default {
                let detail = "Another URL is the default already. Choose one of them.";
                self.add(format!("{at}/isDefault"), detail);
            }
            has_default |= endpoint.is_default;
        }
    }

    fn slo(&mut self, settings: &ConnectorSettings) {
        self.count("/sloUrls", settings.slo.len(), ENDPOINT_LIMIT);
        for (place, endpoint) in settings.slo.iter().enumerate() {
            self.url(&format!("/sloUrls/{place}/url"), &endpoint.url);
            if let Some(url) = &endpoint.response_url {
                self.url(&format!("/sloUrls/{place}/responseUrl"), url);
            }
        }
    }

    fn certificates(&mut self, settings: &ConnectorSettings) {
        let certificates = &settings.certificates;
        self.count("/spCertificates", certificates.len(), CERTIFICATE_LIMIT);
        for (place, certificate) in certificates.iter().enumerate() {
            let bytes = certificate.pem.len();
            if bytes > PEM_LIMIT {
                self.add(
                    format!("/spCertificates/{place}"),
                    format!(
                        "The PEM text has {bytes} bytes; at most {PEM_LIMIT} are possible. Give one \
                         certificate, without its chain."
                    ),
                );
            }
        }
    }

    fn relay_state(&mut self, relay_state: &str) {
        let pointer = "/defaultRelayState";
        let bytes = relay_state.len();
        if bytes > RELAY_STATE_LIMIT {
            self.add(
                pointer,
                format!(
                    "The RelayState has {bytes} bytes. Shorten it to at most {RELAY_STATE_LIMIT}."
                ),
            );
        }
        if let Err(error) = text::check_characters(relay_state) {
            self.add(pointer, error.to_string());
        }
    }

    fn login_url(&mut self, login_url: &str) {
        // A tile is an ordinary link and may well lead to a place within a page.
        let page = login_url.split('#').next().unwrap_or_default();
        if !login_url.is_empty() {
            self.url("/loginUrl", page);
        }
    }

    fn mappings(&mut self, mappings: &[AttributeMapping]) {
        self.count("/attributeMappings", mappings.len(), MAPPING_LIMIT);
        let mut formats: BTreeMap<&str, NameFormat> = BTreeMap::new();
        for (place, mapping) in mappings.iter().enumerate() {
            let at = format!("/attributeMappings/{place}");
            let name = mapping.sp_attribute_name.as_str();
            self.text(&format!("{at}/spAttributeName"), name, SP_NAME_LIMIT);
            if name.trim().is_empty() {
                let detail = "Enter the service provider's name for the attribute.";
                self.add(format!("{at}/spAttributeName"), detail);
            }
            // Mappings with one name become one Attribute, which has one NameFormat (rule C3).
            let first = *formats.entry(name).or_insert(mapping.name_format);
            if first != mapping.name_format {
                let name = text::quoted(name);
                let label = first.label();
                self.add(
                    format!("{at}/nameFormat"),
                    format!("An earlier row has the name {name} with the format {label}. Choose it here too."),
                );
            }
            if let AttributeSource::Constant(value) = &mapping.source {
                self.text(&format!("{at}/source/value"), value, CONSTANT_LIMIT);
            }
            let is_custom = matches!(mapping.source, AttributeSource::Custom(_));
            if mapping.merge != Merge::Newest && !is_custom {
                let detail = "Only a custom attribute can take the values of all groups.";
                self.add(format!("{at}/merge"), detail);
            }
            self.transformations(&format!("{at}/transformations"), &mapping.transformations);
        }
    }

    fn transformations(&mut self, at: &str, steps: &[Transformation]) {
        self.count(at, steps.len(), STEP_LIMIT);
        for (place, step) in steps.iter().enumerate() {
            for (name, text) in step.texts() {
                let here = format!("{at}/{place}/{name}");
                if text.is_empty() && !step.may_be_empty(name) {
                    self.add(&here, "Enter a text for this step.");
                }
                self.text(&here, text, STEP_TEXT_LIMIT);
            }
        }
    }
}

#[cfg(test)]
mod tests;
