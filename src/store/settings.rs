//! Settings that are kept in the database: names and texts; their meaning is the service's.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::settings;

/// All stored settings by name.
pub fn list(conn: &mut DbConnection) -> Result<BTreeMap<String, String>, StoreError> {
    let rows: Vec<(String, String)> = settings::table
        .select((settings::key, settings::value))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// One setting; `None`: not stored.
pub fn find(conn: &mut DbConnection, key: &str) -> Result<Option<String>, StoreError> {
    Ok(settings::table
        .find(key)
        .select(settings::value)
        .get_result(conn)
        .optional()?)
}

/// Stores a setting in the place of the former value.
pub fn save(conn: &mut DbConnection, key: &str, value: &str) -> Result<(), StoreError> {
    let values = (settings::key.eq(key), settings::value.eq(value));
    on_either!(conn, |db| diesel::insert_into(settings::table)
        .values(values)
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(value))
        .execute(db))?;
    Ok(())
}

/// Forgets a setting if it still has this value; false: it has not. Of any number of takers
/// exactly one gets it.
pub fn take(conn: &mut DbConnection, key: &str, value: &str) -> Result<bool, StoreError> {
    let row = settings::table.find(key).filter(settings::value.eq(value));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Forgets a setting.
pub fn delete(conn: &mut DbConnection, key: &str) -> Result<(), StoreError> {
    diesel::delete(settings::table.find(key)).execute(conn)?;
    Ok(())
}
