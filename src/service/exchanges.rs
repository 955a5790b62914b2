//! What the flight recorder shows of an application, and the switch by which its documents are
//! recorded for a while.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::domain::audit::Actor;
use crate::domain::connector::Connector;
use crate::domain::exchange::Exchange;
use crate::domain::ids::PublicId;
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Trail, object_of_connector};
use crate::service::connectors::find;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::flight_recorder::flush;
use crate::store::{exchanges, payload_recordings};

/// Documents are recorded for this long at most, in minutes.
pub const LONGEST_MINUTES: i64 = 60;

/// For how long documents are to be recorded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordingDraft {
    pub minutes: Option<i64>,
}

/// An application with what was exchanged with it.
#[derive(Debug)]
pub struct FlightLog {
    pub connector: Connector,
    /// Newest first.
    pub exchanges: Vec<Exchange>,
    /// Until when its documents are recorded.
    pub recorded_until: Option<DateTime<Utc>>,
}

/// Everything that is kept of an application.
pub fn list(env: &Environment, id: &str) -> Result<FlightLog, ServiceError> {
    // What this node still holds belongs to it; that it could not be written is no reason to show
    // nothing.
    if let Err(error) = flush(env) {
        tracing::warn!(%error, "the flight recorder could not be written");
    }
    let (id, now) = (PublicId::new(id), env.now());
    env.store.read(|conn| -> Result<_, ServiceError> {
        let connector = find(conn, &id)?;
        Ok(FlightLog {
            exchanges: exchanges::list(conn, connector.id)?,
            recorded_until: payload_recordings::ends_at(conn, connector.id, now)?,
            connector,
        })
    })
}

/// Records documents of an application from now on, for a limited time; gives its end.
pub fn start_recording(
    env: &Environment,
    actor: &Actor,
    (id, draft): (&str, &RecordingDraft),
) -> Result<DateTime<Utc>, ServiceError> {
    let minutes = draft
        .minutes
        .filter(|minutes| (1..=LONGEST_MINUTES).contains(minutes));
    let Some(minutes) = minutes else {
        let detail = "Payloads are recorded for 1 to 60 minutes.";
        return Err(ServiceError::Invalid(vec![Violation::new(
            "/minutes", detail,
        )]));
    };
    let (id, trail) = (PublicId::new(id), Trail::new(env, actor));
    let ends_at = trail.at() + TimeDelta::minutes(minutes);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let connector = find(conn, &id)?;
        payload_recordings::keep(conn, connector.id, ends_at)?;
        let named = object_of_connector(&connector);
        let after = serde_json::json!({ "until": ends_at }).to_string();
        let texts = (None, Some(after));
        trail.write(conn, "connector.payload_recording_started", named, texts)?;
        Ok(())
    })?;
    flush(env)?;
    Ok(ends_at)
}

/// Records no more, and forgets the documents that were recorded.
pub fn stop_recording(env: &Environment, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    let (id, trail) = (PublicId::new(id), Trail::new(env, actor));
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let connector = find(conn, &id)?;
        exchanges::forget_payloads(conn, connector.id)?;
        if payload_recordings::remove(conn, connector.id)? {
            let named = object_of_connector(&connector);
            let kind = "connector.payload_recording_ended";
            trail.write(conn, kind, named, (None, None))?;
        }
        Ok(())
    })?;
    flush(env)
}
