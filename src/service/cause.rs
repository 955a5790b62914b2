//! The event behind a membership or a suggestion, in words (rules A10, A34, C2), with the
//! conditions of the rule that the user meets or fails.

use crate::domain::audit::AuditEvent;
use crate::domain::membership::MembershipSource;
use crate::domain::membership_rule::MembershipRule;
use crate::domain::user::User;
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

/// What is to be put into words.
#[derive(Debug, Clone, Copy)]
pub struct Reason<'a> {
    /// `None`: a suggestion, which is made by the rule alone.
    pub source: Option<MembershipSource>,
    /// Public id of the audit event.
    pub event: &'a str,
    /// The group's rule and the user, where they are at hand.
    pub rule: Option<(&'a MembershipRule, &'a User)>,
}

/// The causes of memberships or suggestions, in their order.
pub fn find_all(conn: &mut DbConnection, reasons: &[Reason<'_>]) -> Result<Vec<Cause>, StoreError> {
    let ids: Vec<&str> = reasons.iter().map(|reason| reason.event).collect();
    let events = audit_events::find_all(conn, &ids)?;
    Ok(reasons
        .iter()
        .map(|reason| Cause::new(reason, events.get(reason.event)))
        .collect())
}

impl Cause {
    /// Puts a reason into words; an event that a retention removed is named by its id alone.
    fn new(reason: &Reason<'_>, event: Option<&AuditEvent>) -> Self {
        let event = event.map(|row| &row.event);
        let kind = event.map(|event| event.kind.as_str()).unwrap_or_default();
        let by = event.map_or("somebody", |event| event.actor.name.as_str());
        let text = match reason.source {
            Some(MembershipSource::Direct) if kind == ADDED => format!("added by {by}"),
            // What a rule gave stays when the group is made static (rule A51).
            Some(MembershipSource::Direct) => {
                format!("kept from when the group was dynamic, {}", since(kind, by))
            }
            Some(MembershipSource::ManualInclude) => {
                format!("stands in Users to include, member {}", since(kind, by))
            }
            Some(MembershipSource::Rule) | None => {
                format!("{}, {}", conditions(reason.rule), since(kind, by))
            }
        };
        Self {
            event: kind.to_owned(),
            audit_id: reason.event.to_owned(),
            text,
        }
    }
}

const ADDED: &str = "group.member_added";

/// The conditions that the user meets, or those that fail.
fn conditions(rule: Option<(&MembershipRule, &User)>) -> String {
    match rule {
        None => "matches the group's rule".to_owned(),
        Some((rule, user)) if rule.matches(user) => format!("meets {}", rule.explain(user)),
        Some((rule, user)) => rule.explain(user),
    }
}

fn since(kind: &str, by: &str) -> String {
    match kind {
        "user.created" => format!("since {by} created the user"),
        "user.updated" => format!("since {by} changed the user"),
        "group.created" => format!("since {by} created the group"),
        "group.updated" => format!("since {by} saved the group"),
        ADDED => format!("since {by} added the user"),
        "group.suggestions_accepted" => format!("since {by} accepted the suggestion"),
        "" => "since an event that is no longer kept".to_owned(),
        other => format!("since {other} by {by}"),
    }
}

#[cfg(test)]
mod tests;
