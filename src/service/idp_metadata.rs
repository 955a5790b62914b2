//! Our own metadata: one entity, as every service provider or as one connector sees it.

use crate::domain::connector::NameIdFormat;
use crate::domain::signing_key::KeyState;
use crate::saml::idp_metadata::{self, IdpMetadataInput};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::store::{connectors, signing_keys};

/// The EntityDescriptor; with a slug, for that connector alone (an unknown one is not found).
pub fn document(env: &Environment, slug: Option<&str>) -> Result<String, ServiceError> {
    let keys = env.store.read(|conn| -> Result<_, ServiceError> {
        if let Some(slug) = slug {
            connectors::find_by_slug(conn, slug)?.ok_or(ServiceError::NotFound {
                what: "application",
            })?;
        }
        Ok(signing_keys::list(conn)?)
    })?;
    let published = keys.iter().filter(|key| key.state != KeyState::Retired);
    // The active key first: some service providers read only one.
    let (active, next): (Vec<_>, Vec<_>) = published.partition(|key| key.state == KeyState::Active);
    let certificates: Vec<&str> = active
        .into_iter()
        .chain(next)
        .map(|key| key.certificate.as_str())
        .collect();
    let input = IdpMetadataInput {
        entity_id: &env.settings.entity_id,
        sso_url: &env.settings.sso_url(),
        certificates: &certificates,
        name_id_formats: &NameIdFormat::ALL,
        valid_until: None,
    };
    Ok(idp_metadata::write(&input)?)
}
