//! Everything that is kept about one person, as one JSON document: for the person, and for those who
//! have to answer them. It holds no secret: no password, no token, no key.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::ids::PublicId;
use crate::domain::user::User;
use crate::service::audit_trail::{Trail, object_of_user, user_text};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::user_sessions;
use crate::service::users::{find, group_causes};
use crate::store::audit_events::{self, AuditFilter};
use crate::store::connection::DbConnection;
use crate::store::connectors::{self, ConnectorFilter};
use crate::store::paging::PageRequest;
use crate::store::{accounts, custom_attributes, issued_assertions, memberships, users};

/// Events that are read at once.
const AT_ONCE: u32 = 1_000;
/// More applications than anybody registers.
const EVERY: u32 = 100_000;

/// The document of one user, told to the audit.
pub fn export(env: &Environment, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    let id = PublicId::new(id);
    let document = env.store.read(|conn| document(env, conn, &id))?;
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let user = find(conn, &id)?;
        trail.write(conn, "user.exported", object_of_user(&user), (None, None))?;
        Ok(())
    })?;
    Ok(format!("{:#}", Value::Object(document)))
}

/// The id of a user by the sign-in name.
pub fn id_of(env: &Environment, username: &str) -> Result<String, ServiceError> {
    let found = env
        .store
        .read(|conn| users::find_by_username(conn, username))?;
    let user = found.ok_or(ServiceError::NotFound { what: "user" })?;
    Ok(user.public_id.as_str().to_owned())
}

fn document(
    env: &Environment,
    conn: &mut DbConnection,
    id: &PublicId,
) -> Result<Map<String, Value>, ServiceError> {
    let user = find(conn, id)?;
    let attributes = custom_attributes::list_of_user(conn, user.id)?;
    let facts = accounts::password_facts(conn, user.id.account())?;
    let mut document = Map::new();
    let mut add = |name: &str, value: Value| document.insert(name.to_owned(), value);
    add("exportedAt", instant(env.now()));
    add("id", id.as_str().into());
    add("state", user.state.as_str().into());
    add(
        "passwordSetAt",
        facts
            .and_then(|facts| facts.set_at)
            .map_or(Value::Null, instant),
    );
    // Fields and attributes as the audit keeps them.
    add("account", value_of(&user_text(&user, &attributes)));
    add("groups", groups(conn, &user)?);
    add("sessions", sessions(env, conn, &user)?);
    add("assertions", assertions(conn, &user)?);
    add("events", events(conn, id)?);
    Ok(document)
}

fn groups(conn: &mut DbConnection, user: &User) -> Result<Value, ServiceError> {
    let rows = memberships::list_groups_of(conn, user.id)?;
    let causes = group_causes(conn, user, &rows)?;
    let groups = rows.into_iter().zip(causes).map(|(row, cause)| {
        json!({
            "name": row.group_name,
            "source": row.source.as_str(),
            "since": instant(row.since),
            "cause": cause.text,
        })
    });
    Ok(groups.collect())
}

fn sessions(
    env: &Environment,
    conn: &mut DbConnection,
    user: &User,
) -> Result<Value, ServiceError> {
    let Some(account) = accounts::find(conn, user.id.account())? else {
        return Ok(json!([]));
    };
    let sessions = user_sessions::of_account(conn, &account, env.now())?;
    let sessions = sessions.into_iter().map(|session| {
        json!({
            "address": session.address,
            "userAgent": session.user_agent,
            "started": instant(session.started),
            "lastSeen": instant(session.last_seen),
        })
    });
    Ok(sessions.collect())
}

fn assertions(conn: &mut DbConnection, user: &User) -> Result<Value, ServiceError> {
    let all = connectors::list(
        conn,
        &ConnectorFilter::default(),
        &PageRequest::first(EVERY),
    )?;
    let names: BTreeMap<_, _> = all
        .items
        .into_iter()
        .map(|connector| (connector.id, connector.settings.name))
        .collect();
    let issued = issued_assertions::list_of_user(conn, user.id)?;
    let issued = issued.into_iter().map(|one| {
        json!({
            "id": one.assertion_id,
            "application": names.get(&one.connector),
            "nameId": one.name_id,
            "nameIdFormat": one.name_id_format.uri(),
            "issuedAt": instant(one.issued_at),
            "sessionEndsAt": instant(one.expires_at),
        })
    });
    Ok(issued.collect())
}

/// Events of which the person is the actor or the object, the newest first.
fn events(conn: &mut DbConnection, id: &PublicId) -> Result<Value, ServiceError> {
    let filter = AuditFilter {
        about_id: Some(id.as_str().to_owned()),
        ..AuditFilter::default()
    };
    let mut page = PageRequest::first(AT_ONCE);
    let mut all = Vec::new();
    loop {
        let (events, next) = audit_events::list_on(conn, &filter, &page)?;
        all.extend(events.iter().map(event));
        page.after = next;
        if page.after.is_none() {
            return Ok(Value::Array(all));
        }
    }
}

fn event(event: &AuditEvent) -> Value {
    let said = &event.event;
    json!({
        "at": instant(said.at),
        "kind": said.kind,
        "actor": said.actor.name,
        "object": said.object.name,
        "before": said.before.as_deref().map(value_of),
        "after": said.after.as_deref().map(value_of),
    })
}

/// A stored JSON text; what cannot be read as JSON stays a text.
fn value_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_not_json: serde_json::Error| text.into())
}

fn instant(at: DateTime<Utc>) -> Value {
    at.to_rfc3339_opts(SecondsFormat::Millis, true).into()
}
