//! `/connectors/{id}/exchanges`: what the flight recorder keeps of an application; the switch of its
//! documents; and the check of a message that somebody pastes.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::exchange::{Exchange, MessageType};
use crate::domain::verdict::Verdicts;
use crate::service::exchanges::{self, RecordingDraft};
use crate::service::message_check::{self, CheckedMessage};
use crate::web::access::{Call, List};
use crate::web::api::{answer, shapes};
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// Exact filters of the list.
pub const FILTERS: &[&str] = &[
    "message",
    "outcome",
    "messageId",
    "inResponseTo",
    "username",
];

/// One message with what was found of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Exchange)]
pub struct ExchangeJson {
    id: String,
    at: String,
    /// `AuthnRequest`, `Response`, `LogoutRequest` or `LogoutResponse`.
    message: &'static str,
    /// `ACCEPTED`, `SENT` or `REFUSED`.
    outcome: &'static str,
    binding: &'static str,
    message_id: Option<String>,
    in_response_to: Option<String>,
    username: Option<String>,
    verdicts: Vec<VerdictJson>,
    /// The document, if documents were recorded.
    payload: Option<String>,
}

/// How one check came out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verdict)]
pub struct VerdictJson {
    /// `SIGNATURE`, `DESTINATION` and so on.
    check: &'static str,
    /// `PASSED`, `FAILED` or `NOT_USED`.
    finding: &'static str,
    detail: String,
}

/// Until when documents are recorded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayloadRecording)]
pub struct RecordingJson {
    /// Null: they are not.
    until: Option<String>,
}

/// What was found of a pasted message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessageCheck)]
pub struct MessageCheckJson {
    /// Null: it is no message.
    message: Option<&'static str>,
    /// Whether no check failed.
    is_good: bool,
    verdicts: Vec<VerdictJson>,
    /// The document, as it was read.
    xml: String,
}

/// A text to check.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageText {
    message: String,
}

fn verdicts(verdicts: Verdicts) -> Vec<VerdictJson> {
    let each = verdicts.into_vec().into_iter().map(|one| VerdictJson {
        check: one.check.as_str(),
        finding: one.finding.as_str(),
        detail: one.detail.into_owned(),
    });
    each.collect()
}

impl From<Exchange> for ExchangeJson {
    fn from(one: Exchange) -> Self {
        Self {
            id: one.id.as_str().to_owned(),
            at: shapes::instant(one.at),
            message: one.message.as_str(),
            outcome: one.outcome.as_str(),
            binding: one.binding.as_str(),
            message_id: one.message_id,
            in_response_to: one.in_response_to,
            username: one.username,
            verdicts: verdicts(one.verdicts),
            payload: one.payload,
        }
    }
}

impl From<CheckedMessage> for MessageCheckJson {
    fn from(checked: CheckedMessage) -> Self {
        Self {
            message: checked.message.map(MessageType::as_str),
            is_good: checked.is_good(),
            verdicts: verdicts(checked.verdicts),
            xml: checked.xml,
        }
    }
}

/// `GET /connectors/{id}/exchanges`
pub async fn list(
    call: Call,
    id: Path<String>,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    let log = call.run(move |env, _| exchanges::list(env, &id)).await?;
    let items = log.exchanges.into_iter().map(ExchangeJson::from).collect();
    answer::page_of_whole(items, &query)
}

/// `GET /connectors/{id}/payload-recording`
pub async fn recording(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let log = call.run(move |env, _| exchanges::list(env, &id)).await?;
    answer::ok(&RecordingJson {
        until: log.recorded_until.map(shapes::instant),
    })
}

/// `PUT /connectors/{id}/payload-recording`
pub async fn start_recording(
    call: Call,
    id: Path<String>,
    body: JsonBody<RecordingDraft>,
) -> Result<HttpResponse, Problem> {
    let start =
        move |env: &_, actor: &_| exchanges::start_recording(env, actor, (&id, &body.value));
    let until = call.run(start).await?;
    answer::ok(&RecordingJson {
        until: Some(shapes::instant(until)),
    })
}

/// `DELETE /connectors/{id}/payload-recording`
pub async fn stop_recording(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    call.run(move |env, actor| exchanges::stop_recording(env, actor, &id))
        .await?;
    Ok(answer::nothing())
}

/// `POST /connectors/{id}/check`
pub async fn check(
    call: Call,
    id: Path<String>,
    body: JsonBody<MessageText>,
) -> Result<HttpResponse, Problem> {
    let check = move |env: &_, _: &_| message_check::check(env, &id, &body.value.message);
    answer::ok(&MessageCheckJson::from(call.run(check).await?))
}
