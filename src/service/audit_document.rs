//! An audit event as it leaves the house: one JSON document, the same for REST, files and receivers, and one line of
//! CEF for those who read that. The salts that hide what was erased are no part of either.

use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::domain::audit::AuditEvent;

/// An audit event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub struct EventJson {
    id: String,
    at: String,
    actor: PartyJson,
    /// `user.created`, `group.member_added`, `assertion.issued` and so on.
    kind: String,
    object: PartyJson,
    #[schema(value_type = Option<serde_json::Value>)]
    before: Option<Box<RawValue>>,
    #[schema(value_type = Option<serde_json::Value>)]
    after: Option<Box<RawValue>>,
    chain: LinkJson,
}

/// Who acted, or what it was done to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditParty)]
struct PartyJson {
    kind: String,
    id: String,
    name: String,
}

/// The place in a hash chain; `null` until the event is linked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditLink)]
struct LinkJson {
    id: String,
    sequence: Option<i64>,
    previous_hash: Option<String>,
    hash: Option<String>,
}

impl EventJson {
    /// The event as JSON; a text of the audit that is none is a broken row.
    pub fn new(stored: AuditEvent) -> Result<Self, serde_json::Error> {
        let event = stored.event;
        let raw = |text: Option<String>| text.map(RawValue::from_string).transpose();
        Ok(Self {
            id: event.public_id,
            at: event.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            actor: PartyJson {
                kind: event.actor.kind.as_str().to_owned(),
                id: event.actor.id,
                name: event.actor.name,
            },
            kind: event.kind,
            object: PartyJson {
                kind: event.object.kind,
                id: event.object.id,
                name: event.object.name,
            },
            before: raw(event.before)?,
            after: raw(event.after)?,
            chain: LinkJson {
                id: stored.chain_id,
                sequence: stored.chain_seq,
                previous_hash: stored.prev_hash,
                hash: stored.hash,
            },
        })
    }
}

/// How events are written, one a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    #[default]
    JsonLines,
    /// ArcSight Common Event Format, version 0.
    Cef,
}

impl Format {
    /// Reads the spelling of settings and commands.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "jsonl" => Some(Self::JsonLines),
            "cef" => Some(Self::Cef),
            _ => None,
        }
    }

    /// The media type of many lines.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::JsonLines => "application/x-ndjson",
            Self::Cef => "text/plain; charset=utf-8",
        }
    }

    /// One event as a line, without its end.
    pub fn line(self, event: AuditEvent) -> Result<String, serde_json::Error> {
        match self {
            Self::JsonLines => serde_json::to_string(&EventJson::new(event)?),
            Self::Cef => Ok(cef(&event)),
        }
    }
}

/// The keys are those of the CEF dictionary; what it has no word for stands in its custom strings.
fn cef(stored: &AuditEvent) -> String {
    let event = &stored.event;
    let place = match (stored.chain_seq, &stored.hash) {
        (Some(seq), Some(hash)) => format!("{} {seq} {hash}", stored.chain_id),
        _ => String::new(),
    };
    let fields = [
        ("rt", event.at.timestamp_millis().to_string()),
        ("externalId", event.public_id.clone()),
        ("sourceServiceName", event.actor.kind.as_str().to_owned()),
        ("suid", event.actor.id.clone()),
        ("suser", event.actor.name.clone()),
        ("act", event.kind.clone()),
        ("destinationServiceName", event.object.kind.clone()),
        ("duid", event.object.id.clone()),
        ("duser", event.object.name.clone()),
        ("cs1Label", "before".to_owned()),
        ("cs1", event.before.clone().unwrap_or_default()),
        ("cs2Label", "after".to_owned()),
        ("cs2", event.after.clone().unwrap_or_default()),
        ("cs3Label", "chain".to_owned()),
        ("cs3", place),
    ];
    let extension = fields.map(|(key, value)| format!("{key}={}", escaped(&value, '=')));
    let version = env!("CARGO_PKG_VERSION");
    let kind = escaped(&event.kind, '|');
    let severity = severity(&event.kind);
    let extension = extension.join(" ");
    format!("CEF:0|Vestibule|Vestibule|{version}|{kind}|{kind}|{severity}|{extension}")
}

/// From 0 to 10: what was refused is worth a look, what takes something away too.
fn severity(kind: &str) -> u8 {
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    if has(&["refused", "denied", "failed"]) {
        6
    } else if has(&["deleted", "removed", "suspended", "retired", "erased"]) {
        5
    } else {
        3
    }
}

/// A value cannot end its field, its line or itself: names are what strangers chose.
fn escaped(value: &str, special: char) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            other if other == special => text.extend(['\\', other]),
            other if other.is_control() => text.push(' '),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests;
