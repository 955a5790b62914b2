//! An exchange as one JSON text: what nobody searches by. Unknown fields are refused, so that a row of
//! a later version is told and not misread.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::exchange::{Exchange, ExchangeBinding, ExchangeOutcome, MessageType};
use crate::domain::verdict::{Check, Finding, Verdict};

/// The text that is stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct ExchangeDocument {
    message: String,
    outcome: String,
    binding: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_response_to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// Check, finding, detail.
    verdicts: Vec<(String, String, String)>,
}

impl ExchangeDocument {
    pub(in crate::store) fn of(exchange: &Exchange) -> Self {
        let verdicts = exchange.verdicts.as_slice().iter().map(|one| {
            (
                one.check.as_str().to_owned(),
                one.finding.as_str().to_owned(),
                one.detail.clone().into_owned(),
            )
        });
        Self {
            message: exchange.message.as_str().to_owned(),
            outcome: exchange.outcome.as_str().to_owned(),
            binding: exchange.binding.as_str().to_owned(),
            message_id: exchange.message_id.clone(),
            in_response_to: exchange.in_response_to.clone(),
            username: exchange.username.clone(),
            verdicts: verdicts.collect(),
        }
    }

    /// Fills what the columns do not hold; `None`: a word without a meaning.
    pub(in crate::store) fn into_exchange(self, columns: Columns) -> Option<Exchange> {
        let verdicts: Option<Vec<Verdict>> = self
            .verdicts
            .into_iter()
            .map(|(check, finding, detail)| {
                Some(Verdict {
                    check: Check::parse(&check)?,
                    finding: Finding::parse(&finding)?,
                    detail: Cow::Owned(detail),
                })
            })
            .collect();
        Some(Exchange {
            id: columns.id,
            at: columns.at,
            message: MessageType::parse(&self.message)?,
            outcome: ExchangeOutcome::parse(&self.outcome)?,
            binding: ExchangeBinding::parse(&self.binding)?,
            message_id: self.message_id,
            in_response_to: self.in_response_to,
            username: self.username,
            verdicts: verdicts?.into(),
            payload: columns.payload,
        })
    }
}

/// What stands in columns of its own.
pub(in crate::store) struct Columns {
    pub id: crate::domain::ids::PublicId,
    pub at: chrono::DateTime<chrono::Utc>,
    pub payload: Option<String>,
}
