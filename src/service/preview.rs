//! Why, for any user and application (rule C2): the decision of sign-on, the causes behind it, and
//! the assertion as it would be, unsigned and already over. Shows what `decide` says; decides
//! nothing itself.

use crate::domain::app_access::AccessDecision;
use crate::domain::connector::Connector;
use crate::domain::connector_template;
use crate::domain::ids::{ConnectorId, PublicId};
use crate::domain::name_id_source::NameIdOrigin;
use crate::domain::release::Release;
use crate::domain::sign_on::SignOnView;
use crate::domain::user::User;
use crate::domain::violation::Warning;
use crate::saml::name_id::configured_plan;
use crate::service::cause::Cause;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::connector_notes;
use crate::service::connector_settings::settle;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::name_id_value;
use crate::service::response_draft::preview_document;
use crate::service::users::group_causes;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{connectors, memberships, name_ids, sign_on_view, users};

/// Everything there is to say about one user and one application.
#[derive(Debug, Clone)]
pub struct Preview {
    pub user: User,
    pub connector: Connector,
    pub access: AccessDecision,
    /// One for each of `access.paths`.
    pub causes: Vec<Cause>,
    /// That of an IdP-initiated sign-on; `None` when there is no value for it. One that sign-on would
    /// make is shown as an example that is stored nowhere.
    pub name_id: Option<PreviewedNameId>,
    pub release: Release,
    /// What the template's checks found, and settings that were noticed.
    pub warnings: Vec<Warning>,
    /// Unsigned and expired; `None` when access is refused.
    pub response_xml: Option<String>,
}

/// The NameID, and where it comes from.
#[derive(Debug, Clone)]
pub struct PreviewedNameId {
    /// The URI.
    pub format: &'static str,
    pub value: String,
    pub origin: NameIdOrigin,
}

/// What a preview is made from, at one snapshot.
struct Read {
    view: SignOnView,
    causes: Vec<Cause>,
    persistent: Option<String>,
}

/// A preview for a stored connector, or for an unsaved draft of it.
pub fn preview(
    env: &Environment,
    connector: &str,
    user: &str,
    draft: Option<&ConnectorDraft>,
) -> Result<Preview, ServiceError> {
    let (connector, user) = (PublicId::new(connector), PublicId::new(user));
    let read = env.store.read(|conn| -> Result<_, ServiceError> {
        let connector = connectors::find_by_public_id(conn, &connector)?
            .ok_or(ServiceError::NotFound { what: "connector" })?;
        let user = users::find_by_public_id(conn, &user)?
            .ok_or(ServiceError::NotFound { what: "user" })?;
        load(
            conn,
            (user.in_effect_at(env.now()), connector.id),
            draft.map(|draft| (draft, env)),
        )
    })?;
    shown(env, read)
}

/// The same by the names that people use: username or id, slug or id.
pub fn explain(env: &Environment, user: &str, connector: &str) -> Result<Preview, ServiceError> {
    let read = env.store.read(|conn| -> Result<_, ServiceError> {
        let user = match users::find_by_username(conn, user)? {
            Some(found) => found,
            None => users::find_by_public_id(conn, &PublicId::new(user))?
                .ok_or(ServiceError::NotFound { what: "user" })?,
        };
        let connector =
            named(conn, connector)?.ok_or(ServiceError::NotFound { what: "connector" })?;
        load(conn, (user.in_effect_at(env.now()), connector.id), None)
    })?;
    shown(env, read)
}

/// The connector with this slug or id.
pub fn connector_named(env: &Environment, name: &str) -> Result<Option<Connector>, ServiceError> {
    Ok(env.store.read(|conn| named(conn, name))?)
}

fn named(conn: &mut DbConnection, name: &str) -> Result<Option<Connector>, StoreError> {
    match connectors::find_by_slug(conn, name)? {
        Some(found) => Ok(Some(found)),
        None => connectors::find_by_public_id(conn, &PublicId::new(name)),
    }
}

fn load(
    conn: &mut DbConnection,
    (user, connector): (User, ConnectorId),
    draft: Option<(&ConnectorDraft, &Environment)>,
) -> Result<(Read, Vec<Warning>), ServiceError> {
    let stored =
        connectors::find(conn, connector)?.ok_or(ServiceError::NotFound { what: "connector" })?;
    let (asked, warnings) = match draft {
        None => {
            let notes = connector_notes::of_settings(&stored.settings);
            (stored, notes)
        }
        Some((draft, env)) => {
            let settled = settle(draft.clone(), Some(&stored.settings), env.now())?;
            (
                Connector {
                    settings: settled.settings,
                    ..stored
                },
                settled.warnings,
            )
        }
    };
    let persistent = name_ids::find(conn, user.id, connector)?;
    let groups = memberships::list_groups_of(conn, user.id)?;
    let view = sign_on_view::load_with(conn, user, asked)?;
    // In the order in which the decision names the groups.
    let decided = view.decide();
    let rows: Vec<_> = decided
        .access
        .paths
        .iter()
        .filter_map(|path| groups.iter().find(|row| row.group == path.group))
        .cloned()
        .collect();
    let causes = group_causes(conn, &view.user, &rows)?;
    Ok((
        Read {
            view,
            causes,
            persistent,
        },
        warnings,
    ))
}

fn shown(
    env: &Environment,
    (read, mut warnings): (Read, Vec<Warning>),
) -> Result<Preview, ServiceError> {
    let decision = read.view.decide();
    let plan = configured_plan(&read.view.connector.settings.name_id);
    let view = (&read.view, read.persistent.as_deref());
    let (name_id, no_name_id) = match name_id_value::find(env, view, &plan)? {
        Ok((name_id, _new)) => (Some(name_id), None),
        Err(error) => (None, Some(error)),
    };
    let response_xml = match &name_id {
        Some(name_id) if decision.access.is_allowed() => {
            let (xml, length) = preview_document(env, &read.view, (name_id, &decision.release))?;
            let template = read.view.connector.settings.template.as_deref();
            warnings.extend(connector_template::warnings(
                template,
                &decision.release,
                length,
            ));
            Some(xml)
        }
        _ => None,
    };
    let conditions = &read.view.connector.settings.conditions;
    for sentence in conditions.left_open() {
        warnings.push(Warning::new("/accessConditions", sentence));
    }
    if let Some(error) = no_name_id {
        let detail = format!("Sign-on would end on a page for this user: {error}.");
        warnings.push(Warning::new("/nameId/source", detail));
    }
    Ok(Preview {
        causes: read.causes,
        user: read.view.user,
        connector: read.view.connector,
        access: decision.access,
        name_id: name_id.map(|id| PreviewedNameId {
            format: id.format().uri(),
            value: id.value().to_owned(),
            origin: plan.origin(),
        }),
        release: decision.release,
        warnings,
        response_xml,
    })
}
