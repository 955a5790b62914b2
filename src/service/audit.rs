//! Reading the audit (rule C7). Writing it is `audit_trail.rs`; nothing changes or deletes it.

use chrono::{DateTime, Utc};

use crate::domain::audit::AuditEvent;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::{ListQuery, Page};
use crate::service::patch::Violations;
use crate::store::audit_events::{self, AuditFilter};

/// Filters by the names of the API, and `about`: what somebody did or what was done to them.
const FILTERS: [&str; 7] = [
    "actor",
    "object",
    "objectKind",
    "kind",
    "from",
    "to",
    "about",
];

/// A page of events, newest first.
pub fn list(env: &Environment, query: &ListQuery) -> Result<Page<AuditEvent>, ServiceError> {
    query.check_filters(&FILTERS)?;
    let request = query.page_request()?;
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
    let filter = AuditFilter {
        actor_id: text("actor"),
        object_kind: text("objectKind"),
        object_id: text("object"),
        kind: text("kind"),
        about_id: text("about"),
        from: from.map(|at| at.with_timezone(&Utc)),
        until: until.map(|at| at.with_timezone(&Utc)),
    };
    env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(audit_events::list(conn, &filter, &request)?.into())
    })
}

const WANTED: &str = "A time looks like 2026-01-31T12:00:00Z.";
