//! Of which certificates of service providers administrators were told by mail, and how many days before the end.
//! Goes with the connector.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::domain::ids::ConnectorId;
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::schema::certificate_warnings;

/// Days by connector and fingerprint.
pub fn list(conn: &mut DbConnection) -> Result<BTreeMap<(ConnectorId, String), i64>, StoreError> {
    let rows: Vec<(i64, String, i64)> = certificate_warnings::table.load(conn)?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(connector, fingerprint, days)| ((ConnectorId::new(connector), fingerprint), days))
        .collect())
}

/// Remembers that a mail told of so many days. False: one had told of as few already, so that of two nodes only
/// one tells.
pub fn mark(
    conn: &mut DbConnection,
    (connector, fingerprint): (ConnectorId, &str),
    days: i64,
) -> Result<bool, StoreError> {
    let row = certificate_warnings::table
        .find((connector.get(), fingerprint))
        .filter(certificate_warnings::warned_days.gt(days));
    let changed = diesel::update(row)
        .set(certificate_warnings::warned_days.eq(days))
        .execute(conn)?;
    if changed == 1 {
        return Ok(true);
    }
    let values = (
        certificate_warnings::connector_id.eq(connector.get()),
        certificate_warnings::fingerprint.eq(fingerprint),
        certificate_warnings::warned_days.eq(days),
    );
    let inserted = on_either!(conn, |db| diesel::insert_into(certificate_warnings::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(db))?;
    Ok(inserted == 1)
}
