//! What a connector's settings break of the checks of its template, whoever the user is. Like
//! `connector_checks`, whose data it reads, it warns and refuses nothing.

use crate::domain::connector::{ConnectorSettings, NameIdFormat, SignatureScope};
use crate::domain::connector_checks::{Check, SignedPart, matches_any};
use crate::domain::text;
use crate::domain::violation::Warning;

/// What of `checks` the settings break.
pub fn on_settings(checks: &[Check], settings: &ConnectorSettings) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for check in checks {
        match check {
            Check::Audience { patterns, expects } => {
                let found = settings.sp_entity_id.as_str();
                warnings.extend(unexpected(patterns, expects, found, "/spEntityId"));
            }
            Check::Acs { patterns, expects } => {
                for (place, endpoint) in settings.acs.iter().enumerate() {
                    let pointer = format!("/acsUrls/{place}/url");
                    warnings.extend(unexpected(patterns, expects, &endpoint.url, &pointer));
                }
            }
            Check::Signed { part } => warnings.extend(unsigned(*part, settings.sign)),
            Check::Signature { algorithms } => {
                let algorithm = settings.signature_algorithm.as_str();
                if !algorithms.iter().any(|known| known == algorithm) {
                    let known = algorithms.join(", ");
                    let detail = format!("The service provider verifies {known}, not {algorithm}.");
                    warnings.push(Warning::new("/signatureAlgorithm", detail));
                }
            }
            Check::NameId { formats } => {
                warnings.extend(untaken(formats, settings.name_id.format));
            }
            Check::AssertionSize { .. }
            | Check::Attribute { .. }
            | Check::AttributeFamily { .. } => {}
        }
    }
    warnings
}

fn unexpected(patterns: &[String], expects: &str, found: &str, pointer: &str) -> Option<Warning> {
    if matches_any(patterns, found) {
        return None;
    }
    let found = text::quoted(found);
    let detail = format!("The service provider expects {expects}, not {found}.");
    Some(Warning::new(pointer, detail))
}

fn unsigned(part: SignedPart, sign: SignatureScope) -> Option<Warning> {
    let detail = match (part, sign) {
        (SignedPart::Assertion, SignatureScope::Response) => {
            "The service provider insists on a signed assertion. Sign the assertion, or both."
        }
        (SignedPart::Response, SignatureScope::Assertion) => {
            "The service provider insists on a signed response. Sign the response, or both."
        }
        _ => return None,
    };
    Some(Warning::new("/sign", detail))
}

fn untaken(formats: &[String], format: NameIdFormat) -> Option<Warning> {
    let format = format.uri();
    if formats.iter().any(|known| known == format) {
        return None;
    }
    let known = formats.join(", ");
    let detail = format!("The service provider takes {known}, not {format}.");
    Some(Warning::new("/nameId/format", detail))
}

#[cfg(test)]
mod tests;
