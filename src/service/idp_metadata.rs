//! Our own metadata: one entity, as every service provider or as one connector sees it.

use chrono::{DateTime, Utc};

use crate::domain::connector::{Connector, NameIdFormat, SignatureAlgorithm};
use crate::domain::signing_key::{KeyState, SigningKey};
use crate::saml::idp_metadata::{self, IdpMetadataError, IdpMetadataInput, OrganisationInput};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::secrets::new_xml_id;
use crate::service::signing_choice;
use crate::service::stored_settings::StoredSettings;
use crate::store::connectors;

/// The EntityDescriptor; with a slug, for that connector alone (an unknown one is not found). Signed
/// by the key that stands first in it, if that is wanted.
pub fn document(
    env: &Environment,
    slug: Option<&str>,
    is_signed: bool,
) -> Result<String, ServiceError> {
    let now = env.now();
    let (keys, signs_for_it, settings) = env.store.read(|conn| -> Result<_, ServiceError> {
        let mut signs_for_it = None;
        if let Some(slug) = slug {
            let connector =
                connectors::find_by_slug(conn, slug)?.ok_or(ServiceError::NotFound {
                    what: "application",
                })?;
            signs_for_it = Some(signing_choice::for_connector(conn, &connector, now)?.id);
        }
        let settings = StoredSettings::load(env, conn)?;
        Ok((signing_choice::keys_at(conn, now)?, signs_for_it, settings))
    })?;
    let published = keys.iter().filter(|key| key.state != KeyState::Retired);
    // The key that signs first: some service providers read only one.
    let (signing, next): (Vec<_>, Vec<_>) = published.partition(|key| match signs_for_it {
        Some(id) => key.id == id,
        None => key.state == KeyState::Active,
    });
    let ordered: Vec<&SigningKey> = signing.into_iter().chain(next).collect();
    let certificates: Vec<&str> = ordered.iter().map(|key| key.certificate.as_str()).collect();
    let name = settings.organisation_name();
    let id = is_signed.then(new_xml_id).transpose()?;
    let input = IdpMetadataInput {
        entity_id: &env.settings.entity_id,
        sso_url: &env.settings.sso_url(),
        slo_url: &env.settings.slo_url(),
        artifact_url: &env.settings.artifact_url(),
        ecp_url: &env.settings.ecp_url(),
        certificates: &certificates,
        name_id_formats: &NameIdFormat::ALL,
        // Whoever keeps the document longer than its key holds would refuse our signatures.
        valid_until: ordered.first().map(|key| key.not_after),
        organisation: (!name.is_empty()).then_some(OrganisationInput {
            name,
            url: &env.settings.base_url,
        }),
        contact: Some(settings.contact_email()).filter(|email| !email.is_empty()),
        id: id.as_deref(),
    };
    let document = idp_metadata::write(&input)?;
    let text = match ordered.first() {
        Some(key) if is_signed => {
            let algorithm = if key.algorithm.is_rsa() {
                SignatureAlgorithm::RsaSha256
            } else {
                SignatureAlgorithm::EcdsaSha256
            };
            document
                .signed(env.keys.open(key)?.as_ref(), algorithm)
                .map_err(IdpMetadataError::from)?
        }
        _ => document.unsigned(),
    };
    Ok(["<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", &text].concat())
}

/// What the administrator of an application enters by hand where it does not read metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdpFacts {
    pub entity_id: String,
    pub sso_url: String,
    pub slo_url: String,
    /// Our metadata as this connector sees it.
    pub metadata_url: String,
    /// Where a sign-on starts without a request of the application.
    pub start_url: String,
    /// PEM of the key that signs for this connector.
    pub certificate: String,
    /// When that certificate runs out.
    pub not_after: DateTime<Utc>,
}

/// The facts for one connector.
pub fn facts(env: &Environment, connector: &Connector) -> Result<IdpFacts, ServiceError> {
    let settings = &connector.settings;
    let now = env.now();
    let key = env
        .store
        .read(|conn| signing_choice::for_connector(conn, connector, now))?;
    let (base, slug) = (&env.settings.base_url, &settings.slug);
    Ok(IdpFacts {
        entity_id: env.settings.entity_id.clone(),
        sso_url: env.settings.sso_url(),
        slo_url: env.settings.slo_url(),
        metadata_url: format!("{base}/saml/metadata/{slug}"),
        start_url: format!("{base}/saml/start/{slug}"),
        certificate: key.certificate,
        not_after: key.not_after,
    })
}
