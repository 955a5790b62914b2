//! Lines that receivers read: nothing in a value ends a field or a line (QUIET-4XX).

use chrono::DateTime;

use crate::domain::audit::{Actor, ActorKind, AuditEvent, AuditObject, NewAuditEvent};
use crate::service::audit_document::Format;

fn event() -> AuditEvent {
    AuditEvent {
        id: 7,
        event: NewAuditEvent {
            public_id: "e-7".to_owned(),
            at: DateTime::UNIX_EPOCH,
            actor: Actor {
                kind: ActorKind::User,
                id: "u-1".to_owned(),
                name: "jason=root\nCEF:0|x".to_owned(),
            },
            kind: "sign_in.refused".to_owned(),
            object: AuditObject {
                kind: "user".to_owned(),
                id: String::new(),
                name: "back\\slash|pipe\u{7}".to_owned(),
            },
            before: None,
            after: Some("{\"a\":1.10}".to_owned()),
        },
        chain_id: "c".to_owned(),
        chain_seq: Some(3),
        prev_hash: Some("aa".to_owned()),
        hash: Some("bb".to_owned()),
    }
}

#[test]
fn a_json_line_keeps_the_digits_of_numbers() {
    let line = Format::JsonLines.line(event()).unwrap();
    assert_eq!(
        line,
        r#"{"id":"e-7","at":"1970-01-01T00:00:00.000Z","actor":{"kind":"USER","id":"u-1","name":"jason=root\nCEF:0|x"},"kind":"sign_in.refused","object":{"kind":"user","id":"","name":"back\\slash|pipe\u0007"},"before":null,"after":{"a":1.10},"chain":{"id":"c","sequence":3,"previousHash":"aa","hash":"bb"}}"#
    );
}

#[test]
fn quiet_4xx_a_line_of_cef_cannot_be_broken_by_a_name() {
    let line = Format::Cef.line(event()).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        line,
        format!(
            "CEF:0|Vestibule|Vestibule|{version}|sign_in.refused|sign_in.refused|6|rt=0 externalId=e-7 \
             sourceServiceName=USER suid=u-1 suser=jason\\=root\\nCEF:0|x act=sign_in.refused \
             destinationServiceName=user duid= duser=back\\\\slash|pipe  cs1Label=before cs1= cs2Label=after \
             cs2={{\"a\":1.10}} cs3Label=chain cs3=c 3 bb"
        )
    );
}
