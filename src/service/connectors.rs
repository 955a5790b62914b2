//! Connectors: which service providers exist and what they receive. Which groups open them is in
//! `bindings.rs`.

use chrono::{DateTime, Utc};

use crate::domain::attribute_mapping::AttributeSource;
use crate::domain::attribute_path::{AttributePath, Unresolved};
use crate::domain::audit::Actor;
use crate::domain::connector::{Connector, ConnectorSettings, ConnectorStatus};
use crate::domain::ids::{GroupId, PublicId};
use crate::domain::violation::{Violation, Warning};
use crate::service::audit_trail::{Trail, connector_text, object_of_connector};
use crate::service::connector_draft::ConnectorDraft;
use crate::service::connector_settings::{Settled, settle};
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::{InternalError, ServiceError};
use crate::service::listing::{LARGEST_LIMIT, ListQuery, Page};
use crate::service::signing_choice;
use crate::store::connection::DbConnection;
use crate::store::connectors::{self, ConnectorFilter, ConnectorName};
use crate::store::{app_bindings, custom_attributes};

/// A connector with everything the resource shows.
#[derive(Debug, Clone)]
pub struct ConnectorView {
    pub connector: Connector,
    /// The groups that open it, by name.
    pub groups: Vec<BoundGroup>,
    pub warnings: Vec<Warning>,
}

/// A group that opens an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundGroup {
    pub id: PublicId,
    pub name: String,
}

/// Creates a connector.
pub fn create(
    env: &Environment,
    actor: &Actor,
    draft: ConnectorDraft,
) -> Result<ConnectorView, ServiceError> {
    let trail = Trail::new(env, actor);
    let settled = settle(draft, None, trail.at())?;
    let public_id = new_public_id();
    env.store
        .write(move |conn| -> Result<ConnectorView, ServiceError> {
            let mut settings = settled.settings.clone();
            check_key(conn, &settings, trail.at())?;
            if settled.slug_is_made_up {
                settings.slug = free_slug(conn, &settings.slug)?;
            }
            let connector = connectors::insert(conn, &public_id, &settings, trail.at())?;
            let after = connector_text(&connector);
            trail.write(
                conn,
                "connector.created",
                object_of_connector(&connector),
                (None, Some(after)),
            )?;
            view_of(conn, connector, settled.warnings.clone())
        })
}

/// One connector.
pub fn get(env: &Environment, id: &str) -> Result<ConnectorView, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| {
        let connector = find(conn, &id)?;
        view_of(conn, connector, Vec::new())
    })
}

/// A page of connectors, by name.
pub fn list(env: &Environment, query: &ListQuery) -> Result<Page<ConnectorView>, ServiceError> {
    query.check_filters(&["name", "slug", "status", "template", "spEntityId"])?;
    let request = query.page_request()?;
    let status = match query.filters.get("status") {
        Some(text) => Some(ConnectorStatus::parse(text).ok_or_else(|| {
            let detail = "The status is ACTIVE or INACTIVE.";
            ServiceError::Invalid(vec![Violation::new("/status", detail)])
        })?),
        None => None,
    };
    let filter = ConnectorFilter {
        q: query.q.clone(),
        name: query.filters.get("name").cloned(),
        slug: query.filters.get("slug").cloned(),
        status,
        template: query.filters.get("template").cloned(),
        sp_entity_id: query.filters.get("spEntityId").cloned(),
    };
    env.store.read(|conn| -> Result<_, ServiceError> {
        let page: Page<Connector> = connectors::list(conn, &filter, &request)?.into();
        let mut items = Vec::with_capacity(page.items.len());
        for connector in page.items {
            items.push(view_of(conn, connector, Vec::new())?);
        }
        Ok(Page {
            items,
            next: page.next,
            total: page.total,
        })
    })
}

/// The connectors to choose from, by name, as many as a list may have.
pub fn names(env: &Environment) -> Result<Vec<ConnectorName>, ServiceError> {
    Ok(env
        .store
        .read(|conn| connectors::names(conn, LARGEST_LIMIT))?)
}

/// Changes what the draft names. No edit ever changes a key.
pub fn update(
    env: &Environment,
    actor: &Actor,
    id: &str,
    (draft, if_match): (ConnectorDraft, Option<i64>),
) -> Result<ConnectorView, ServiceError> {
    let named = (id, if_match, "connector.updated");
    change(env, actor, named, move |before, now| {
        settle(draft.clone(), Some(&before.settings), now)
    })
}

/// Saves what `settle` makes of a connector, in the transaction that read it. Named by its id, the version
/// that the caller read, and the kind of the event.
pub(in crate::service) fn change(
    env: &Environment,
    actor: &Actor,
    (id, if_match, kind): (&str, Option<i64>, &'static str),
    settle: impl Fn(&Connector, DateTime<Utc>) -> Result<Settled, ServiceError> + Send + 'static,
) -> Result<ConnectorView, ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store
        .write(move |conn| -> Result<ConnectorView, ServiceError> {
            let before = checked(conn, &id, if_match)?;
            let Settled {
                settings, warnings, ..
            } = settle(&before, trail.at())?;
            check_key(conn, &settings, trail.at())?;
            let changed = Connector {
                settings,
                ..before.clone()
            };
            let after = connectors::save(conn, &changed, trail.at())?;
            let texts = (Some(connector_text(&before)), Some(connector_text(&after)));
            trail.write(conn, kind, object_of_connector(&after), texts)?;
            view_of(conn, after, warnings)
        })
}

/// Deletes a connector with its bindings and what was stored for it.
pub fn delete(
    env: &Environment,
    actor: &Actor,
    id: &str,
    if_match: Option<i64>,
) -> Result<(), ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let before = checked(conn, &id, if_match)?;
        connectors::delete(conn, before.id)?;
        let texts = (Some(connector_text(&before)), None);
        trail.write(
            conn,
            "connector.deleted",
            object_of_connector(&before),
            texts,
        )?;
        Ok(())
    })
}

/// Finds a connector or says that there is none.
pub fn find(conn: &mut DbConnection, id: &PublicId) -> Result<Connector, ServiceError> {
    connectors::find_by_public_id(conn, id)?.ok_or(ServiceError::NotFound { what: "connector" })
}

fn checked(
    conn: &mut DbConnection,
    id: &PublicId,
    if_match: Option<i64>,
) -> Result<Connector, ServiceError> {
    let connector = find(conn, id)?;
    match if_match {
        Some(version) if version != connector.version => Err(ServiceError::Stale),
        _ => Ok(connector),
    }
}

fn view_of(
    conn: &mut DbConnection,
    connector: Connector,
    mut warnings: Vec<Warning>,
) -> Result<ConnectorView, ServiceError> {
    let groups = app_bindings::list_groups(conn, connector.id)?
        .into_iter()
        .map(|group| BoundGroup {
            id: group.public_id,
            name: group.name,
        })
        .collect();
    warnings.extend(mappings_to_objects(conn, &connector)?);
    Ok(ConnectorView {
        connector,
        groups,
        warnings,
    })
}

/// A mapping to a place that holds an object is allowed, with a warning (rule B21).
fn mappings_to_objects(
    conn: &mut DbConnection,
    connector: &Connector,
) -> Result<Vec<Warning>, ServiceError> {
    let paths: Vec<(usize, &AttributePath)> = connector
        .settings
        .mappings
        .iter()
        .enumerate()
        .filter_map(|(index, mapping)| match &mapping.source {
            AttributeSource::Custom(path) => Some((index, path)),
            _ => None,
        })
        .collect();
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let groups: Vec<GroupId> = app_bindings::list_groups(conn, connector.id)?
        .iter()
        .map(|group| group.id)
        .collect();
    let attributes = custom_attributes::list_of_groups(conn, &groups)?;
    Ok(paths
        .into_iter()
        .filter(|(_, path)| {
            attributes
                .iter()
                .filter(|row| row.attribute.name.as_str() == path.name())
                .any(|row| path.resolve(&row.attribute.value) == Err(Unresolved::Object))
        })
        .map(|(index, path)| {
            Warning::new(
                format!("/attributeMappings/{index}/source/path"),
                format!(
                    "The path {} leads to an object, which is left out of the assertion. Name a field in it.",
                    path.as_str()
                ),
            )
        })
        .collect())
}

/// The algorithm picks the active key of its type; there has to be one.
fn check_key(
    conn: &mut DbConnection,
    settings: &ConnectorSettings,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let keys = signing_choice::keys_at(conn, now)?;
    match signing_choice::choose(&keys, &[], (settings.signature_algorithm, now)) {
        Ok(_) => Ok(()),
        Err(InternalError::NoSigningKey(kind)) => {
            let detail =
                format!("There is no active {kind} key. Make one with `vestibule keys rotate`.");
            Err(ServiceError::Invalid(vec![Violation::new(
                "/signatureAlgorithm",
                detail,
            )]))
        }
        Err(other) => Err(other.into()),
    }
}

/// The slug itself, or with the first free number behind it.
fn free_slug(conn: &mut DbConnection, slug: &str) -> Result<String, ServiceError> {
    let mut candidate = slug.to_owned();
    let mut number = 2_u32;
    while connectors::find_by_slug(conn, &candidate)?.is_some() {
        candidate = format!("{slug}-{number}");
        number += 1;
    }
    Ok(candidate)
}
