//! Logouts that run, each bound to the browser in which it does: another browser that learns the id
//! finds nothing. Who takes part is in `logout_participants`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::connector::EndpointBinding;
use crate::domain::ids::{ConnectorId, UserId};
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::logouts;

/// A logout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logout {
    pub id: String,
    /// Whose sessions end.
    pub user: UserId,
    /// The service provider that asked for it; `None`: the person did, here.
    pub asker: Option<Asker>,
    pub began_at: DateTime<Utc>,
    /// When its result was settled.
    pub finished_at: Option<DateTime<Utc>>,
    pub expires_at: DateTime<Utc>,
}

/// Who waits for an answer, and how it is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub connector: ConnectorId,
    /// ID of its request; InResponseTo of the answer.
    pub request_id: String,
    /// By which the request came.
    pub binding: EndpointBinding,
    /// To be returned unchanged.
    pub relay_state: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = logouts)]
struct LogoutRow {
    id: String,
    user_id: i64,
    asker_id: Option<i64>,
    request_id: Option<String>,
    binding: Option<String>,
    relay_state: Option<String>,
    began_at: i64,
    finished_at: Option<i64>,
    expires_at: i64,
}

impl LogoutRow {
    fn into_logout(self) -> Result<Logout, StoreError> {
        let place = Place::new("logouts", &self.id);
        let asker = match self.asker_id {
            None => None,
            Some(connector) => {
                let binding = self.binding.as_deref().and_then(EndpointBinding::parse);
                Some(Asker {
                    connector: ConnectorId::new(connector),
                    request_id: place.read("request_id", self.request_id)?,
                    binding: place.read("binding", binding)?,
                    relay_state: self.relay_state,
                })
            }
        };
        Ok(Logout {
            user: UserId::new(self.user_id),
            asker,
            began_at: place.instant("began_at", self.began_at)?,
            finished_at: place.optional_instant("finished_at", self.finished_at)?,
            expires_at: place.instant("expires_at", self.expires_at)?,
            id: self.id,
        })
    }
}

/// Begins a logout in the browser of this hash.
pub fn insert(
    conn: &mut DbConnection,
    browser_hash: &[u8],
    new: &Logout,
) -> Result<(), StoreError> {
    let asker = new.asker.as_ref();
    diesel::insert_into(logouts::table)
        .values((
            logouts::id.eq(&new.id),
            logouts::browser_hash.eq(browser_hash),
            logouts::user_id.eq(new.user.get()),
            logouts::asker_id.eq(asker.map(|asker| asker.connector.get())),
            logouts::request_id.eq(asker.map(|asker| &asker.request_id)),
            logouts::binding.eq(asker.map(|asker| asker.binding.as_str())),
            logouts::relay_state.eq(asker.and_then(|asker| asker.relay_state.as_ref())),
            logouts::began_at.eq(millis(new.began_at)),
            logouts::finished_at.eq(new.finished_at.map(millis)),
            logouts::expires_at.eq(millis(new.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The logout of this id in this browser, unless it has run out.
pub fn find(
    conn: &mut DbConnection,
    (id, browser_hash): (&str, &[u8]),
    now: DateTime<Utc>,
) -> Result<Option<Logout>, StoreError> {
    logouts::table
        .filter(logouts::id.eq(id))
        .filter(logouts::browser_hash.eq(browser_hash))
        .filter(logouts::expires_at.gt(millis(now)))
        .select(LogoutRow::as_select())
        .get_result(conn)
        .optional()?
        .map(LogoutRow::into_logout)
        .transpose()
}

/// What was settled last in a browser after an instant.
pub fn find_last_finished(
    conn: &mut DbConnection,
    browser_hash: &[u8],
    after: DateTime<Utc>,
) -> Result<Option<Logout>, StoreError> {
    logouts::table
        .filter(logouts::browser_hash.eq(browser_hash))
        .filter(logouts::finished_at.gt(millis(after)))
        .order((logouts::finished_at.desc(), logouts::id))
        .select(LogoutRow::as_select())
        .first(conn)
        .optional()?
        .map(LogoutRow::into_logout)
        .transpose()
}

/// Settles the result; false: it was settled before.
pub fn finish(conn: &mut DbConnection, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let row = logouts::table
        .filter(logouts::id.eq(id))
        .filter(logouts::finished_at.is_null());
    let settled = diesel::update(row)
        .set(logouts::finished_at.eq(Some(millis(now))))
        .execute(conn)?;
    Ok(settled == 1)
}

/// Removes what has run out and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = logouts::table.filter(logouts::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}
