//! `/audit`: who did what, newest first, each event with its place in the hash chain.

use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::domain::audit::AuditEvent;
use crate::service::audit;
use crate::service::listing::Page;
use crate::web::access::{Call, List};
use crate::web::api::{answer, shapes};
use crate::web::problem::Problem;

/// What the audit can be narrowed to: ids of actor and object, kinds, a span of time (RFC 3339).
pub const FILTERS: &[&str] = &["actor", "object", "objectKind", "kind", "from", "to"];

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
        let kind = event.actor.kind.as_str().to_owned();
        Ok(Self {
            id: event.public_id,
            at: shapes::instant(event.at),
            actor: PartyJson {
                kind,
                id: event.actor.id,
                name: event.actor.name,
            },
            kind: event.kind,
            object: PartyJson {
                kind: event.object.kind,
                id: event.object.id,
                name: event.object.name,
            },
            before: shapes::raw(event.before)?,
            after: shapes::raw(event.after)?,
            chain: LinkJson {
                id: stored.chain_id,
                sequence: stored.chain_seq,
                previous_hash: stored.prev_hash,
                hash: stored.hash,
            },
        })
    }
}

/// `GET /audit`
pub async fn list(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let page = call.run(move |env, _| audit::list(env, &query)).await?;
    let (next, total) = (page.next, page.total);
    let items: Result<Vec<EventJson>, _> = page.items.into_iter().map(EventJson::new).collect();
    // The audit writes JSON only; anything else is a broken row.
    let items = items.map_err(|_broken_row| Problem::internal())?;
    answer::page(Page { items, next, total })
}
