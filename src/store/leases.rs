//! Leases: work that one node at a time may do. A holder that dies loses its lease when the time
//! is over.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::store::columns::millis;
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::leases;

/// Who wants what for how long.
#[derive(Debug, Clone, Copy)]
pub struct LeaseRequest<'a> {
    pub name: &'a str,
    pub holder: &'a str,
    pub now: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// Takes or prolongs a lease; false: somebody else holds it.
pub fn take(conn: &mut DbConnection, wanted: LeaseRequest<'_>) -> Result<bool, StoreError> {
    let until = millis(wanted.until);
    let free_or_mine = leases::table.find(wanted.name).filter(
        leases::held_until
            .le(millis(wanted.now))
            .or(leases::holder.eq(wanted.holder)),
    );
    let taken = diesel::update(free_or_mine)
        .set((
            leases::holder.eq(wanted.holder),
            leases::held_until.eq(until),
        ))
        .execute(conn)?;
    if taken == 1 {
        return Ok(true);
    }
    let values = (
        leases::name.eq(wanted.name),
        leases::holder.eq(wanted.holder),
        leases::held_until.eq(until),
    );
    let inserted = on_either!(conn, |db| diesel::insert_into(leases::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(db))?;
    Ok(inserted == 1)
}

/// Gives a lease back; nothing happens if somebody else holds it by now.
pub fn release(conn: &mut DbConnection, name: &str, holder: &str) -> Result<(), StoreError> {
    let mine = leases::table.find(name).filter(leases::holder.eq(holder));
    diesel::delete(mine).execute(conn)?;
    Ok(())
}
