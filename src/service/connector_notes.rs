//! What is worth knowing about a connector's settings although nothing is wrong with them: what would
//! keep it from working, what the application is known to insist on, and what its metadata said
//! that was left out. Nothing here refuses anything.

use chrono::{DateTime, Utc};

use crate::domain::connector::{AcsBinding, ConnectorSettings, NameIdFormat, SignatureScope};
use crate::domain::connector_template;
use crate::domain::sp_description::{SpDescription, given};
use crate::domain::violation::Warning;
use crate::saml::sp_metadata;
use crate::service::environment::Environment;
use crate::service::sp_certificates;

/// How many missing attributes a note names.
const NAMED: usize = 20;

/// What to say of settings, whoever signs on.
pub fn of_settings(settings: &ConnectorSettings) -> Vec<Warning> {
    let mut notes = connector_template::settings_warnings(settings);
    let can_sign = settings.has_signing_certificate();
    if settings.want_authn_requests_signed && !can_sign {
        notes.push(Warning::new(
            "/wantAuthnRequestsSigned",
            "Requests have to be signed, and no signing certificate is registered: every request \
             of this service provider is refused. Add its certificate.",
        ));
    }
    let fetched = settings
        .acs
        .iter()
        .position(|acs| acs.binding == AcsBinding::HttpArtifact);
    if let Some(place) = fetched.filter(|_| !can_sign) {
        notes.push(Warning::new(
            format!("/acsUrls/{place}/binding"),
            "Responses are fetched by HTTP-Artifact with a signed request only, and no signing \
             certificate is registered: the address is not used. Add the certificate.",
        ));
    }
    notes
}

/// Which certificates of the service provider end soon, or have ended.
pub fn of_certificates(settings: &ConnectorSettings, now: DateTime<Utc>) -> Vec<Warning> {
    let ending = sp_certificates::last_ones(settings).into_iter();
    ending
        .filter(|one| one.days_left(now).is_some())
        .filter_map(|one| Some((one.not_after?, one.use_for)))
        .map(|(end, use_for)| {
            let (date, use_for) = (end.format("%Y-%m-%d"), use_for.label());
            let detail = if end <= now {
                format!(
                    "A certificate of the service provider ({use_for}) ended on {date}. Ask for its \
                     new metadata and update from it."
                )
            } else {
                format!(
                    "A certificate of the service provider ({use_for}) ends on {date}. Ask for its \
                     new metadata in time."
                )
            };
            Warning::new("/spCertificates", detail)
        })
        .collect()
}

/// What the metadata that the settings were filled from says; what was left out of it, and what it says
/// that they do not heed. Nothing without metadata.
pub fn of_metadata(
    env: &Environment,
    settings: &ConnectorSettings,
) -> (SpDescription, Vec<Warning>) {
    let document = settings.metadata_xml.as_deref();
    let Some(found) = document.and_then(|xml| sp_metadata::read_again(xml).ok()) else {
        return (SpDescription::default(), Vec::new());
    };
    let mut notes = found.warnings;
    if let Some(end) = found.description.valid_until
        && end <= env.now()
    {
        let end = end.format("%Y-%m-%d %H:%M UTC");
        notes.push(Warning::new(
            "/metadataXml",
            format!("The metadata ended on {end}. Ask for the present one and update from it."),
        ));
    }
    notes.extend(of_description(settings, &found.description));
    (found.description, notes)
}

/// Wishes of a service provider that the settings do not fulfil.
pub fn of_description(settings: &ConnectorSettings, description: &SpDescription) -> Vec<Warning> {
    let mut notes = Vec::new();
    if description.want_assertions_signed && settings.sign == SignatureScope::Response {
        notes.push(Warning::new(
            "/sign",
            "The metadata wants signed assertions (WantAssertionsSigned). Sign the assertion, or \
             both.",
        ));
    }
    let formats = &description.name_id_formats;
    let (format, unspecified) = (
        settings.name_id.format.uri(),
        NameIdFormat::Unspecified.uri(),
    );
    let is_taken = |one: &String| one == format || one == unspecified;
    if !formats.is_empty() && !formats.iter().any(is_taken) {
        notes.push(Warning::new(
            "/nameId/format",
            "The metadata does not list the NameID format that is sent. Choose one that it lists, \
             or ask the administrator of the application.",
        ));
    }
    let given = given(&settings.mappings);
    let missing = description.unmapped(&given).into_iter();
    let missing: Vec<&str> = missing
        .filter(|(_, asked)| asked.is_required)
        .map(|(_, asked)| asked.name.as_str())
        .take(NAMED)
        .collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        notes.push(Warning::new(
            "/attributeMappings",
            format!(
                "The metadata requires attributes that no row gives: {names}. Add rows for them \
                 under Attributes, or ask whether they are needed."
            ),
        ));
    }
    notes
}
