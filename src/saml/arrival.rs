//! What has to hold of every message at the moment it arrives, before anything is answered: it is
//! from whom it was looked up for, for this address, and fresh (requirement FRESH-ONCE).

use chrono::{DateTime, Duration, Utc};

use crate::domain::verdict::{Check, Verdicts};
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
    pub destination_rule: DestinationRule,
}

/// When a message has to name its Destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationRule {
    /// It came through a browser, signed: without one it could be carried elsewhere (SAML Bindings
    /// 3.4.5.2, 3.5.5.2).
    Required,
    /// Not needed; but a Destination that is named has to be ours.
    IfNamed,
}

impl DestinationRule {
    /// The rule of the bindings that use a browser.
    pub const fn through_browser(is_signed: bool) -> Self {
        if is_signed {
            Self::Required
        } else {
            Self::IfNamed
        }
    }
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
pub fn check(
    arrival: &Arrival<'_>,
    reception: &Reception<'_>,
    verdicts: &mut Verdicts,
) -> Result<(), PageRefusal> {
    let issuer = check_issuer(arrival, reception);
    verdicts.take_with(Check::Issuer, issuer, |()| arrival.issuer.to_owned())?;
    let destination = check_destination(arrival, reception);
    match arrival.destination {
        None if destination.is_ok() => verdicts.skip(Check::Destination, "The message names none."),
        _ => verdicts.take_with(Check::Destination, destination, |()| {
            reception.endpoint.to_owned()
        })?,
    }
    let fresh = check_freshness(arrival, reception);
    let age = (reception.now - arrival.issue_instant).num_seconds();
    verdicts.take_with(Check::IssueInstant, fresh, |()| age_text(age))
}

fn check_issuer(arrival: &Arrival<'_>, reception: &Reception<'_>) -> Result<(), PageRefusal> {
    if arrival.issuer == reception.sp_entity_id {
        Ok(())
    } else {
        Err(PageRefusal::IssuerMismatch)
    }
}

fn check_destination(arrival: &Arrival<'_>, reception: &Reception<'_>) -> Result<(), PageRefusal> {
    match arrival.destination {
        Some(destination) if destination != reception.endpoint => {
            Err(PageRefusal::WrongDestination)
        }
        None if arrival.destination_rule == DestinationRule::Required => {
            Err(PageRefusal::NoDestination)
        }
        _ => Ok(()),
    }
}

fn check_freshness(arrival: &Arrival<'_>, reception: &Reception<'_>) -> Result<(), PageRefusal> {
    if arrival.issue_instant < reception.now - MAX_AGE {
        return Err(PageRefusal::Expired);
    }
    if arrival.issue_instant > reception.now + MAX_AHEAD {
        return Err(PageRefusal::FromTheFuture);
    }
    Ok(())
}

fn age_text(seconds: i64) -> String {
    if seconds < 0 {
        let ahead = seconds.unsigned_abs();
        format!("The clock of the service provider is {ahead} s ahead of ours.")
    } else {
        format!("The message was {seconds} s old.")
    }
}
