//! Audit events as pages list them: who did what to what, and what it changed. `events.html` draws a
//! list of [`Event`]; which events a page shows is the page's matter.

use chrono::{DateTime, Utc};

use crate::domain::audit::{ActorKind, AuditEvent, AuditObject};
use crate::web::console::difference::{self, Change};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: DateTime<Utc>,
    /// What happened, or the kind itself if there are no words for it.
    pub what: String,
    /// The name of who did it; empty for who has none.
    pub actor: String,
    /// The kind of who did it.
    pub actor_kind: &'static str,
    /// The name of what it was done to.
    pub object: String,
    /// Path of its page, if it has one.
    pub page: Option<String>,
    pub changes: Vec<Change>,
}

/// Kind of the event, and what it means.
const MEANINGS: &[(&str, &str)] = &[
    ("key.rewrapped", "Sealed under the next master key"),
    ("audit.removed", "Old audit events removed"),
    ("user.created", "User created"),
    ("user.updated", "User changed"),
    ("user.deleted", "User deleted"),
    ("user.password_set", "Password set"),
    ("user.invited", "Invitation sent"),
    ("user.reset_link_made", "Reset link sent"),
    ("user.exported", "Personal data exported"),
    ("user.erased", "Person erased"),
    ("user.sessions_ended", "Sessions ended"),
    ("user.memberships_repaired", "Memberships repaired"),
    ("group.created", "Group created"),
    ("group.updated", "Group changed"),
    ("group.deleted", "Group deleted"),
    ("group.member_added", "Member added"),
    ("group.member_removed", "Member removed"),
    ("group.attribute_added", "Attribute added"),
    ("group.attribute_updated", "Attribute changed"),
    ("group.attribute_deleted", "Attribute deleted"),
    ("group.suggestions_accepted", "Suggestions accepted"),
    ("group.suggestions_rejected", "Suggestions rejected"),
    ("connector.created", "Application created"),
    ("connector.updated", "Application changed"),
    (
        "connector.metadata_updated",
        "Application updated from its metadata",
    ),
    ("metadata.fetched", "Metadata fetched"),
    ("connector.deleted", "Application deleted"),
    ("connector.group_bound", "Group bound"),
    ("connector.group_unbound", "Group unbound"),
    (
        "connector.payload_recording_started",
        "Recording of documents started",
    ),
    (
        "connector.payload_recording_ended",
        "Recording of documents ended",
    ),
    ("administrator.created", "Administrator created"),
    ("administrator.deleted", "Administrator deleted"),
    ("administrator.role_set", "Role changed"),
    (
        "account.reset_link_mailed",
        "Reset link mailed on the person's wish",
    ),
    (
        "administrator.reset_link_made",
        "Reset link made on the terminal",
    ),
    ("account.password_set", "Password set by link"),
    ("account.factor_added", "Second factor set up"),
    ("account.factor_ended", "Second factor removed"),
    ("account.factors_reset", "Second factors reset"),
    ("account.recovery_codes_made", "Recovery codes made"),
    ("account.device_forgotten", "Browser forgotten"),
    ("token.created", "API token created"),
    ("token.deleted", "API token deleted"),
    ("key.created", "Signing key created"),
    ("key.activated", "Signing key activated"),
    ("key.retired", "Signing key retired"),
    ("key.scheduled", "Switch to a signing key scheduled"),
    (
        "key.connector_switched",
        "Application switched to a signing key",
    ),
    (
        "key.connector_follows",
        "Application switches keys with all others",
    ),
    ("settings.updated", "Settings changed"),
    ("session.started", "Signed in"),
    ("session.ended", "Signed out"),
    ("logout.requested", "Sign-out asked by application"),
    ("logout.answered", "Sign-out answered by application"),
    ("logout.finished", "Sign-out finished"),
    ("sign_in.refused", "Sign-in refused"),
    ("sign_on.denied", "Access denied"),
    ("sign_on.failed", "Sign-on failed"),
    ("assertion.issued", "Signed on"),
];

/// Folder below `/admin` of what has a page.
const PAGES: &[(&str, &str)] = &[
    ("user", "users"),
    ("group", "groups"),
    ("connector", "connectors"),
    ("administrator", "administrators"),
    ("key", "keys"),
];

/// Events in their order.
pub fn shown(events: Vec<AuditEvent>) -> Vec<Event> {
    events.into_iter().map(Event::from).collect()
}

/// Every kind that has words, for a choice of kinds.
pub fn meanings() -> impl Iterator<Item = (&'static str, &'static str)> {
    MEANINGS.iter().copied()
}

impl From<AuditEvent> for Event {
    fn from(event: AuditEvent) -> Self {
        let event = event.event;
        let changes = difference::between(event.before.as_deref(), event.after.as_deref());
        Self {
            at: event.at,
            what: meaning(&event.kind).to_owned(),
            actor_kind: kind_label(event.actor.kind),
            actor: event.actor.name,
            page: page(&event.object),
            object: event.object.name,
            changes,
        }
    }
}

fn meaning(kind: &str) -> &str {
    let known = MEANINGS.iter().find(|(known, _)| *known == kind);
    known.map_or(kind, |(_, meaning)| meaning)
}

/// What is deleted has an address all the same, which says that it is gone.
fn page(object: &AuditObject) -> Option<String> {
    let (_, folder) = PAGES.iter().find(|(kind, _)| *kind == object.kind)?;
    (!object.id.is_empty()).then(|| format!("/admin/{folder}/{}", object.id))
}

/// The words for who did it.
pub const fn kind_label(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::User => "User",
        ActorKind::Administrator => "Administrator",
        ActorKind::ApiToken => "API token",
        ActorKind::Terminal => "Terminal",
        ActorKind::System => "System",
        ActorKind::Stranger => "Stranger",
    }
}

#[cfg(test)]
mod tests;
