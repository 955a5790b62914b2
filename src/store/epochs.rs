//! The directory's three counters, one row. Read in the transaction that relies on them, they are
//! the whole cache protocol: whoever sees an old number holds an old copy.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::directory_epoch;

/// The counters at one snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Epochs {
    /// Raised by every change of a rule, a method or an exemption.
    pub rule: i64,
    /// Raised by every change of a connector, a binding or a setting.
    pub config: i64,
}

/// Reads the counters.
pub fn read(conn: &mut DbConnection) -> Result<Epochs, StoreError> {
    Ok(on_either!(conn, |db| directory_epoch::table
        .find(1)
        .select((directory_epoch::rule_epoch, directory_epoch::config_epoch))
        .get_result(db))?)
}

/// Raises the rule epoch by a random step and returns the new one. Hold the gate alone.
///
/// A number never stands for two sets of rules: when a rollback, a fail-over or a restored copy
/// takes the counter back, a process may still hold rules compiled under a number that was lost,
/// and must not meet that number again.
pub fn raise_rule(conn: &mut DbConnection) -> Result<i64, StoreError> {
    let step = sql::<BigInt>(match conn {
        DbConnection::Postgres(_) => "1 + FLOOR(RANDOM() * 16777216)::BIGINT",
        DbConnection::Sqlite(_) => "1 + ABS(RANDOM() % 16777216)",
    });
    Ok(diesel::update(directory_epoch::table.find(1))
        .set(directory_epoch::rule_epoch.eq(directory_epoch::rule_epoch + step))
        .returning(directory_epoch::rule_epoch)
        .get_result(conn)?)
}

/// Raises the configuration epoch and returns the new one.
pub fn raise_config(conn: &mut DbConnection) -> Result<i64, StoreError> {
    Ok(diesel::update(directory_epoch::table.find(1))
        .set(directory_epoch::config_epoch.eq(directory_epoch::config_epoch + 1))
        .returning(directory_epoch::config_epoch)
        .get_result(conn)?)
}

/// The rule epoch as part of another statement, which saves reading it apart.
#[diesel::dsl::auto_type(no_type_alias)]
pub(in crate::store) fn rule_epoch_now() -> _ {
    directory_epoch::table
        .find(1_i64)
        .select(directory_epoch::rule_epoch)
        .single_value()
        .assume_not_null()
}

/// The next place in the order of rule B8. The row stays locked until the transaction ends, so
/// that the numbers are in the order of the commits.
pub(in crate::store) fn next_attribute_seq(conn: &mut DbConnection) -> Result<i64, StoreError> {
    Ok(diesel::update(directory_epoch::table.find(1))
        .set(directory_epoch::attribute_seq.eq(directory_epoch::attribute_seq + 1))
        .returning(directory_epoch::attribute_seq)
        .get_result(conn)?)
}
