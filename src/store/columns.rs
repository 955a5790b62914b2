//! Turning columns into values and back. A stored value that has no meaning is an error with its
//! place, never a default.

use std::fmt::Display;

use chrono::{DateTime, Utc};

use crate::store::error::StoreError;

/// Where a value was read, for [`StoreError::Corrupt`].
#[derive(Clone, Copy)]
pub(in crate::store) struct Place<'a> {
    table: &'static str,
    row: &'a dyn Display,
}

impl<'a> Place<'a> {
    /// A row, by table and key.
    pub(in crate::store) fn new(table: &'static str, row: &'a dyn Display) -> Self {
        Self { table, row }
    }

    /// The value that `parse` made of a column, or the error that names the column.
    pub(in crate::store) fn read<T>(
        self,
        column: &'static str,
        parsed: Option<T>,
    ) -> Result<T, StoreError> {
        parsed.ok_or_else(|| StoreError::corrupt(self.table, column, self.row))
    }

    /// The instant of a column in milliseconds UTC.
    pub(in crate::store) fn instant(
        self,
        column: &'static str,
        millis: i64,
    ) -> Result<DateTime<Utc>, StoreError> {
        self.read(column, DateTime::from_timestamp_millis(millis))
    }

    /// The instant of a column that may be empty.
    pub(in crate::store) fn optional_instant(
        self,
        column: &'static str,
        millis: Option<i64>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        millis
            .map(|millis| self.instant(column, millis))
            .transpose()
    }
}

/// An instant as a column holds it: milliseconds UTC.
pub(in crate::store) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}
