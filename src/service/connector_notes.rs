//! What is worth knowing about a connector's settings although nothing is wrong with them: what would
//! keep it from working, what the application is known to insist on, and what its metadata said
//! that was left out. Nothing here refuses anything.

use crate::domain::connector::{CertificateUse, ConnectorSettings};
use crate::domain::connector_template;
use crate::domain::violation::Warning;
use crate::saml::sp_metadata;
use crate::service::environment::Environment;

/// What to say of settings, whoever signs on.
pub fn of_settings(settings: &ConnectorSettings) -> Vec<Warning> {
    let mut notes = connector_template::settings_warnings(settings);
    let can_sign = settings
        .certificates
        .iter()
        .any(|certificate| certificate.use_for != CertificateUse::Encryption);
    if settings.want_authn_requests_signed && !can_sign {
        notes.push(Warning::new(
            "/wantAuthnRequestsSigned",
            "Requests have to be signed, and no signing certificate is registered: every request \
             of this service provider is refused. Add its certificate.",
        ));
    }
    notes
}

/// What was left out of the metadata that the settings were filled from. A document that cannot be
/// read any more, because it has run out since, has nothing left to say.
pub fn of_metadata(env: &Environment, settings: &ConnectorSettings) -> Vec<Warning> {
    let document = settings.metadata_xml.as_deref().map(str::as_bytes);
    document
        .and_then(|xml| sp_metadata::read(xml, env.now()).ok())
        .map(|found| found.warnings)
        .unwrap_or_default()
}
