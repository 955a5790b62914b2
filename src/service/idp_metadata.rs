//! Our own metadata: one entity, as every service provider or as one connector sees it.

use chrono::{DateTime, Utc};

use crate::domain::connector::{Connector, NameIdFormat};
use crate::domain::signing_key::KeyState;
use crate::saml::idp_metadata::{self, IdpMetadataInput};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::signing_choice;
use crate::store::connectors;

/// The EntityDescriptor; with a slug, for that connector alone (an unknown one is not found).
pub fn document(env: &Environment, slug: Option<&str>) -> Result<String, ServiceError> {
    let now = env.now();
    let (keys, signs_for_it) = env.store.read(|conn| -> Result<_, ServiceError> {
        let mut signs_for_it = None;
        if let Some(slug) = slug {
            let connector =
                connectors::find_by_slug(conn, slug)?.ok_or(ServiceError::NotFound {
                    what: "application",
                })?;
            signs_for_it = Some(signing_choice::for_connector(conn, &connector, now)?.id);
        }
        Ok((signing_choice::keys_at(conn, now)?, signs_for_it))
    })?;
    let published = keys.iter().filter(|key| key.state != KeyState::Retired);
    // The key that signs first: some service providers read only one.
    let (signing, next): (Vec<_>, Vec<_>) = published.partition(|key| match signs_for_it {
        Some(id) => key.id == id,
        None => key.state == KeyState::Active,
    });
    let certificates: Vec<&str> = signing
        .into_iter()
        .chain(next)
        .map(|key| key.certificate.as_str())
        .collect();
    let input = IdpMetadataInput {
        entity_id: &env.settings.entity_id,
        sso_url: &env.settings.sso_url(),
        slo_url: &env.settings.slo_url(),
        certificates: &certificates,
        name_id_formats: &NameIdFormat::ALL,
        valid_until: None,
    };
    Ok(idp_metadata::write(&input)?)
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
