//! The brake on guessing: failures are counted per account and source together, and per source; the
//! wait grows with them and is answered at once, never slept. A stranger elsewhere cannot lock an
//! account out, since the count of an account is kept for each source apart.

use std::net::AddrParseError;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::address_range::counted_network;
use crate::domain::ids::AccountId;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::secrets::digest_hex;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::sign_in_failures;

/// Failures of one name from one source before the first wait.
const FREE_FOR_NAME: i64 = 5;
/// Failures of one source, whatever the names.
const FREE_FOR_SOURCE: i64 = 50;
/// The first wait; each further failure doubles it.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(2);
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// Failures older than this count no more.
pub(in crate::service) const MEMORY: TimeDelta = TimeDelta::hours(1);

/// What the brake says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Go,
    /// Nothing is checked before this has passed.
    Wait(Duration),
}

/// The counters of one attempt: the name at this source, and the source. Names are hashed, since
/// what was typed may be a password in the wrong field. A source of IPv6 is its whole network.
pub fn keys(folded_name: &str, source: &str) -> Vec<String> {
    let network = source
        .parse()
        .map(|address| counted_network(address).to_string());
    // Where there is no connection, as in tests, the source is any text.
    let source = network.unwrap_or_else(|_no_address: AddrParseError| source.to_owned());
    let name = digest_hex(folded_name.as_bytes());
    vec![format!("name:{name}:{source}"), format!("source:{source}")]
}

/// The counters of an endpoint that has ones of its own.
pub fn keys_at(endpoint: &str, folded_name: &str, source: &str) -> Vec<String> {
    let name = digest_hex(folded_name.as_bytes());
    vec![
        format!("name:{endpoint}:{name}:{source}"),
        format!("source:{endpoint}:{source}"),
    ]
}

/// The counter of what names nobody.
pub fn source_keys(source: &str) -> Vec<String> {
    vec![format!("source:{source}")]
}

/// The counters of a code. Its account has one of its own over all sources: it can be reached only with
/// the right password, so no stranger can fill it, and a thief cannot guess on from elsewhere.
pub fn factor_keys(folded_name: &str, account: AccountId, source: &str) -> Vec<String> {
    let mut keys = keys(folded_name, source);
    keys.push(format!("factor:{}", account.get()));
    keys
}

/// Asks before anything is checked.
pub fn ask(
    env: &Environment,
    keys: &[String],
    now: DateTime<Utc>,
) -> Result<Verdict, ServiceError> {
    let until = env.store.read(|conn| -> Result<_, ServiceError> {
        let mut until = None;
        for key in keys {
            let failures = sign_in_failures::find(conn, key)?;
            until = until.max(failures.map(|failures| failures.blocked_until));
        }
        Ok(until)
    })?;
    let rest = until
        .map(|until| (until - now).num_milliseconds())
        .filter(|rest| *rest > 0);
    Ok(rest.map_or(Verdict::Go, |milliseconds| {
        Verdict::Wait(Duration::from_millis(
            u64::try_from(milliseconds).unwrap_or(u64::MAX),
        ))
    }))
}

/// Counts one failure and sets the wait.
pub fn count_failure(
    conn: &mut DbConnection,
    keys: &[String],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for key in keys {
        let failures = sign_in_failures::record(conn, key, now, now - MEMORY)?;
        let free = if key.starts_with("source:") {
            FREE_FOR_SOURCE
        } else {
            FREE_FOR_NAME
        };
        if failures >= free {
            sign_in_failures::block(conn, key, now + wait_after(failures - free))?;
        }
    }
    Ok(())
}

/// A success clears the counters of name and account; the source keeps its own.
pub fn forget(conn: &mut DbConnection, keys: &[String]) -> Result<(), StoreError> {
    keys.iter()
        .filter(|key| !key.starts_with("source:"))
        .try_for_each(|key| sign_in_failures::delete(conn, key))
}

/// 2 s, 4 s, 8 s, … up to a quarter of an hour.
fn wait_after(excess: i64) -> TimeDelta {
    let doublings = u32::try_from(excess.clamp(0, 16)).unwrap_or(16);
    (FIRST_WAIT * 2_i32.saturating_pow(doublings)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests;
