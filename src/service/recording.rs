//! One message on its way through the checks, as the flight recorder will keep it. The checks write
//! their verdicts into it; what became of the message closes it.

use crate::domain::connector::Connector;
use crate::domain::exchange::{Exchange, ExchangeBinding, ExchangeOutcome, MessageType};
use crate::domain::verdict::Verdicts;
use crate::saml::inbound::InboundMessage;
use crate::saml::redaction::redacted;
use crate::service::environment::{Environment, new_public_id};
use crate::service::flight_recorder::MAX_PAYLOAD_BYTES;

/// A message of which it is not known yet what becomes of it.
#[derive(Debug)]
pub struct Recording {
    message: MessageType,
    pub binding: ExchangeBinding,
    is_ours: bool,
    pub verdicts: Verdicts,
    pub message_id: Option<String>,
    pub in_response_to: Option<String>,
    pub username: Option<String>,
    document: Option<String>,
}

impl Recording {
    /// One that came in.
    pub fn received(env: &Environment, message: MessageType, inbound: &InboundMessage) -> Self {
        Self::received_by(env, message, (inbound.binding.into(), &inbound.xml))
    }

    /// One that came in by a binding, as octets.
    pub fn received_by(
        env: &Environment,
        message: MessageType,
        (binding, xml): (ExchangeBinding, &[u8]),
    ) -> Self {
        let document = env
            .recorder
            .wants_any_payload()
            .then(|| String::from_utf8_lossy(xml).into_owned());
        Self {
            document,
            is_ours: false,
            ..Self::sent(message, binding)
        }
    }

    /// One that is to go out.
    pub fn sent(message: MessageType, binding: ExchangeBinding) -> Self {
        Self {
            message,
            binding,
            is_ours: true,
            verdicts: Verdicts::default(),
            message_id: None,
            in_response_to: None,
            username: None,
            document: None,
        }
    }

    /// The document that goes out, without that by which it could be used.
    pub fn document(&mut self, env: &Environment, connector: &Connector, xml: &str) {
        if env.recorder.wants_payload(connector.id, env.now()) {
            self.document = Some(redacted(xml));
        }
    }

    /// Hands it to the flight recorder. A message that no check refused, and that came to nothing all
    /// the same, met a failure of ours: there is no verdict on it, and nothing is kept.
    pub fn close(self, env: &Environment, connector: &Connector, is_done: bool) {
        let outcome = match (self.verdicts.failed().is_some(), is_done, self.is_ours) {
            (true, _, _) => ExchangeOutcome::Refused,
            (false, true, true) => ExchangeOutcome::Sent,
            (false, true, false) => ExchangeOutcome::Accepted,
            (false, false, _) => return,
        };
        let now = env.now();
        let wanted = env.recorder.wants_payload(connector.id, now);
        let exchange = Exchange {
            id: new_public_id(),
            at: now,
            message: self.message,
            outcome,
            binding: self.binding,
            message_id: self.message_id,
            in_response_to: self.in_response_to,
            username: self.username,
            verdicts: self.verdicts,
            payload: self.document.filter(|_| wanted).map(cut),
        };
        env.recorder.keep(connector.id, exchange);
    }
}

/// Not more of a document than is kept.
fn cut(mut document: String) -> String {
    if document.len() > MAX_PAYLOAD_BYTES {
        document.truncate(document.floor_char_boundary(MAX_PAYLOAD_BYTES));
    }
    document
}
