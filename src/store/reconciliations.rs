//! Runs of the full recompute (rule A5): when, how much was looked at, what was found.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::PublicId;
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::paging::{Cursor, Page, PageRequest};
use crate::store::schema::reconciliations;

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    pub public_id: PublicId,
    /// What started it: `nightly`, `command`.
    pub cause: String,
    pub started_at: DateTime<Utc>,
    /// `None`: running, or its node died.
    pub finished_at: Option<DateTime<Utc>>,
    pub groups_checked: i64,
    pub additions: i64,
    pub removals: i64,
    /// All differences, those of sources and of suggestions too.
    pub repaired: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reconciliations)]
struct RunRow {
    id: i64,
    public_id: String,
    cause: String,
    started_at: i64,
    finished_at: Option<i64>,
    groups_checked: i64,
    additions: i64,
    removals: i64,
    repaired: i64,
}

impl RunRow {
    fn into_run(self) -> Result<Reconciliation, StoreError> {
        let place = Place::new("reconciliations", &self.id);
        Ok(Reconciliation {
            started_at: place.instant("started_at", self.started_at)?,
            finished_at: place.optional_instant("finished_at", self.finished_at)?,
            public_id: PublicId::new(self.public_id),
            cause: self.cause,
            groups_checked: self.groups_checked,
            additions: self.additions,
            removals: self.removals,
            repaired: self.repaired,
        })
    }
}

/// Inserts a run, usually one that begins.
pub fn insert(conn: &mut DbConnection, run: &Reconciliation) -> Result<(), StoreError> {
    diesel::insert_into(reconciliations::table)
        .values((
            reconciliations::public_id.eq(run.public_id.as_str()),
            reconciliations::cause.eq(&run.cause),
            reconciliations::started_at.eq(millis(run.started_at)),
            reconciliations::finished_at.eq(run.finished_at.map(millis)),
            reconciliations::groups_checked.eq(run.groups_checked),
            reconciliations::additions.eq(run.additions),
            reconciliations::removals.eq(run.removals),
            reconciliations::repaired.eq(run.repaired),
        ))
        .execute(conn)?;
    Ok(())
}

/// Saves how far a run is, or its end. False: there is no such run.
pub fn save(conn: &mut DbConnection, run: &Reconciliation) -> Result<bool, StoreError> {
    let row = reconciliations::table.filter(reconciliations::public_id.eq(run.public_id.as_str()));
    let changed = diesel::update(row)
        .set((
            reconciliations::finished_at.eq(run.finished_at.map(millis)),
            reconciliations::groups_checked.eq(run.groups_checked),
            reconciliations::additions.eq(run.additions),
            reconciliations::removals.eq(run.removals),
            reconciliations::repaired.eq(run.repaired),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// One page, newest first.
pub fn list(
    conn: &mut DbConnection,
    page: &PageRequest,
) -> Result<Page<Reconciliation>, StoreError> {
    let total = reconciliations::table.count().get_result(conn)?;
    let before = page.after.as_ref().map_or(i64::MAX, |after| after.id);
    let rows: Vec<RunRow> = reconciliations::table
        .filter(reconciliations::id.lt(before))
        .order(reconciliations::id.desc())
        .limit(page.rows_to_load())
        .select(RunRow::as_select())
        .load(conn)?;
    page.cut(rows, total, |row| Cursor {
        sort: String::new(),
        id: row.id,
    })
    .try_map(RunRow::into_run)
}

/// The newest run that came to its end.
pub fn last_finished(conn: &mut DbConnection) -> Result<Option<Reconciliation>, StoreError> {
    let row: Option<RunRow> = reconciliations::table
        .filter(reconciliations::finished_at.is_not_null())
        .order(reconciliations::id.desc())
        .select(RunRow::as_select())
        .first(conn)
        .optional()?;
    row.map(RunRow::into_run).transpose()
}

/// How many runs had something to repair.
pub fn count_with_repairs(conn: &mut DbConnection) -> Result<i64, StoreError> {
    Ok(reconciliations::table
        .filter(reconciliations::repaired.gt(0))
        .count()
        .get_result(conn)?)
}
