//! A connector updated from new metadata, in two steps: the difference is shown, then exactly the difference
//! that was shown is applied. Mappings, access and our own keys are never touched.

use chrono::{DateTime, Utc};

use crate::domain::audit::Actor;
use crate::domain::connector::{Connector, ConnectorSettings};
use crate::domain::ids::PublicId;
use crate::domain::sp_description::SpDescription;
use crate::domain::violation::{Violation, Warning};
use crate::saml::sp_metadata;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::connector_notes;
use crate::service::connector_settings::{Settled, settle};
use crate::service::connectors::{self, ConnectorView};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::metadata_difference::{Change, between};
use crate::service::metadata_fetch;
use crate::service::patch::Field;
use crate::service::secrets::digest_hex;

const ANOTHER: &str = "The application or the metadata changed since this difference was shown. \
                       Look at the new difference, then approve that one.";

/// What new metadata would change.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The connector as it is, with its version.
    pub connector: Connector,
    pub changes: Vec<Change>,
    /// What would be ignored, and what else is worth knowing.
    pub warnings: Vec<Warning>,
    /// What the new metadata says of itself.
    pub description: SpDescription,
    /// The text differs from the stored one, were it only in its spelling.
    pub is_another_text: bool,
    /// Stands for exactly this difference between exactly these two.
    pub digest: String,
}

impl Proposal {
    /// Whether there is something to approve.
    pub const fn has_something(&self) -> bool {
        self.is_another_text || !self.changes.is_empty()
    }
}

/// The approval of a difference.
#[derive(Debug, Clone)]
pub struct Approval {
    pub metadata_xml: String,
    /// Of the proposal that was shown.
    pub digest: String,
    /// Calls the application what the metadata calls it.
    pub takes_name: bool,
    /// The address to remember; `None`: what is remembered stays.
    pub metadata_url: Option<String>,
}

/// What the connector's metadata says, as it is stored.
#[derive(Debug, Clone)]
pub struct StoredMetadata {
    pub connector: Connector,
    /// Nothing, when the connector was made without metadata.
    pub description: SpDescription,
    /// What was ignored of it, and which of its wishes are not fulfilled.
    pub warnings: Vec<Warning>,
}

/// The stored metadata of a connector.
pub fn stored(env: &Environment, id: &str) -> Result<StoredMetadata, ServiceError> {
    let id = PublicId::new(id);
    let connector = env.store.read(|conn| connectors::find(conn, &id))?;
    let (description, warnings) = connector_notes::of_metadata(env, &connector.settings);
    Ok(StoredMetadata {
        description,
        warnings,
        connector,
    })
}

/// The difference that new metadata would make. Changes nothing.
pub fn propose(env: &Environment, id: &str, xml: &str) -> Result<Proposal, ServiceError> {
    let id = PublicId::new(id);
    let connector = env.store.read(|conn| connectors::find(conn, &id))?;
    let settled = settled(&connector, xml, env.now())?;
    Ok(proposal(connector, &settled, xml))
}

/// Applies the difference that was shown, and no other. `if_match`: the version that the caller read.
pub fn apply(
    env: &Environment,
    actor: &Actor,
    id: &str,
    (approval, if_match): (Approval, Option<i64>),
) -> Result<ConnectorView, ServiceError> {
    if let Some(url) = &approval.metadata_url {
        metadata_fetch::check(&env.outbound, url)?;
    }
    connectors::change(
        env,
        actor,
        (id, if_match, "connector.metadata_updated"),
        move |before, now| {
            let mut settled = settled(before, &approval.metadata_xml, now)?;
            let shown = proposal(before.clone(), &settled, &approval.metadata_xml);
            if shown.digest != approval.digest {
                return Err(ServiceError::Conflict(Violation::new("/digest", ANOTHER)));
            }
            if approval.metadata_url.is_some() {
                settled
                    .settings
                    .metadata_url
                    .clone_from(&approval.metadata_url);
            }
            if approval.takes_name
                && let Some(name) = settled.description.offered_name()
            {
                name.clone_into(&mut settled.settings.name);
                refuse_broken(&settled.settings)?;
            }
            Ok(settled)
        },
    )
}

fn refuse_broken(settings: &ConnectorSettings) -> Result<(), ServiceError> {
    let broken = settings.check();
    if broken.is_empty() {
        Ok(())
    } else {
        Err(ServiceError::Invalid(broken))
    }
}

/// The settings as the metadata makes them. Another entity is another application.
fn settled(connector: &Connector, xml: &str, now: DateTime<Utc>) -> Result<Settled, ServiceError> {
    let draft = ConnectorDraft {
        metadata_xml: Field::Set(xml.to_owned()),
        ..ConnectorDraft::default()
    };
    let settled = settle(draft, Some(&connector.settings), now)?;
    let (known, new) = (
        &connector.settings.sp_entity_id,
        &settled.settings.sp_entity_id,
    );
    if known != new {
        let detail = format!(
            "This is the metadata of another service provider: its entityID is {new}, the \
             application's is {known}. Add it as an application of its own, or change the entity \
             ID of this one first."
        );
        return Err(ServiceError::Invalid(vec![Violation::new(
            "/metadataXml",
            detail,
        )]));
    }
    Ok(settled)
}

fn proposal(connector: Connector, settled: &Settled, xml: &str) -> Proposal {
    let present = &connector.settings;
    let changes = between(
        (present, &description_of(present)),
        (&settled.settings, &settled.description),
    );
    Proposal {
        is_another_text: present.metadata_xml.as_deref() != Some(xml),
        digest: digest(&connector, &changes, xml),
        warnings: settled.warnings.clone(),
        description: settled.description.clone(),
        changes,
        connector,
    }
}

/// What the stored metadata of a connector says; nothing without metadata.
pub fn description_of(settings: &ConnectorSettings) -> SpDescription {
    let document = settings.metadata_xml.as_deref();
    let found = document.and_then(|xml| sp_metadata::read_again(xml).ok());
    found.map(|found| found.description).unwrap_or_default()
}

/// Of which connector in which version, from which text to which change: nothing of it can be another
/// and the digest the same.
fn digest(connector: &Connector, changes: &[Change], xml: &str) -> String {
    let mut hashed = Vec::new();
    let version = connector.version.to_string();
    let changes = format!("{changes:?}");
    for part in [connector.public_id.as_str(), &version, &changes, xml] {
        hashed.extend(part.len().to_be_bytes());
        hashed.extend(part.as_bytes());
    }
    digest_hex(&hashed)
}
