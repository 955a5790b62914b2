//! What was erased of the audit (a person's right to be forgotten): the clear text of a part is
//! replaced, its salt is deleted, and its digest is kept, so that the chain stays provable and
//! nobody can test guesses against it. The one file beside the chain that changes an event.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::{exists, select};
use diesel::prelude::*;

use crate::store::audit_events::AuditRow;
use crate::store::audit_parts::{Part, digest_of};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::{audit_erasures, audit_events};

/// A part that was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedPart {
    /// Of what it said; `None` for an event that never had a salt.
    pub digest: Option<String>,
    /// Public id of the event that tells of the erasure.
    pub erased_by: String,
}

/// A part as it may be read from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replacement {
    Actor {
        name: String,
    },
    Object {
        name: String,
        before: Option<String>,
        after: Option<String>,
    },
}

impl Replacement {
    const fn part(&self) -> Part {
        match self {
            Self::Actor { .. } => Part::Actor,
            Self::Object { .. } => Part::Object,
        }
    }
}

/// Replaces one part of an event, and gives what the event of the erasure has to list for it; `None`: the part was
/// erased before, and keeps its digest and its cause.
pub fn erase(
    conn: &mut DbConnection,
    event: i64,
    replacement: &Replacement,
    erased_by: &str,
) -> Result<Option<(String, &'static str)>, StoreError> {
    let row: AuditRow = audit_events::table
        .find(event)
        .select(AuditRow::as_select())
        .get_result(conn)?;
    let part = replacement.part();
    let is_first = !of_events(conn, &[event])?
        .get(&event)
        .is_some_and(|parts| parts.contains_key(&part));
    if is_first {
        diesel::insert_into(audit_erasures::table)
            .values((
                audit_erasures::event_id.eq(event),
                audit_erasures::part.eq(part.as_str()),
                audit_erasures::digest.eq(digest_of(&row, part)),
                audit_erasures::erased_by.eq(erased_by),
            ))
            .execute(conn)?;
    }
    let this = audit_events::table.find(event);
    match replacement {
        Replacement::Actor { name } => diesel::update(this)
            .set((
                audit_events::actor_name.eq(name),
                audit_events::actor_salt.eq(None::<String>),
            ))
            .execute(conn)?,
        Replacement::Object {
            name,
            before,
            after,
        } => diesel::update(this)
            .set((
                audit_events::object_name.eq(name),
                audit_events::before.eq(before),
                audit_events::after.eq(after),
                audit_events::object_salt.eq(None::<String>),
            ))
            .execute(conn)?,
    };
    Ok(is_first.then(|| (row.public_id, part.as_str())))
}

/// The erased parts of these events; one that is whole is left out.
pub fn of_events(
    conn: &mut DbConnection,
    events: &[i64],
) -> Result<BTreeMap<i64, BTreeMap<Part, ErasedPart>>, StoreError> {
    if events.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(i64, String, Option<String>, String)> = audit_erasures::table
        .filter(audit_erasures::event_id.eq_any(events))
        .select((
            audit_erasures::event_id,
            audit_erasures::part,
            audit_erasures::digest,
            audit_erasures::erased_by,
        ))
        .load(conn)?;
    let mut found: BTreeMap<i64, BTreeMap<Part, ErasedPart>> = BTreeMap::new();
    for (event, part, digest, erased_by) in rows {
        let part = Part::parse(&part)
            .ok_or_else(|| StoreError::corrupt("audit_erasures", "part", &event))?;
        let erased = ErasedPart { digest, erased_by };
        found.entry(event).or_default().insert(part, erased);
    }
    Ok(found)
}

/// Whether a row is there that this event erased.
pub(in crate::store) fn has_any_by(
    conn: &mut DbConnection,
    erased_by: &str,
) -> Result<bool, StoreError> {
    let those = audit_erasures::table.filter(audit_erasures::erased_by.eq(erased_by));
    Ok(select(exists(those)).get_result(conn)?)
}

/// The kind of the event that tells of an erasure; `erased` in its `after` lists the parts that it took, each as
/// `[public id of the event, part]`.
pub const ERASED: &str = "user.erased";

/// What events of erasures tell, by their public ids: public ids of events, and their parts.
pub(in crate::store) type Told = BTreeMap<String, BTreeSet<(String, Part)>>;

/// What the events tell that these erasures name. Only a chained event tells anything, and only as it was hashed:
/// with its salt, so that its list cannot be erased in its turn.
pub(in crate::store) fn told_of<'a>(
    conn: &mut DbConnection,
    erased: impl Iterator<Item = &'a ErasedPart>,
) -> Result<Told, StoreError> {
    let named: BTreeSet<&str> = erased.map(|part| part.erased_by.as_str()).collect();
    let mut told = Told::new();
    for erased_by in named {
        let after: Option<Option<String>> = audit_events::table
            .filter(audit_events::public_id.eq(erased_by))
            .filter(audit_events::kind.eq(ERASED))
            .filter(audit_events::chain_seq.is_not_null())
            .filter(audit_events::object_salt.is_not_null())
            .select(audit_events::after)
            .get_result(conn)
            .optional()?;
        let parts = after.flatten().and_then(|after| parts_told(&after));
        told.insert(erased_by.to_owned(), parts.unwrap_or_default());
    }
    Ok(told)
}

fn parts_told(after: &str) -> Option<BTreeSet<(String, Part)>> {
    let after: serde_json::Value = serde_json::from_str(after).ok()?;
    let listed = after.get("erased")?.as_array()?.iter().map(|pair| {
        let event = pair.get(0)?.as_str()?.to_owned();
        Some((event, Part::parse(pair.get(1)?.as_str()?)?))
    });
    listed.collect()
}

/// Whether the erasures of an event are told, each by the event that it names: nobody changes a text and calls it
/// erased.
pub(in crate::store) fn are_told(
    told: &Told,
    (event, parts): (&str, &BTreeMap<Part, ErasedPart>),
) -> bool {
    parts.iter().all(|(part, erased)| {
        let by = told.get(&erased.erased_by);
        by.is_some_and(|listed| listed.contains(&(event.to_owned(), *part)))
    })
}
