//! Why, for any user and application (rule C2): the decision of sign-on, the causes behind it, and
//! the assertion as it would be, unsigned and already over. Shows what `decide` says; decides
//! nothing itself.

use crate::domain::app_access::AccessDecision;
use crate::domain::connector::Connector;
use crate::domain::connector_template;
use crate::domain::ids::{ConnectorId, PublicId};
use crate::domain::release::Release;
use crate::domain::sign_on::SignOnView;
use crate::domain::user::User;
use crate::domain::violation::Warning;
use crate::saml::name_id::{NameId, NameIdPlan, configured_plan};
use crate::service::cause::Cause;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::connector_notes;
use crate::service::connector_settings::settle;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::response_draft::preview_document;
use crate::service::secrets::new_xml_id;
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
    /// Format URI and value; `None` when the field behind it is empty.
    pub name_id: Option<(String, String)>,
    pub release: Release,
    /// What the template's checks found, and settings that were noticed.
    pub warnings: Vec<Warning>,
    /// Unsigned and expired; `None` when access is refused.
    pub response_xml: Option<String>,
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
    let name_id = name_id(env, &read)?;
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
    if name_id.is_none() {
        warnings.push(Warning::new(
            "/nameId/source",
            "The field behind the NameID is empty for this user: sign-on would end on a page.",
        ));
    }
    Ok(Preview {
        causes: read.causes,
        user: read.view.user,
        connector: read.view.connector,
        access: decision.access,
        name_id: name_id.map(|id| (id.format().uri().to_owned(), id.value().to_owned())),
        release: decision.release,
        warnings,
        response_xml,
    })
}

/// The NameID of an IdP-initiated sign-on. Values that sign-on would make are shown as an example
/// that is stored nowhere.
fn name_id(env: &Environment, read: &Read) -> Result<Option<NameId>, ServiceError> {
    let settings = &read.view.connector.settings;
    let made = match configured_plan(settings.name_id) {
        NameIdPlan::Field { format, field } => {
            NameId::from_field(format, read.view.user.field(field))
        }
        NameIdPlan::Persistent => {
            let value = match &read.persistent {
                Some(value) => value.clone(),
                None => new_xml_id()?,
            };
            NameId::persistent(&value, &env.settings.entity_id, &settings.sp_entity_id)
        }
        NameIdPlan::Transient => NameId::transient(&new_xml_id()?),
    };
    Ok(made.ok())
}
