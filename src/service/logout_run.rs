//! A logout on its way: what its page shows, the messages that its frames carry to the applications,
//! and its end. Nothing that is not known is told as done.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use url::Url;

use crate::domain::connector::Connector;
use crate::domain::logout::{ParticipantState, is_complete, is_over};
use crate::saml::inbound::MessageKind;
use crate::saml::logout_writer::{
    LogoutRequestInput, LogoutResponseInput, LogoutStatus, write_request, write_response,
};
use crate::saml::slo_choice;
use crate::service::audit_trail::{Trail, actor_of_user, object_of_user};
use crate::service::caller::stranger;
use crate::service::delivery;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::logout::{Begun, LogoutError, LogoutStep};
use crate::service::logout_participants as participants;
use crate::service::secrets::{new_xml_id, token_hash};
use crate::service::sign_on::Browser;
use crate::store::connection::DbConnection;
use crate::store::logout_participants::{self, Participant};
use crate::store::logouts::{self, Asker, Logout};
use crate::store::{connectors, users};

/// A LogoutRequest of ours is good for this long: it goes out at once.
const REQUEST_HOLDS: TimeDelta = TimeDelta::minutes(5);
/// The sign-in page tells the result of a logout for this long.
const RESULT_IS_NEWS: TimeDelta = TimeDelta::minutes(2);

/// What the page of a logout shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub applications: Vec<ApplicationState>,
    /// Where their frames lead: scheme, host and port of each, once.
    pub origins: Vec<String>,
    /// The application that asked and waits for its answer.
    pub asker: Option<String>,
    /// Nothing more is waited for.
    pub is_over: bool,
}

/// One application of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationState {
    pub place: i64,
    pub name: String,
    pub state: ParticipantState,
}

/// A logout as it stands.
#[derive(Debug)]
pub enum Look {
    Running(Progress),
    /// The browser goes on.
    Over(LogoutStep),
}

/// What was read of a logout at one snapshot.
struct Seen {
    logout: Logout,
    participants: Vec<(Participant, Connector)>,
    asker: Option<Connector>,
}

/// The page of a logout; once it is over, its result goes to whoever asked.
pub fn look(env: &Environment, browser: &Browser, id: &str) -> Result<Look, LogoutError> {
    let seen = find(env, browser, id)?;
    if seen.is_over(env) {
        return Ok(Look::Over(conclude(env, seen)?));
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
    let delivery = delivery::signed(env, &connector, message, (target, None))?;
    Ok(LogoutStep::Deliver(delivery))
}

/// What this browser's last logout could not find out, for the sign-in page.
pub fn last_result(env: &Environment, browser: &Browser) -> Result<Option<Progress>, ServiceError> {
    let Some(token) = &browser.pre_session else {
        return Ok(None);
    };
    let (hash, after) = (token_hash(token), env.now() - RESULT_IS_NEWS);
    let seen = env.store.read(|conn| -> Result<_, ServiceError> {
        match logouts::find_last_finished(conn, &hash, after)? {
            Some(logout) => see(conn, logout).map(Some),
            None => Ok(None),
        }
    })?;
    Ok(seen
        .map(|seen| seen.progress(env))
        .filter(|progress| !progress.applications.is_empty()))
}

/// The end of a logout that has nobody to wait for.
pub(in crate::service) fn settle(
    env: &Environment,
    begun: &Begun,
) -> Result<LogoutStep, LogoutError> {
    let browser = Browser {
        pre_session: Some(begun.pre_session.clone()),
        session: None,
    };
    conclude(env, find(env, &browser, &begun.id)?)
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
    let delivery = delivery::signed(env, &connector, message, on_the_way)?;
    Ok(LogoutStep::Deliver(delivery))
}

/// Settles the result once, and tells it to whoever asked as often as the page is loaded again.
fn conclude(env: &Environment, seen: Seen) -> Result<LogoutStep, LogoutError> {
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

fn find(env: &Environment, browser: &Browser, id: &str) -> Result<Seen, LogoutError> {
    let token = browser.pre_session.as_ref().ok_or(LogoutError::NotFound)?;
    let (hash, now) = (token_hash(token), env.now());
    let seen = env.store.read(|conn| -> Result<_, ServiceError> {
        match logouts::find(conn, (id, &hash), now)? {
            Some(logout) => see(conn, logout).map(Some),
            None => Ok(None),
        }
    })?;
    seen.ok_or(LogoutError::NotFound)
}

fn see(conn: &mut DbConnection, logout: Logout) -> Result<Seen, ServiceError> {
    let mut found = Vec::new();
    for participant in logout_participants::list(conn, &logout.id)? {
        let connector = connectors::find(conn, participant.assertion.connector)?;
        found.extend(connector.map(|connector| (participant, connector)));
    }
    let asker = match &logout.asker {
        Some(asker) => connectors::find(conn, asker.connector)?,
        None => None,
    };
    Ok(Seen {
        logout,
        participants: found,
        asker,
    })
}

impl Seen {
    fn is_over(&self, env: &Environment) -> bool {
        let states = self.participants.iter().map(|(one, _)| one.state);
        self.logout.finished_at.is_some() || is_over(states, (self.logout.began_at, env.now()))
    }

    fn progress(&self, env: &Environment) -> Progress {
        let applications = self.participants.iter().map(|(one, connector)| {
            let name = connector.settings.name.clone();
            ApplicationState {
                place: one.place,
                name,
                state: one.state,
            }
        });
        let targets = self
            .participants
            .iter()
            .filter_map(|(_, connector)| slo_choice::for_request(&connector.settings.slo));
        let origins: BTreeSet<String> = targets
            .filter_map(|target| Url::parse(target.url).ok())
            .map(|url| url.origin().ascii_serialization())
            .collect();
        Progress {
            applications: applications.collect(),
            origins: origins.into_iter().collect(),
            asker: self.asker.as_ref().map(|asker| asker.settings.name.clone()),
            is_over: self.is_over(env),
        }
    }
}
