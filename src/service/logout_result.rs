//! The end of a logout: its result is settled once, and told to the service provider that asked for
//! it. Nothing that is not known is told as done (SAML Core 3.7.3.2).

use crate::domain::connector::Connector;
use crate::domain::logout::{ParticipantState, is_complete};
use crate::saml::inbound::MessageKind;
use crate::saml::logout_writer::{LogoutResponseInput, LogoutStatus, write_response};
use crate::saml::slo_choice;
use crate::saml::urns::STATUS_REQUESTER;
use crate::service::audit_trail::{Trail, actor_of_user, object_of_user};
use crate::service::caller::stranger;
use crate::service::delivery;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::logout::{Begun, LogoutError, LogoutStep};
use crate::service::logout_view::{Seen, find};
use crate::service::secrets::new_xml_id;
use crate::service::sign_on::Browser;
use crate::store::logout_participants::Participant;
use crate::store::logouts::{self, Asker};
use crate::store::{connectors, users};

/// The end of a logout that has nobody to wait for.
pub(in crate::service) fn settle(
    env: &Environment,
    begun: &Begun,
) -> Result<LogoutStep, LogoutError> {
    let browser = Browser {
        pre_session: Some(begun.pre_session.clone()),
        ..Browser::default()
    };
    conclude(env, &find(env, &browser, &begun.id)?)
}

/// A LogoutResponse to the registered endpoint of whoever asked, whose request was verified.
pub(in crate::service) fn answer(
    env: &Environment,
    asker: &Asker,
    status: LogoutStatus,
) -> Result<LogoutStep, LogoutError> {
    let connector = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(connectors::find(conn, asker.connector)?) })?;
    let connector = connector.ok_or(LogoutError::NotFound)?;
    if let (STATUS_REQUESTER, _) = status.codes() {
        let (connector, why) = (&connector.settings.slug, status.message());
        tracing::info!(connector, why, "a logout request ended nothing");
    }
    let Some(target) = slo_choice::for_response(asker.binding, &connector.settings.slo) else {
        return Ok(LogoutStep::SignedOut);
    };
    let message = write_response(&LogoutResponseInput {
        id: &new_xml_id().map_err(ServiceError::from)?,
        issuer: &env.settings.entity_id,
        destination: target.url,
        in_response_to: &asker.request_id,
        issued_at: env.now(),
        status,
    })
    .map_err(ServiceError::from)?;
    let message = (MessageKind::Response, &message);
    let on_the_way = (target, asker.relay_state.as_deref());
    let answers = Some(asker.request_id.as_str());
    let delivery = delivery::signed(env, &connector, message, on_the_way, answers)?;
    Ok(LogoutStep::Deliver(delivery))
}

/// Settles the result once, and tells it to whoever asked as often as the page is loaded again.
pub(in crate::service) fn conclude(
    env: &Environment,
    seen: &Seen,
) -> Result<LogoutStep, LogoutError> {
    if seen.logout.finished_at.is_none() {
        let actorless = Trail::new(env, &stranger());
        let after = result_text(&seen.participants);
        let (id, user) = (seen.logout.id.clone(), seen.logout.user);
        env.store.write(move |conn| -> Result<_, ServiceError> {
            if logouts::finish(conn, &id, actorless.at())? {
                let user =
                    users::find(conn, user)?.ok_or(ServiceError::NotFound { what: "user" })?;
                let trail = actorless.by(&actor_of_user(&user));
                let texts = (None, Some(after.clone()));
                trail.write(conn, "logout.finished", object_of_user(&user), texts)?;
            }
            Ok(())
        })?;
    }
    let states = seen.participants.iter().map(|(one, _)| one.state);
    let status = if is_complete(states) {
        LogoutStatus::Success
    } else {
        LogoutStatus::PartialLogout
    };
    match &seen.logout.asker {
        Some(asker) => answer(env, asker, status),
        None => Ok(LogoutStep::SignedOut),
    }
}

fn result_text(participants: &[(Participant, Connector)]) -> String {
    let names = |is_confirmed: bool| -> Vec<&str> {
        participants
            .iter()
            .filter(|(one, _)| (one.state == ParticipantState::Confirmed) == is_confirmed)
            .map(|(_, connector)| connector.settings.name.as_str())
            .collect()
    };
    serde_json::json!({ "confirmed": names(true), "unconfirmed": names(false) }).to_string()
}
