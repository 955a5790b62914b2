//! What has to hold of every message at the moment it arrives, before anything is answered: it is
//! from whom it was looked up for, for this address, and fresh (requirement FRESH-ONCE).

use chrono::{DateTime, Duration, Utc};

use crate::saml::request_refusal::PageRefusal;

/// A message may be this old on arrival.
pub const MAX_AGE: Duration = Duration::minutes(5);
/// The sender's clock may be this far ahead.
pub const MAX_AHEAD: Duration = Duration::minutes(3);

/// What a message says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    pub issuer: &'a str,
    pub destination: Option<&'a str>,
    pub issue_instant: DateTime<Utc>,
    pub is_signed: bool,
}

/// What it is held against.
#[derive(Debug, Clone, Copy)]
pub struct Reception<'a> {
    /// The entity ID of the connector whose keys were asked.
    pub sp_entity_id: &'a str,
    /// Our endpoint, as our metadata has it.
    pub endpoint: &'a str,
    pub now: DateTime<Utc>,
}

/// Lets a message pass. Asked on arrival only, and not again.
pub fn check(arrival: &Arrival<'_>, reception: &Reception<'_>) -> Result<(), PageRefusal> {
    if arrival.issuer != reception.sp_entity_id {
        return Err(PageRefusal::IssuerMismatch);
    }
    match arrival.destination {
        Some(destination) if destination != reception.endpoint => {
            return Err(PageRefusal::WrongDestination);
        }
        // Without one a signed message could be carried elsewhere (SAML Bindings 3.4.5.2, 3.5.5.2).
        None if arrival.is_signed => return Err(PageRefusal::NoDestination),
        _ => {}
    }
    if arrival.issue_instant < reception.now - MAX_AGE {
        return Err(PageRefusal::Expired);
    }
    if arrival.issue_instant > reception.now + MAX_AHEAD {
        return Err(PageRefusal::FromTheFuture);
    }
    Ok(())
}
