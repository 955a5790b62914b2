//! The brake on guessing: attempts are counted before they are checked, and failures remain per account and source together, and per source; the
//! wait grows with them and is answered at once, never slept. A stranger elsewhere cannot lock an
//! account out, since the count of an account is kept for each source apart.

use std::collections::BTreeSet;
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
    let source = network(source);
    let name = digest_hex(folded_name.as_bytes());
    vec![format!("name:{name}:{source}"), format!("source:{source}")]
}

/// What counts as one source.
fn network(source: &str) -> String {
    let network = source
        .parse()
        .map(|address| counted_network(address).to_string());
    // Where there is no connection, as in tests, the source is any text.
    network.unwrap_or_else(|_no_address: AddrParseError| source.to_owned())
}

/// The counters of an endpoint that has ones of its own.
pub fn keys_at(endpoint: &str, folded_name: &str, source: &str) -> Vec<String> {
    let source = network(source);
    let name = digest_hex(folded_name.as_bytes());
    vec![
        format!("name:{endpoint}:{name}:{source}"),
        format!("source:{endpoint}:{source}"),
    ]
}

/// The counter of what names nobody.
pub fn source_keys(source: &str) -> Vec<String> {
    vec![format!("source:{}", network(source))]
}

/// The counters of a code. Its account has one of its own over all sources: it can be reached only with
/// the right password, so no stranger can fill it, and a thief cannot guess on from elsewhere.
pub fn factor_keys(folded_name: &str, account: AccountId, source: &str) -> Vec<String> {
    let mut keys = keys(folded_name, source);
    keys.push(format!("factor:{}", account.get()));
    keys
}

/// Asks before anything is checked, and counts the attempt for name and account as if it had failed; a
/// success takes it back by [`forget`]. So of any number of attempts at once no more are checked than of
/// as many in a row. The source is counted by [`count_failure`]: many people sign in from one at once.
pub fn begin(env: &Environment, keys: &[String]) -> Result<Verdict, ServiceError> {
    let now = env.now();
    // In one order, so that two attempts never wait for each other.
    let keys: BTreeSet<String> = keys.iter().cloned().collect();
    env.store
        .write(move |conn| -> Result<Verdict, ServiceError> {
            let mut until = None;
            let mut counted = Vec::new();
            for key in &keys {
                if !is_source(key) {
                    counted.push((key, sign_in_failures::record(conn, key, now, now - MEMORY)?));
                }
                let found = sign_in_failures::find(conn, key)?;
                until = until.max(found.map(|found| found.blocked_until));
            }
            let rest = until
                .map(|until| (until - now).num_milliseconds())
                .filter(|rest| *rest > 0);
            if let Some(milliseconds) = rest {
                for (key, _) in counted {
                    sign_in_failures::take_back(conn, key)?;
                }
                let wait = u64::try_from(milliseconds).unwrap_or(u64::MAX);
                return Ok(Verdict::Wait(Duration::from_millis(wait)));
            }
            for (key, failures) in counted {
                block(conn, (key, failures), (FREE_FOR_NAME, now))?;
            }
            Ok(Verdict::Go)
        })
}

/// Counts a failure for the source. Name and account have counted it since it began.
pub fn count_failure(
    conn: &mut DbConnection,
    keys: &[String],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for key in keys.iter().filter(|key| is_source(key)) {
        let failures = sign_in_failures::record(conn, key, now, now - MEMORY)?;
        block(conn, (key, failures), (FREE_FOR_SOURCE, now))?;
    }
    Ok(())
}

/// Sets the wait that so many failures call for.
fn block(
    conn: &mut DbConnection,
    (key, failures): (&str, i64),
    (free, now): (i64, DateTime<Utc>),
) -> Result<(), StoreError> {
    if failures >= free {
        sign_in_failures::block(conn, key, now + wait_after(failures - free))?;
    }
    Ok(())
}

/// A success clears the counters of name and account; the source keeps its own.
pub fn forget(conn: &mut DbConnection, keys: &[String]) -> Result<(), StoreError> {
    keys.iter()
        .filter(|key| !is_source(key))
        .try_for_each(|key| sign_in_failures::delete(conn, key))
}

/// Takes an attempt back that turned out to be no failure, with the wait it set, and without clearing what was
/// counted before.
pub fn withdraw(conn: &mut DbConnection, keys: &[String]) -> Result<(), StoreError> {
    for key in keys.iter().filter(|key| !is_source(key)) {
        sign_in_failures::take_back(conn, key)?;
        sign_in_failures::block(conn, key, DateTime::UNIX_EPOCH)?;
    }
    Ok(())
}

fn is_source(key: &str) -> bool {
    key.starts_with("source:")
}

/// 2 s, 4 s, 8 s, … up to a quarter of an hour.
fn wait_after(excess: i64) -> TimeDelta {
    let doublings = u32::try_from(excess.clamp(0, 16)).unwrap_or(16);
    (FIRST_WAIT * 2_i32.saturating_pow(doublings)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests;
