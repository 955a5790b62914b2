//! Audit events (rule C7): inserted in the transaction of the change they tell of, never changed
//! but by linking (`audit_chain`) and by the erasure of a person (`audit_erasures`), never deleted
//! here.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::define_sql_function;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::domain::audit::{Actor, ActorKind, AuditEvent, AuditObject, NewAuditEvent};
use crate::domain::ids::AuditId;
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, MultiBackend, on_either};
use crate::store::error::StoreError;
use crate::store::paging::{Cursor, Page, PageRequest};
use crate::store::schema::audit_events;
use crate::store::search::containing;

/// A row as stored; `audit_chain` hashes it column by column.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_events)]
pub(in crate::store) struct AuditRow {
    pub id: i64,
    pub public_id: String,
    pub at: i64,
    pub actor_kind: String,
    pub actor_id: String,
    pub actor_name: String,
    pub kind: String,
    pub object_kind: String,
    pub object_id: String,
    pub object_name: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub chain_id: String,
    pub chain_seq: Option<i64>,
    pub prev_hash: Option<String>,
    pub hash: Option<String>,
    pub actor_salt: Option<String>,
    pub object_salt: Option<String>,
}

/// What makes the digest of a part unguessable once the salt is gone. It never leaves the database.
#[expect(
    clippy::disallowed_methods,
    reason = "a salt is of no use to anybody above, and decides nothing"
)]
fn new_salt() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Inserts an event, not linked yet.
pub fn insert(conn: &mut DbConnection, event: &NewAuditEvent) -> Result<AuditId, StoreError> {
    let id: i64 = on_either!(conn, |db| diesel::insert_into(audit_events::table)
        .values((
            audit_events::public_id.eq(&event.public_id),
            audit_events::at.eq(millis(event.at)),
            audit_events::actor_kind.eq(event.actor.kind.as_str()),
            audit_events::actor_id.eq(&event.actor.id),
            audit_events::actor_name.eq(&event.actor.name),
            audit_events::kind.eq(&event.kind),
            audit_events::object_kind.eq(&event.object.kind),
            audit_events::object_id.eq(&event.object.id),
            audit_events::object_name.eq(&event.object.name),
            audit_events::before.eq(event.before.as_deref()),
            audit_events::after.eq(event.after.as_deref()),
            audit_events::chain_id.eq(""),
            audit_events::actor_salt.eq(new_salt()),
            audit_events::object_salt.eq(new_salt()),
        ))
        .returning(audit_events::id)
        .get_result(db))?;
    Ok(AuditId::new(id))
}

/// What to list; all given fields must hold, exactly but `q`. Times: `from` included, `until` not.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    pub actor_id: Option<String>,
    pub object_kind: Option<String>,
    pub object_id: Option<String>,
    pub kind: Option<String>,
    /// Actor or object.
    pub about_id: Option<String>,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    /// Part of the actor's or the object's name, ignoring the case of ASCII letters.
    pub q: Option<String>,
}

define_sql_function! {
    fn lower(name: Text) -> Text;
}

type Query<'a> = audit_events::BoxedQuery<'a, MultiBackend>;

/// One page, newest first.
pub fn list(
    conn: &mut DbConnection,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditEvent>, StoreError> {
    let total = filtered(filter).count().get_result(conn)?;
    let (items, next) = list_on(conn, filter, page)?;
    Ok(Page { items, next, total })
}

/// The same without counting: the events of the page, and where the next one begins.
pub fn list_on(
    conn: &mut DbConnection,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<(Vec<AuditEvent>, Option<Cursor>), StoreError> {
    let mut query = filtered(filter);
    if let Some(after) = &page.after {
        query = query.filter(audit_events::id.lt(after.id));
    }
    let rows: Vec<AuditRow> = query
        .order(audit_events::id.desc())
        .limit(page.rows_to_load())
        .select(AuditRow::as_select())
        .load(conn)?;
    let page = page.cut(rows, 0, |row| Cursor {
        sort: String::new(),
        id: row.id,
    });
    let page = page.try_map(AuditRow::into_event)?;
    Ok((page.items, page.next))
}

/// The same the other way round: events behind this key, oldest first.
pub fn list_up(
    conn: &mut DbConnection,
    filter: &AuditFilter,
    (after, most): (i64, i64),
) -> Result<Vec<AuditEvent>, StoreError> {
    let rows: Vec<AuditRow> = filtered(filter)
        .filter(audit_events::id.gt(after))
        .order(audit_events::id)
        .limit(most)
        .select(AuditRow::as_select())
        .load(conn)?;
    rows.into_iter().map(AuditRow::into_event).collect()
}

/// How many events of a kind there were, `from` included and `until` not: counted in the index of
/// kind and time, without reading one of them.
pub fn count(
    conn: &mut DbConnection,
    kind: &str,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<i64, StoreError> {
    Ok(audit_events::table
        .filter(audit_events::kind.eq(kind))
        .filter(audit_events::at.ge(millis(from)))
        .filter(audit_events::at.lt(millis(until)))
        .count()
        .get_result(conn)?)
}

/// One event.
pub fn find(conn: &mut DbConnection, public_id: &str) -> Result<Option<AuditEvent>, StoreError> {
    audit_events::table
        .filter(audit_events::public_id.eq(public_id))
        .select(AuditRow::as_select())
        .get_result(conn)
        .optional()?
        .map(AuditRow::into_event)
        .transpose()
}

/// Several events by public id; one that is not there is left out.
pub fn find_all(
    conn: &mut DbConnection,
    public_ids: &[&str],
) -> Result<BTreeMap<String, AuditEvent>, StoreError> {
    let rows: Vec<AuditRow> = audit_events::table
        .filter(audit_events::public_id.eq_any(public_ids))
        .select(AuditRow::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(|row| Ok((row.public_id.clone(), row.into_event()?)))
        .collect()
}

fn filtered(filter: &AuditFilter) -> Query<'_> {
    let mut query = audit_events::table.into_boxed();
    if let Some(actor) = &filter.actor_id {
        query = query.filter(audit_events::actor_id.eq(actor));
    }
    if let Some(kind) = &filter.object_kind {
        query = query.filter(audit_events::object_kind.eq(kind));
    }
    if let Some(object) = &filter.object_id {
        query = query.filter(audit_events::object_id.eq(object));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(audit_events::kind.eq(kind));
    }
    if let Some(about) = &filter.about_id {
        let is_object = audit_events::object_id.eq(about);
        query = query.filter(audit_events::actor_id.eq(about).or(is_object));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_events::at.ge(millis(from)));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_events::at.lt(millis(until)));
    }
    if let Some(q) = &filter.q {
        let pattern = containing(&q.to_ascii_lowercase());
        query = query.filter(
            lower(audit_events::actor_name)
                .like(pattern.clone())
                .escape('\\')
                .or(lower(audit_events::object_name).like(pattern).escape('\\')),
        );
    }
    query
}

impl AuditRow {
    pub(in crate::store) fn into_event(self) -> Result<AuditEvent, StoreError> {
        let place = Place::new("audit_events", &self.id);
        let actor_kind = place.read("actor_kind", ActorKind::parse(&self.actor_kind))?;
        let at = place.instant("at", self.at)?;
        Ok(AuditEvent {
            id: self.id,
            event: NewAuditEvent {
                public_id: self.public_id,
                at,
                actor: Actor {
                    kind: actor_kind,
                    id: self.actor_id,
                    name: self.actor_name,
                },
                kind: self.kind,
                object: AuditObject {
                    kind: self.object_kind,
                    id: self.object_id,
                    name: self.object_name,
                },
                before: self.before,
                after: self.after,
            },
            chain_id: self.chain_id,
            chain_seq: self.chain_seq,
            prev_hash: self.prev_hash,
            hash: self.hash,
        })
    }
}
