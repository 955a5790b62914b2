//! Causes in words.

use chrono::DateTime;

use super::*;
use crate::domain::audit::{Actor, ActorKind, AuditObject, NewAuditEvent};
use crate::domain::samples;
use crate::domain::user::RuleAttribute;

fn event(kind: &str) -> AuditEvent {
    AuditEvent {
        id: 1,
        event: NewAuditEvent {
            public_id: "event-1".to_owned(),
            at: DateTime::UNIX_EPOCH,
            actor: Actor {
                kind: ActorKind::Administrator,
                id: "a".to_owned(),
                name: "maria".to_owned(),
            },
            kind: kind.to_owned(),
            object: AuditObject {
                kind: "user".to_owned(),
                id: "u".to_owned(),
                name: "jason".to_owned(),
            },
            before: None,
            after: None,
        },
        chain_id: "c".to_owned(),
        chain_seq: None,
        prev_hash: None,
        hash: None,
    }
}

fn text(source: Option<MembershipSource>, kind: &str, user: Option<&User>) -> String {
    let rule = samples::fl_technical_writers();
    let reason = Reason {
        source,
        event: "event-1",
        rule: user.map(|user| (&rule, user)),
    };
    Cause::new(&reason, Some(&event(kind))).text
}

#[test]
fn a34_c2_a_rule_names_the_conditions_that_the_user_meets_or_fails() {
    let writer = samples::user("ann");
    let writer = samples::with(writer, RuleAttribute::JobTitle, "Technical Writer 2");
    let here = samples::with(writer.clone(), RuleAttribute::Location, "Florida");
    let gone = samples::with(writer, RuleAttribute::Location, "Ohio");
    let rule = "Job Title equals “Technical Writer 2” or “Technical Writer 3” and Location equals \
                “Florida”";
    assert_eq!(
        text(Some(MembershipSource::Rule), "user.created", Some(&here)),
        format!("meets {rule}, since maria created the user")
    );
    assert_eq!(
        text(None, "user.updated", Some(&gone)),
        "Location is “Ohio”, but the rule says Location equals “Florida”, since maria changed the \
         user"
    );
    assert_eq!(
        text(Some(MembershipSource::Rule), "group.updated", None),
        "matches the group's rule, since maria saved the group"
    );
}

#[test]
fn a10_what_was_done_by_hand_names_who_did_it() {
    for (source, kind, expected) in [
        (
            MembershipSource::Direct,
            "group.member_added",
            "added by maria",
        ),
        (
            MembershipSource::Direct,
            "user.created",
            "kept from when the group was dynamic, since maria created the user",
        ),
        (
            MembershipSource::ManualInclude,
            "group.updated",
            "stands in Users to include, member since maria saved the group",
        ),
    ] {
        assert_eq!(text(Some(source), kind, None), expected);
    }
}
