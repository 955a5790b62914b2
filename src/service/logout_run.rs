//! A logout on its way: what its page shows, and the requests that its frames carry to the
//! applications.

use chrono::TimeDelta;

use crate::domain::logout::ParticipantState;
use crate::saml::inbound::MessageKind;
use crate::saml::logout_writer::{LogoutRequestInput, write_request};
use crate::saml::slo_choice;
use crate::service::delivery;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::logout::{LogoutError, LogoutStep};
use crate::service::logout_participants as participants;
use crate::service::logout_result::conclude;
use crate::service::logout_view::{Progress, find};
use crate::service::secrets::new_xml_id;
use crate::service::sign_on::Browser;
use crate::store::logout_participants;

/// A LogoutRequest of ours is good for this long: it goes out at once.
const REQUEST_HOLDS: TimeDelta = TimeDelta::minutes(5);

/// A logout as it stands.
#[derive(Debug)]
pub enum Look {
    Running(Progress),
    /// The browser goes on.
    Over(LogoutStep),
}

/// The page of a logout; once it is over, its result goes to whoever asked.
pub fn look(env: &Environment, browser: &Browser, id: &str) -> Result<Look, LogoutError> {
    let seen = find(env, browser, id)?;
    if seen.is_over(env) {
        return Ok(Look::Over(conclude(env, &seen)?));
    }
    Ok(Look::Running(seen.progress(env)))
}

/// The same without an end, for the page's script.
pub fn progress(env: &Environment, browser: &Browser, id: &str) -> Result<Progress, LogoutError> {
    Ok(find(env, browser, id)?.progress(env))
}

/// The next step of a frame: the request for one application, or what it answered before.
pub fn tell(
    env: &Environment,
    browser: &Browser,
    (id, place): (&str, i64),
) -> Result<LogoutStep, LogoutError> {
    let seen = find(env, browser, id)?;
    let found = seen
        .participants
        .into_iter()
        .find(|(participant, _)| participant.place == place);
    let (participant, connector) = found.ok_or(LogoutError::NotFound)?;
    let noted = |state| LogoutStep::Noted {
        application: connector.settings.name.clone(),
        state,
    };
    let Some(target) = slo_choice::for_request(&connector.settings.slo) else {
        return Ok(noted(ParticipantState::Unreachable));
    };
    let request_id = new_xml_id().map_err(ServiceError::from)?;
    let (logout, asked) = (id.to_owned(), request_id.clone());
    let is_asked = env.store.write(move |conn| -> Result<_, ServiceError> {
        Ok(logout_participants::ask(conn, (&logout, place), &asked)?)
    })?;
    if !is_asked {
        return Ok(noted(participant.state));
    }
    let issued = &participant.assertion;
    let session_indexes = env
        .store
        .read(|conn| participants::session_indexes(conn, issued))?;
    let now = env.now();
    let message = write_request(&LogoutRequestInput {
        id: &request_id,
        issuer: &env.settings.entity_id,
        destination: target.url,
        issued_at: now,
        not_on_or_after: now + REQUEST_HOLDS,
        name_id: &participants::name_id(issued),
        session_indexes: &session_indexes,
    })
    .map_err(ServiceError::from)?;
    let message = (MessageKind::Request, &message);
    let delivery = delivery::signed(env, &connector, message, (target, None), None)?;
    Ok(LogoutStep::Deliver(delivery))
}
