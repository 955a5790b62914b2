//! The event behind a membership, in words (rules A10, C2).

use crate::domain::audit::AuditEvent;
use crate::domain::membership::MembershipSource;
use crate::store::audit_events;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;

/// Which event made it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Kind of the audit event, for example `group.member_added`.
    pub event: String,
    /// Public id of the audit event.
    pub audit_id: String,
    /// A sentence for people.
    pub text: String,
}

/// The causes of memberships, in their order, from their source and the id of their event.
pub fn find_all<'a>(
    conn: &mut DbConnection,
    memberships: impl Iterator<Item = (MembershipSource, &'a str)>,
) -> Result<Vec<Cause>, StoreError> {
    let memberships: Vec<_> = memberships.collect();
    let ids: Vec<&str> = memberships.iter().map(|(_, id)| *id).collect();
    let events = audit_events::find_all(conn, &ids)?;
    Ok(memberships
        .into_iter()
        .map(|(source, id)| Cause::new(source, id, events.get(id)))
        .collect())
}

impl Cause {
    /// Puts an event into words; one that a retention removed is named by its id alone.
    fn new(source: MembershipSource, id: &str, event: Option<&AuditEvent>) -> Self {
        let event = event.map(|row| &row.event);
        let kind = event.map(|event| event.kind.as_str()).unwrap_or_default();
        let by = event.map_or("somebody", |event| event.actor.name.as_str());
        let text = match source {
            MembershipSource::Direct => format!("added by {by}"),
            MembershipSource::Rule => format!("matches the group's rule since {kind} by {by}"),
            MembershipSource::ManualInclude => format!("put under Users to include by {by}"),
        };
        Self {
            event: kind.to_owned(),
            audit_id: id.to_owned(),
            text,
        }
    }
}
