//! The event behind a membership, in words (rules A10, C2).

use crate::domain::membership::MembershipSource;
use crate::store::memberships::CauseRow;

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

impl Cause {
    /// Puts the stored event into words.
    pub fn new(source: MembershipSource, row: CauseRow) -> Self {
        let by = if row.actor_name.is_empty() { "the system" } else { &row.actor_name };
        let text = match source {
            MembershipSource::Direct => format!("added by {by}"),
            MembershipSource::Rule => format!("matched the group's rule, after {} by {by}", row.event),
            MembershipSource::ManualInclude => format!("listed under Users to include by {by}"),
        };
        Self { event: row.event, audit_id: row.audit_id, text }
    }
}
