//! What was erased of the audit (a person's right to be forgotten): the clear text of a part is
//! replaced, its salt is deleted, and its digest is kept, so that the chain stays provable and
//! nobody can test guesses against it. The one file beside the chain that changes an event.

use std::collections::BTreeMap;

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

/// Replaces one part of an event. A part that was erased before keeps its digest and its cause.
pub fn erase(
    conn: &mut DbConnection,
    event: i64,
    replacement: &Replacement,
    erased_by: &str,
) -> Result<(), StoreError> {
    let row: AuditRow = audit_events::table
        .find(event)
        .select(AuditRow::as_select())
        .get_result(conn)?;
    let part = replacement.part();
    if !of_events(conn, &[event])?
        .get(&event)
        .is_some_and(|parts| parts.contains_key(&part))
    {
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
    Ok(())
}

/// The erased parts of these events; one that is whole is left out.
pub fn of_events(
    conn: &mut DbConnection,
    events: &[i64],
) -> Result<BTreeMap<i64, BTreeMap<Part, ErasedPart>>, StoreError> {
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

/// The kind of the event that tells of an erasure; its `after` says how many parts it took.
pub const ERASED: &str = "user.erased";

/// Whether the erasures of an event are told by events of the chain, each of which took at least as
/// many parts as name it: nobody changes a text and calls it erased.
pub(in crate::store) fn are_accounted_for(
    conn: &mut DbConnection,
    parts: &BTreeMap<Part, ErasedPart>,
) -> Result<bool, StoreError> {
    for part in parts.values() {
        let told: Option<Option<String>> = audit_events::table
            .filter(audit_events::public_id.eq(&part.erased_by))
            .filter(audit_events::kind.eq(ERASED))
            .select(audit_events::after)
            .get_result(conn)
            .optional()?;
        let told = told.flatten().and_then(|after| parts_told(&after));
        let named: i64 = audit_erasures::table
            .filter(audit_erasures::erased_by.eq(&part.erased_by))
            .count()
            .get_result(conn)?;
        if told.is_none_or(|told| named > told) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn parts_told(after: &str) -> Option<i64> {
    let after: serde_json::Value = serde_json::from_str(after).ok()?;
    after.get("parts")?.as_i64()
}
