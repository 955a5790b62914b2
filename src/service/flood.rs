//! The brake on floods: what one source may ask for in a minute, counted in this process. It keeps work away that
//! costs much and proves nothing; guessing is braked in the store, by `brake.rs`, on all nodes alike. Its memory is
//! bounded, and it answers at once.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::address_range::counted_network;
use crate::service::brake::Verdict;
use crate::service::metrics::Counter;

/// The span that limits are for: so much at once, and as much again evenly over each span after it.
const SPAN: i64 = 60_000_000;
/// Sources that are remembered at most, in all.
const MOST_SOURCES: usize = 50_000;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flood {
    /// Messages to `/saml/sso` and `/saml/slo`, and `/saml/start`.
    SignOn,
    /// Calls of `/saml/artifact`.
    Artifact,
    /// Calls of `/saml/ecp`.
    EnhancedClient,
    /// Questions to a passkey before anybody is known; each is a row.
    PasskeyQuestion,
    /// Calls of the REST interface with a token that is not known.
    WrongToken,
    /// One-time links that are not known.
    WrongLink,
}

impl Flood {
    pub const ALL: [Self; 6] = [
        Self::SignOn,
        Self::Artifact,
        Self::EnhancedClient,
        Self::PasskeyQuestion,
        Self::WrongToken,
        Self::WrongLink,
    ];

    /// The spelling of settings and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignOn => "sign-on",
            Self::Artifact => "artifact",
            Self::EnhancedClient => "ecp",
            Self::PasskeyQuestion => "passkey-question",
            Self::WrongToken => "wrong-token",
            Self::WrongLink => "wrong-link",
        }
    }

    /// What a source may do in a minute unless the settings say otherwise: a large house behind one address, and
    /// one service provider that fetches for all its users, have to stay far below.
    const fn usual_limit(self) -> u32 {
        match self {
            Self::SignOn | Self::Artifact => 6_000,
            Self::EnhancedClient | Self::PasskeyQuestion | Self::WrongToken => 600,
            Self::WrongLink => 300,
        }
    }

    /// Only what went wrong is counted. All that is right and comes from this machine is no flood: it is an
    /// operator's own program, or a proxy whose header is not heeded yet and that stands for everybody.
    const fn counts_failures(self) -> bool {
        matches!(self, Self::WrongToken | Self::WrongLink)
    }
}

/// How much one source may do in a minute; 0: as much as it likes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLimits(BTreeMap<Flood, u32>);

impl Default for SourceLimits {
    fn default() -> Self {
        Self(Flood::ALL.map(|flood| (flood, flood.usual_limit())).into())
    }
}

impl SourceLimits {
    /// Reads `sign-on=600,ecp=0`; what is not named keeps its default.
    pub fn parse(text: &str) -> Option<Self> {
        let mut limits = Self::default();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (name, limit) = part.split_once('=')?;
            let flood = Flood::ALL
                .into_iter()
                .find(|flood| flood.as_str() == name.trim())?;
            limits.0.insert(flood, limit.trim().parse().ok()?);
        }
        Some(limits)
    }

    fn of(&self, flood: Flood) -> i64 {
        self.0.get(&flood).copied().unwrap_or_default().into()
    }
}

/// What is remembered of sources: for each the instant, in microseconds, at which it will have earned back what it
/// used (the "theoretical arrival time" of the generic cell rate algorithm, ITU-T I.371).
type Seen = BTreeMap<(Flood, IpAddr), i64>;

/// The brake of one process.
#[derive(Debug)]
pub struct FloodBrake {
    limits: SourceLimits,
    seen: Mutex<Seen>,
    refused: BTreeMap<Flood, Counter>,
}

impl Default for FloodBrake {
    fn default() -> Self {
        Self::new(SourceLimits::default())
    }
}

impl FloodBrake {
    /// A brake that has seen nobody.
    pub fn new(limits: SourceLimits) -> Self {
        Self {
            limits,
            seen: Mutex::default(),
            refused: Flood::ALL.map(|flood| (flood, Counter::default())).into(),
        }
    }

    /// Counts one request or failure, unless it is one too many.
    pub fn take(&self, flood: Flood, source: IpAddr, now: DateTime<Utc>) -> Verdict {
        let source = counted_network(source);
        let limit = self.limits.of(flood);
        if limit == 0 || (source.is_loopback() && !flood.counts_failures()) {
            return Verdict::Go;
        }
        let now = now.timestamp_micros();
        // A panic cannot happen while it is held; a flood must not end in one either way.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // What lies beyond a span was noted before the clock jumped back, and counts no more.
        let earned_back = seen.get(&(flood, source)).copied();
        let earned_back = earned_back.filter(|at| (now..=now + SPAN).contains(at));
        let earned_back = earned_back.unwrap_or(now);
        let next = earned_back + SPAN / limit;
        let excess = next - now - SPAN;
        if excess > 0 {
            if let Some(counter) = self.refused.get(&flood) {
                counter.increment();
            }
            return Verdict::Wait(Duration::from_micros(excess.unsigned_abs()));
        }
        make_room(&mut seen, now);
        seen.insert((flood, source), next);
        Verdict::Go
    }

    /// How often each kind was refused since the process began.
    pub fn refusals(&self) -> impl Iterator<Item = (Flood, u64)> {
        let all = self.refused.iter();
        all.map(|(flood, counter)| (*flood, counter.get()))
    }
}

/// Forgets sources that have earned everything back. If most have not, all are forgotten: each then begins anew,
/// which is the harmless side, and memory stays bounded at little cost for each request.
fn make_room(seen: &mut Seen, now: i64) {
    if seen.len() < MOST_SOURCES {
        return;
    }
    seen.retain(|_, earned_back| *earned_back > now);
    if seen.len() > MOST_SOURCES / 2 {
        seen.clear();
    }
}

#[cfg(test)]
mod tests;
