//! Whether the audit is as it was written (KEY-AT-REST): every chain walked from where it begins to its end, the
//! first event that does not fit named, and ends compared with those that somebody noted elsewhere. Changes nothing.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::secrets::Sealed;
use crate::store::audit_checkpoints::{self, Checkpoint};
use crate::store::audit_walk::{self, ChainHead, Fault, Position};

/// Ends of chains as a text that is kept elsewhere: a line for each, of its id, its last number and that one's hash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotedHeads(pub Vec<ChainHead>);

impl NotedHeads {
    /// Reads what [`NotedHeads`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let heads: Option<Vec<ChainHead>> = lines.map(head).collect();
        heads.map(Self)
    }
}

impl fmt::Display for NotedHeads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|head| writeln!(f, "{}", checkpoint_text(head)))
    }
}

fn head(line: &str) -> Option<ChainHead> {
    let mut words = line.split_whitespace();
    let (chain, seq, hash) = (words.next()?, words.next()?, words.next()?);
    let head = ChainHead {
        chain: chain.to_owned(),
        position: Position {
            seq: seq.parse().ok()?,
            hash: hash.to_owned(),
        },
    };
    words.next().is_none().then_some(head)
}

/// The whole finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    pub chains: Vec<ChainReport>,
    /// Events that have no place in a chain yet; on PostgreSQL they get it within a second.
    pub unlinked: i64,
}

impl Verification {
    /// Nothing was found.
    pub fn is_unbroken(&self) -> bool {
        self.chains.iter().all(|chain| chain.fault.is_none())
    }
}

/// How far one chain is unbroken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainReport {
    pub chain: String,
    /// Events that were walked over and fit.
    pub events: usize,
    /// Number of the last event that fits; 0: none.
    pub last: i64,
    /// Its hash.
    pub hash: String,
    /// Events that retention removed from the beginning.
    pub removed: i64,
    /// What is wrong behind it, in words; `null`: nothing.
    pub fault: Option<String>,
}

/// Walks over all chains. `noted`: ends that somebody wrote down. `progress` hears how many events are done, and of
/// how many.
pub fn verify(
    env: &Environment,
    noted: &[ChainHead],
    mut progress: impl FnMut(u64, u64),
) -> Result<Verification, ServiceError> {
    let (all, unlinked) = env.store.read(audit_walk::counts)?;
    let mut chains = env.store.read(audit_walk::chains)?;
    let noted: BTreeMap<&str, &Position> = noted
        .iter()
        .map(|head| (head.chain.as_str(), &head.position))
        .collect();
    // A chain that is gone as a whole is cut, too.
    chains.extend(noted.keys().map(|chain| (*chain).to_owned()));
    chains.sort();
    chains.dedup();
    let all = u64::try_from(all).unwrap_or_default();
    let mut done = 0;
    let mut reports = Vec::with_capacity(chains.len());
    for chain in chains {
        let end = noted.get(chain.as_str()).copied();
        let report = walk(env, (chain, end), &mut |events| {
            done += events;
            progress(done, all);
        })?;
        reports.push(report);
    }
    Ok(Verification {
        chains: reports,
        unlinked,
    })
}

fn walk(
    env: &Environment,
    (chain, noted): (String, Option<&Position>),
    progress: &mut impl FnMut(u64),
) -> Result<ChainReport, ServiceError> {
    let checkpoint = env
        .store
        .read(|conn| audit_checkpoints::find(conn, &chain))?;
    let removed = checkpoint
        .as_ref()
        .map_or(0, |checkpoint| checkpoint.head.position.seq);
    if let Some(checkpoint) = &checkpoint
        && !is_ours(env, checkpoint)
    {
        let fault = "its beginning was removed, and the checkpoint in its place was not written by this service";
        return Ok(report(
            chain,
            (0, removed),
            (&Position::default(), Some(fault.to_owned())),
        ));
    }
    let mut position = Position::default();
    let mut events = 0;
    loop {
        let walked = env
            .store
            .read(|conn| audit_walk::step(conn, &chain, (&position, noted)))?;
        events += walked.events;
        progress(u64::try_from(walked.events).unwrap_or_default());
        position = walked.position;
        if walked.is_over {
            let fault = walked.fault.as_ref().map(in_words);
            return Ok(report(chain, (events, removed), (&position, fault)));
        }
    }
}

fn report(
    chain: String,
    (events, removed): (usize, i64),
    (position, fault): (&Position, Option<String>),
) -> ChainReport {
    ChainReport {
        chain,
        events,
        last: position.seq,
        hash: position.hash.clone(),
        removed,
        fault,
    }
}

/// The text that is sealed beside a checkpoint.
pub(in crate::service) fn checkpoint_text(head: &ChainHead) -> String {
    let position = &head.position;
    format!("{} {} {}", head.chain, position.seq, position.hash)
}

fn is_ours(env: &Environment, checkpoint: &Checkpoint) -> bool {
    let opened = env.keys.unseal(Sealed::AuditCheckpoint, &checkpoint.sealed);
    opened.is_ok_and(|text| text.as_slice() == checkpoint_text(&checkpoint.head).as_bytes())
}

fn in_words(fault: &Fault) -> String {
    match fault {
        Fault::Changed { event } => format!("event {event} was changed after it was written"),
        Fault::Missing { first, last, event } if first == last => {
            format!("number {first} is missing before event {event}")
        }
        Fault::Missing { first, last, event } => {
            format!("numbers {first} to {last} are missing before event {event}")
        }
        Fault::Reordered { event } => format!("event {event} stands in the place of another"),
        Fault::Replaced { event } => {
            format!("the event that {event} followed is gone, and another stands in its place")
        }
        Fault::Rewritten { event } => {
            format!("event {event} stands where another was when its end was noted")
        }
        Fault::Cut { noted } => format!("it was cut: its end was noted as number {noted}"),
    }
}

/// The present ends of all chains, to be kept where nobody who can write to the database can write.
pub fn heads(env: &Environment) -> Result<Vec<ChainHead>, ServiceError> {
    Ok(env.store.read(audit_walk::ends)?)
}
