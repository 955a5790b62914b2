//! `/reconciliations` and `/mail-outbox`: what the service does by itself, for those who look after
//! it.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::{nightly, outbox};
use crate::web::access::{Call, List};
use crate::web::api::{answer, shapes};
use crate::web::problem::Problem;

/// A run of the full recompute (rule A5).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Reconciliation)]
pub struct ReconciliationJson {
    id: String,
    /// `nightly` or `command`.
    cause: String,
    started_at: String,
    /// `null` while it runs, and for a run that was cut off.
    finished_at: Option<String>,
    /// Dynamic groups that were looked at.
    groups: i64,
    additions: i64,
    removals: i64,
}

/// A mail, sent or waiting.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Mail)]
pub struct MailJson {
    /// The Message-ID, the same on every attempt.
    id: String,
    recipient: String,
    subject: String,
    /// The plain part of a mail about a group; `null` for others, which may hold a one-time link.
    text: Option<String>,
    created_at: String,
    attempts: i64,
    /// When it is tried again; `null` once it was sent.
    next_attempt_at: Option<String>,
    sent_at: Option<String>,
    last_error: Option<String>,
}

/// `GET /reconciliations`
pub async fn reconciliations(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let page = call.run(move |env, _| nightly::list(env, &query)).await?;
    answer::page(page.map(|run| ReconciliationJson {
        id: run.public_id.as_str().to_owned(),
        cause: run.cause,
        started_at: shapes::instant(run.started_at),
        finished_at: run.finished_at.map(shapes::instant),
        groups: run.groups_checked,
        additions: run.additions,
        removals: run.removals,
    }))
}

/// `GET /mail-outbox`
pub async fn mail(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let page = call.run(move |env, _| outbox::list(env, &query)).await?;
    answer::page(page.map(|queued| MailJson {
        id: queued.mail.message_id,
        recipient: queued.mail.recipient,
        subject: queued.mail.subject,
        text: queued.mail.group.map(|_| queued.mail.text_body),
        created_at: shapes::instant(queued.mail.created_at),
        attempts: queued.attempts,
        next_attempt_at: match queued.sent_at {
            Some(_) => None,
            None => Some(shapes::instant(queued.mail.next_attempt_at)),
        },
        sent_at: queued.sent_at.map(shapes::instant),
        last_error: queued.last_error,
    }))
}
