//! A pasted message, checked against an application as if it had just arrived, without any effect:
//! only reads, by the same judgement as at the door. What a person decides, and what is consumed by an
//! answer, is not reached; whether an ID was used is looked up.

use crate::domain::connector::Connector;
use crate::domain::exchange::MessageType;
use crate::domain::ids::PublicId;
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::acs_choice::Carrier;
use crate::saml::gate::ExpectedMessage;
use crate::saml::inbound::InboundMessage;
use crate::saml::message::MessageError;
use crate::saml::pasted_message::{self, PastedMessage};
use crate::saml::{received_message, received_request};
use crate::service::connectors::find;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::judgement;
use crate::service::logout::LogoutFault;
use crate::service::logout_request::{Naming, named};
use crate::service::own_response;
use crate::service::sign_on::RequestFault;
use crate::store::{logout_participants, seen_requests};

/// What was found.
#[derive(Debug)]
pub struct CheckedMessage {
    pub connector: Connector,
    /// `None`: it is no message.
    pub message: Option<MessageType>,
    pub verdicts: Verdicts,
    /// The document, as it was read.
    pub xml: String,
}

impl CheckedMessage {
    /// Whether no check failed.
    pub fn is_good(&self) -> bool {
        self.verdicts.failed().is_none()
    }
}

/// Checks a text.
pub fn check(env: &Environment, id: &str, text: &str) -> Result<CheckedMessage, ServiceError> {
    let id = PublicId::new(id);
    let connector = env.store.read(|conn| find(conn, &id))?;
    let mut verdicts = Verdicts::default();
    let (message, xml) = match verdicts.take(Check::Shape, pasted_message::read(text)) {
        Err(_no_message) => (None, String::new()),
        Ok(pasted) => {
            verdicts = Verdicts::default();
            let xml = String::from_utf8_lossy(&pasted.inbound.xml).into_owned();
            let message = pasted.message;
            judge(env, &connector, pasted, &mut verdicts)?;
            (Some(message), xml)
        }
    };
    Ok(CheckedMessage {
        connector,
        message,
        verdicts,
        xml,
    })
}

fn judge(
    env: &Environment,
    connector: &Connector,
    pasted: PastedMessage,
    verdicts: &mut Verdicts,
) -> Result<(), ServiceError> {
    let PastedMessage { message, inbound } = pasted;
    match message {
        MessageType::Response => own_response::check(env, connector, &inbound, verdicts),
        MessageType::AuthnRequest => authn_request(env, connector, inbound, verdicts),
        MessageType::LogoutRequest => logout_request(env, connector, inbound, verdicts),
        MessageType::LogoutResponse => logout_response(env, connector, inbound, verdicts),
    }
}

fn authn_request(
    env: &Environment,
    connector: &Connector,
    inbound: InboundMessage,
    verdicts: &mut Verdicts,
) -> Result<(), ServiceError> {
    let Some(received) = taken_in(received_request::receive(inbound), verdicts) else {
        return Ok(());
    };
    if let Ok(request) =
        judgement::authn_request(env, connector, (received, Carrier::Browser), verdicts)
    {
        look_up_use(
            env,
            connector,
            (request.id(), &RequestFault::AnsweredElsewhere.to_string()),
            verdicts,
        )?;
    }
    Ok(())
}

fn logout_request(
    env: &Environment,
    connector: &Connector,
    inbound: InboundMessage,
    verdicts: &mut Verdicts,
) -> Result<(), ServiceError> {
    let Some(received) = taken_in(
        received_message::receive(inbound, ExpectedMessage::LogoutRequest),
        verdicts,
    ) else {
        return Ok(());
    };
    let Ok(request) = judgement::logout_request(env, connector, received, verdicts) else {
        return Ok(());
    };
    let Ok(principal) = named(&request, verdicts) else {
        return Ok(());
    };
    look_up_use(
        env,
        connector,
        (request.id(), &LogoutFault::UsedBefore.to_string()),
        verdicts,
    )?;
    let naming = Naming::new(env, principal, &request);
    let found = env.store.read(|conn| naming.families(conn, connector))?;
    match found {
        Some((_, families)) => {
            let sessions = families.len();
            verdicts.pass(
                Check::Principal,
                format!("It would end {sessions} of its sessions."),
            );
        }
        None => verdicts.fail(Check::Principal, Naming::UNKNOWN),
    }
    Ok(())
}

fn logout_response(
    env: &Environment,
    connector: &Connector,
    inbound: InboundMessage,
    verdicts: &mut Verdicts,
) -> Result<(), ServiceError> {
    let Some(received) = taken_in(
        received_message::receive(inbound, ExpectedMessage::LogoutResponse),
        verdicts,
    ) else {
        return Ok(());
    };
    let Ok(response) = judgement::logout_response(env, connector, received, verdicts) else {
        return Ok(());
    };
    verdicts.pass(Check::Status, response.state.as_str());
    let now = env.now();
    let asked = env.store.read(|conn| -> Result<_, ServiceError> {
        let question = &response.in_response_to;
        Ok(logout_participants::find_asked(conn, question, now)?)
    })?;
    match asked.filter(|asked| asked.connector == connector.id) {
        Some(_) => verdicts.pass(Check::InResponseTo, ""),
        None => verdicts.fail(Check::InResponseTo, LogoutFault::NotAsked.to_string()),
    }
    Ok(())
}

/// A message that passed the gate; at the door, too, only one that did not is told of it.
fn taken_in<T>(received: Result<T, MessageError>, verdicts: &mut Verdicts) -> Option<T> {
    received
        .map_err(|error| verdicts.fail(Check::Shape, error.to_string()))
        .ok()
}

/// Whether the ID was used before (FRESH-ONCE); it stays as it is.
fn look_up_use(
    env: &Environment,
    connector: &Connector,
    (request_id, used): (&str, &str),
    verdicts: &mut Verdicts,
) -> Result<(), ServiceError> {
    let is_seen = env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(seen_requests::is_seen(conn, connector.id, request_id)?)
    })?;
    if is_seen {
        verdicts.fail(Check::Replay, used.to_owned());
    } else {
        verdicts.pass(Check::Replay, "Its ID was not used yet.");
    }
    Ok(())
}
