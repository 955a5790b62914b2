//! A logout as it stands, read at one snapshot, for the browser that it is bound to. Nothing that is
//! not known is shown as done.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use url::Url;

use crate::domain::connector::Connector;
use crate::domain::logout::{ParticipantState, is_over};
use crate::saml::slo_choice;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::logout::LogoutError;
use crate::service::secrets::token_hash;
use crate::service::sign_on::Browser;
use crate::store::connection::DbConnection;
use crate::store::connectors;
use crate::store::logout_participants::{self, Participant};
use crate::store::logouts::{self, Logout};

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

/// What was read of a logout at one snapshot.
pub(in crate::service) struct Seen {
    pub logout: Logout,
    pub participants: Vec<(Participant, Connector)>,
    pub asker: Option<Connector>,
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

/// The logout of this id in this browser.
pub(in crate::service) fn find(
    env: &Environment,
    browser: &Browser,
    id: &str,
) -> Result<Seen, LogoutError> {
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
    /// Whether nothing more is waited for.
    pub fn is_over(&self, env: &Environment) -> bool {
        let states = self.participants.iter().map(|(one, _)| one.state);
        self.logout.finished_at.is_some() || is_over(states, (self.logout.began_at, env.now()))
    }

    /// What the page shows of it.
    pub fn progress(&self, env: &Environment) -> Progress {
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
