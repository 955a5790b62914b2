//! The audit events that name a person, for the person's export and erasure: by the id as actor or
//! object, and by a text in what stood before or after. Reads, and hands on to `audit_erasures`.

use diesel::prelude::*;

use crate::store::audit_erasures::ERASED;
use crate::store::audit_events::AuditRow;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::audit_events;
use crate::store::search::containing;

/// An event as far as it may name somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamingEvent {
    pub id: i64,
    pub actor_id: String,
    pub object_kind: String,
    pub object_id: String,
    pub object_name: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl From<AuditRow> for NamingEvent {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id,
            actor_id: row.actor_id,
            object_kind: row.object_kind,
            object_id: row.object_id,
            object_name: row.object_name,
            before: row.before,
            after: row.after,
        }
    }
}

/// Events of which somebody is the actor or the object, the oldest first.
pub fn about(conn: &mut DbConnection, public_id: &str) -> Result<Vec<NamingEvent>, StoreError> {
    let is_object = audit_events::object_id.eq(public_id);
    let rows: Vec<AuditRow> = audit_events::table
        .filter(audit_events::actor_id.eq(public_id).or(is_object))
        .order(audit_events::id)
        .select(AuditRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(NamingEvent::from).collect())
}

/// All other events whose name is this word, or in whose texts it stands as a whole value, the oldest first. Reads
/// every event: for what is done rarely. Events of erasures name nobody, and what they list has to stay.
pub fn mentioning(
    conn: &mut DbConnection,
    public_id: &str,
    word: &str,
) -> Result<Vec<NamingEvent>, StoreError> {
    // The texts are JSON, where it stands with quotes around it and some letters escaped.
    let pattern = containing(&serde_json::Value::from(word).to_string());
    let has_text = audit_events::before
        .like(pattern.clone())
        .escape('\\')
        .or(audit_events::after.like(pattern).escape('\\'));
    let rows: Vec<AuditRow> = audit_events::table
        .filter(audit_events::kind.ne(ERASED))
        .filter(audit_events::actor_id.ne(public_id))
        .filter(audit_events::object_id.ne(public_id))
        .filter(audit_events::object_name.nullable().eq(word).or(has_text))
        .order(audit_events::id)
        .select(AuditRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(NamingEvent::from).collect())
}
