//! Reading the audit (rule C7). Writing it is `audit_trail.rs`; nothing changes or deletes it.

use chrono::{DateTime, Utc};

use crate::domain::audit::AuditEvent;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::{ListQuery, Page};
use crate::service::patch::Violations;
use crate::store::accounts;
use crate::store::audit_events::{self, AuditFilter};
use crate::store::connection::DbConnection;
use crate::store::paging::PageRequest;

/// Rows that are in memory at once when everything is asked for.
const AT_ONCE: u32 = 1_000;
/// Filters by the names of the API; `actor` is an id or a username, `about`: what somebody did or
/// what was done to them.
const FILTERS: [&str; 7] = [
    "actor",
    "object",
    "objectKind",
    "kind",
    "from",
    "to",
    "about",
];

/// A page of events, newest first; `q` is part of the actor's or the object's name.
pub fn list(env: &Environment, query: &ListQuery) -> Result<Page<AuditEvent>, ServiceError> {
    let request = query.page_request()?;
    let filter = filter(env, query)?;
    env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(audit_events::list(conn, &filter, &request)?.into())
    })
}

/// Hands all of them over, newest first, some at a time, until there are no more or `take` answers
/// false. Each handful is of one snapshot: a client that reads slowly keeps no transaction open.
pub fn all(
    env: &Environment,
    query: &ListQuery,
    mut take: impl FnMut(Vec<AuditEvent>) -> bool,
) -> Result<(), ServiceError> {
    let filter = filter(env, query)?;
    let mut page = PageRequest::first(AT_ONCE);
    loop {
        let read = |conn: &mut DbConnection| audit_events::list_on(conn, &filter, &page);
        let (events, next) = env.store.read(read)?;
        page.after = next;
        if !take(events) || page.after.is_none() {
            return Ok(());
        }
    }
}

/// A span of time: `from` included, `until` not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

/// Hands all events of a span over, oldest first, some at a time, until there are no more or `take` answers false.
pub fn export(
    env: &Environment,
    span: &Span,
    mut take: impl FnMut(Vec<AuditEvent>) -> bool,
) -> Result<(), ServiceError> {
    let filter = AuditFilter {
        from: span.from,
        until: span.until,
        ..AuditFilter::default()
    };
    let mut last = 0;
    loop {
        let most = i64::from(AT_ONCE);
        let read = |conn: &mut DbConnection| audit_events::list_up(conn, &filter, (last, most));
        let events = env.store.read(read)?;
        let Some(end) = events.last() else {
            return Ok(());
        };
        last = end.id;
        if !take(events) {
            return Ok(());
        }
    }
}

/// One event.
pub fn get(env: &Environment, id: &str) -> Result<AuditEvent, ServiceError> {
    let found = env.store.read(|conn| audit_events::find(conn, id))?;
    found.ok_or(ServiceError::NotFound {
        what: "audit event",
    })
}

fn filter(env: &Environment, query: &ListQuery) -> Result<AuditFilter, ServiceError> {
    query.check_filters(&FILTERS)?;
    let mut broken = Violations::default();
    let mut instant = |name: &str| {
        let text = query.filters.get(name)?;
        broken.keep(
            &format!("/{name}"),
            DateTime::parse_from_rfc3339(text).map_err(|_bad: chrono::ParseError| WANTED),
        )
    };
    let (from, until) = (instant("from"), instant("to"));
    broken.into_result()?;
    let text = |name: &str| query.filters.get(name).cloned();
    Ok(AuditFilter {
        actor_id: match query.filters.get("actor") {
            Some(actor) => Some(actor_id(env, actor)?),
            None => None,
        },
        object_kind: text("objectKind"),
        object_id: text("object"),
        kind: text("kind"),
        about_id: text("about"),
        from: from.map(|at| at.with_timezone(&Utc)),
        until: until.map(|at| at.with_timezone(&Utc)),
        q: query.q.clone(),
    })
}

/// People are known by their names, and found in the index of ids.
fn actor_id(env: &Environment, actor: &str) -> Result<String, ServiceError> {
    let found = env
        .store
        .read(|conn| accounts::find_by_username(conn, actor))?;
    Ok(found.map_or_else(
        || actor.to_owned(),
        |found| found.account.public_id.as_str().to_owned(),
    ))
}

const WANTED: &str = "A time looks like 2026-01-31T12:00:00Z.";
