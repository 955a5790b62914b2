//! What a monitoring system watches: numbers of this process since it was started, and of the
//! directory at the moment of asking. How they are written is the web's affair.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use crate::domain::ids::PublicId;
use crate::domain::signing_key::{KeyState, SigningKey};
use crate::service::audit_stream::{self, StreamState};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::flood::Flood;
use crate::service::signing_choice::keys_at;
use crate::service::sp_certificates::{SpCertificateView, last_ones};
use crate::store::connection::DbConnection;
use crate::store::connectors;
use crate::store::error::StoreError;
use crate::store::mail_outbox;
use crate::store::reconciliations::{self, Reconciliation};

/// What became of sign-ons in this process.
#[derive(Debug, Default)]
pub struct SignOnCounters {
    pub issued: Counter,
    /// The user may not open the application.
    pub denied: Counter,
    /// The request, or what is stored, lets no assertion be made.
    pub failed: Counter,
}

/// The certificate of the service's own TLS.
#[derive(Debug, Default)]
pub struct TlsCounters {
    pub renewed: Counter,
    /// New files that could not be used.
    pub refused: Counter,
    /// Seconds since 1970; 0: there is no certificate.
    end: AtomicI64,
}

impl TlsCounters {
    /// Notes when the certificate in use ends.
    pub fn set_end(&self, seconds: i64) {
        self.end.store(seconds, Ordering::Relaxed);
    }

    /// When it ends, in seconds since 1970; `None`: there is none.
    pub fn end(&self) -> Option<i64> {
        Some(self.end.load(Ordering::Relaxed)).filter(|end| *end != 0)
    }
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The numbers.
#[derive(Debug)]
pub struct Metrics {
    pub started_at: DateTime<Utc>,
    pub issued: u64,
    pub denied: u64,
    pub failed: u64,
    /// Requests that one source sent too many of.
    pub braked: Vec<(Flood, u64)>,
    /// When the TLS certificate ends, in seconds since 1970, how often it was renewed, and how often refused.
    pub tls: Option<(i64, u64, u64)>,
    /// How the audit is delivered, if anybody receives it.
    pub stream: Option<StreamState>,
    pub mail_waiting: i64,
    /// The newest recompute that came to its end, on whatever node (rule A5).
    pub last_recompute: Option<Reconciliation>,
    /// Recomputes that had something to repair: each is an error of the engine, or of a restored copy.
    pub recompute_alarms: i64,
    /// Those that are not retired.
    pub signing_keys: Vec<SigningKey>,
    /// Of service providers, by the id of the connector; those that have been replaced are left out.
    pub sp_certificates: Vec<(PublicId, SpCertificateView)>,
}

/// Reads them, at one snapshot.
pub fn collect(env: &Environment) -> Result<Metrics, ServiceError> {
    let now = env.now();
    let stream = audit_stream::state(env)?;
    env.store
        .read(|conn| -> Result<Metrics, StoreError> {
            let mut signing_keys = keys_at(conn, now)?;
            signing_keys.retain(|key| key.state != KeyState::Retired);
            Ok(Metrics {
                started_at: env.started_at,
                issued: env.sign_ons.issued.get(),
                denied: env.sign_ons.denied.get(),
                failed: env.sign_ons.failed.get(),
                braked: env.floods.refusals().collect(),
                tls: tls(env),
                stream: stream.clone(),
                mail_waiting: mail_outbox::count_waiting(conn)?,
                last_recompute: reconciliations::last_finished(conn)?,
                recompute_alarms: reconciliations::count_with_repairs(conn)?,
                signing_keys,
                sp_certificates: sp_certificates(conn)?,
            })
        })
        .map_err(ServiceError::from)
}

fn tls(env: &Environment) -> Option<(i64, u64, u64)> {
    let (renewed, refused) = (env.tls.renewed.get(), env.tls.refused.get());
    env.tls.end().map(|end| (end, renewed, refused))
}

fn sp_certificates(
    conn: &mut DbConnection,
) -> Result<Vec<(PublicId, SpCertificateView)>, StoreError> {
    let mut found = Vec::new();
    for connector in connectors::list_all(conn)? {
        let ones = last_ones(&connector.settings).into_iter();
        found.extend(ones.map(|one| (connector.public_id.clone(), one)));
    }
    Ok(found)
}
