//! How often something happened on each day: counted in the one index that holds kind and time, so
//! that a million events are a moment's work. Days are those of UTC.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::audit_events;

/// Events of one kind since then, by day; a day without one is left out.
pub fn count(
    conn: &mut DbConnection,
    kind: &str,
    since: DateTime<Utc>,
) -> Result<BTreeMap<NaiveDate, i64>, StoreError> {
    let day = || sql::<BigInt>("at / 86400000");
    let rows: Vec<(i64, i64)> = audit_events::table
        .filter(audit_events::kind.eq(kind))
        .filter(audit_events::at.ge(millis(since)))
        .group_by(day())
        .select((day(), count_star()))
        .load(conn)?;
    rows.into_iter()
        .map(|(day, count)| {
            let date = TimeDelta::try_days(day)
                .and_then(|days| DateTime::UNIX_EPOCH.checked_add_signed(days));
            let date = Place::new("audit_events", &day).read("at", date)?;
            Ok((date.date_naive(), count))
        })
        .collect()
}
