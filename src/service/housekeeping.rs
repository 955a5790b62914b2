//! Rows that nobody can use any more are removed every few minutes, by one node. Each kind goes in a
//! transaction of its own, so that a long one delays nothing else.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::service::brake;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::flight_recorder::{KEPT, PAYLOADS_KEPT};
use crate::service::lease::Lease;
use crate::service::recovery;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{
    exchanges, half_sign_ins, issued_assertions, logouts, mail_outbox, one_time_tokens,
    passkey_ceremonies, payload_recordings, pending_requests, remembered_devices, seen_requests,
    sessions, sign_in_failures, waiting_responses,
};

const LEASE: Duration = Duration::from_secs(120);
/// Mail that was sent can be looked at this long.
const SENT_MAIL: TimeDelta = TimeDelta::days(30);

type Sweep = fn(&mut DbConnection, DateTime<Utc>) -> Result<usize, StoreError>;

/// What is swept, by the name in the log.
const SWEEPS: [(&str, Sweep); 14] = [
    ("sessions", sessions::delete_expired),
    ("pending requests", pending_requests::delete_expired),
    ("seen requests", seen_requests::delete_expired),
    ("waiting responses", waiting_responses::delete_expired),
    // Kept a while, for they are counted.
    ("one-time tokens", |conn, now| {
        one_time_tokens::delete_expired(conn, now - recovery::COUNTED)
    }),
    ("passkey ceremonies", passkey_ceremonies::delete_expired),
    ("half sign-ins", half_sign_ins::delete_expired),
    ("remembered devices", remembered_devices::delete_expired),
    ("logouts", logouts::delete_expired),
    ("assertions", issued_assertions::delete_expired),
    ("sign-in failures", |conn, now| {
        sign_in_failures::delete_older(conn, now - brake::MEMORY)
    }),
    ("sent mail", |conn, now| {
        mail_outbox::delete_sent_before(conn, now - SENT_MAIL)
    }),
    ("exchanges", |conn, now| {
        exchanges::delete_older(conn, now - PAYLOADS_KEPT, now - KEPT)
    }),
    ("payload recordings", payload_recordings::delete_expired),
];

/// Sweeps once, unless another node is at it. Returns how many rows went.
pub fn sweep(env: &Environment) -> Result<usize, ServiceError> {
    let lease = Lease::new("housekeeping", LEASE);
    if !lease.take(env)? {
        return Ok(0);
    }
    let now = env.now();
    let mut all = 0;
    for (name, sweep) in SWEEPS {
        match env.store.write(move |conn| sweep(conn, now)) {
            Ok(0) => {}
            Ok(rows) => {
                all += rows;
                tracing::debug!(rows, name, "expired rows were removed");
            }
            // What is left this time goes the next.
            Err(error) => tracing::warn!(%error, name, "expired rows could not be removed"),
        }
    }
    lease.release(env)?;
    Ok(all)
}
