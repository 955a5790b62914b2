//! The directory's three counters, one row. Read in the transaction that relies on them, they are
//! the whole cache protocol: whoever sees an old number holds an old copy.

use diesel::prelude::*;

use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::directory_epoch;

/// The counters at one snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Epochs {
    /// Raised by every change of a rule, a method or an exemption.
    pub rule: i64,
    /// Raised by every change of a connector or a binding.
    pub config: i64,
}

/// Reads the counters.
pub fn read(conn: &mut DbConnection) -> Result<Epochs, StoreError> {
    Ok(directory_epoch::table
        .find(1)
        .select((directory_epoch::rule_epoch, directory_epoch::config_epoch))
        .get_result(conn)?)
}

/// Raises the rule epoch and returns the new one. Hold the gate alone.
pub fn raise_rule(conn: &mut DbConnection) -> Result<i64, StoreError> {
    Ok(diesel::update(directory_epoch::table.find(1))
        .set(directory_epoch::rule_epoch.eq(directory_epoch::rule_epoch + 1))
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

/// The next place in the order of rule B8. The row stays locked until the transaction ends, so
/// that the numbers are in the order of the commits.
pub(in crate::store) fn next_attribute_seq(conn: &mut DbConnection) -> Result<i64, StoreError> {
    Ok(diesel::update(directory_epoch::table.find(1))
        .set(directory_epoch::attribute_seq.eq(directory_epoch::attribute_seq + 1))
        .returning(directory_epoch::attribute_seq)
        .get_result(conn)?)
}
