//! What was issued to whom, as long as it is of use: for logout, which names sessions by what an
//! assertion said. The lasting record is the audit event.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, select};
use diesel::prelude::*;

use crate::domain::connector::NameIdFormat;
use crate::domain::ids::{ConnectorId, UserId};
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::issued_assertions;

/// One issued assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedAssertion {
    pub assertion_id: String,
    pub response_id: String,
    pub connector: ConnectorId,
    pub user: UserId,
    pub session_index: String,
    pub session_family: String,
    pub name_id: String,
    pub name_id_format: NameIdFormat,
    pub name_qualifier: Option<String>,
    pub sp_name_qualifier: Option<String>,
    /// Hash of what was released (rule C7).
    pub digest: String,
    pub issued_at: DateTime<Utc>,
    /// SessionNotOnOrAfter.
    pub expires_at: DateTime<Utc>,
    /// When the service provider said that its session is over.
    pub ended_at: Option<DateTime<Utc>>,
}

/// An assertion as its columns.
#[derive(Queryable, Selectable)]
#[diesel(table_name = issued_assertions)]
pub(in crate::store) struct IssuedRow {
    assertion_id: String,
    response_id: String,
    connector_id: i64,
    user_id: i64,
    session_index: String,
    session_family: String,
    name_id: String,
    name_id_format: String,
    name_qualifier: Option<String>,
    sp_name_qualifier: Option<String>,
    digest: String,
    issued_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
}

impl IssuedRow {
    /// The assertion again.
    pub(in crate::store) fn into_assertion(self) -> Result<IssuedAssertion, StoreError> {
        let place = Place::new("issued_assertions", &self.assertion_id);
        let format = NameIdFormat::parse(&self.name_id_format);
        Ok(IssuedAssertion {
            name_id_format: place.read("name_id_format", format)?,
            issued_at: place.instant("issued_at", self.issued_at)?,
            expires_at: place.instant("expires_at", self.expires_at)?,
            ended_at: place.optional_instant("ended_at", self.ended_at)?,
            assertion_id: self.assertion_id,
            response_id: self.response_id,
            connector: ConnectorId::new(self.connector_id),
            user: UserId::new(self.user_id),
            session_index: self.session_index,
            session_family: self.session_family,
            name_id: self.name_id,
            name_qualifier: self.name_qualifier,
            sp_name_qualifier: self.sp_name_qualifier,
            digest: self.digest,
        })
    }
}

/// Records an assertion, in the transaction that also consumes the request and writes the audit
/// event, before the answer leaves.
pub fn insert(conn: &mut DbConnection, issued: &IssuedAssertion) -> Result<(), StoreError> {
    diesel::insert_into(issued_assertions::table)
        .values((
            issued_assertions::assertion_id.eq(&issued.assertion_id),
            issued_assertions::response_id.eq(&issued.response_id),
            issued_assertions::connector_id.eq(issued.connector.get()),
            issued_assertions::user_id.eq(issued.user.get()),
            issued_assertions::session_index.eq(&issued.session_index),
            issued_assertions::session_family.eq(&issued.session_family),
            issued_assertions::name_id.eq(&issued.name_id),
            issued_assertions::name_id_format.eq(issued.name_id_format.uri()),
            issued_assertions::name_qualifier.eq(&issued.name_qualifier),
            issued_assertions::sp_name_qualifier.eq(&issued.sp_name_qualifier),
            issued_assertions::digest.eq(&issued.digest),
            issued_assertions::issued_at.eq(millis(issued.issued_at)),
            issued_assertions::expires_at.eq(millis(issued.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// One assertion by its id.
pub fn find(
    conn: &mut DbConnection,
    assertion_id: &str,
) -> Result<Option<IssuedAssertion>, StoreError> {
    issued_assertions::table
        .find(assertion_id)
        .select(IssuedRow::as_select())
        .get_result(conn)
        .optional()?
        .map(IssuedRow::into_assertion)
        .transpose()
}

/// What a session family holds at all its service providers, oldest first.
pub fn list_of_family(
    conn: &mut DbConnection,
    family: &str,
) -> Result<Vec<IssuedAssertion>, StoreError> {
    issued_assertions::table
        .filter(issued_assertions::session_family.eq(family))
        .order((
            issued_assertions::issued_at,
            issued_assertions::assertion_id,
        ))
        .select(IssuedRow::as_select())
        .load(conn)?
        .into_iter()
        .map(IssuedRow::into_assertion)
        .collect()
}

/// What one service provider holds under a session index, oldest first.
pub fn list_of_session(
    conn: &mut DbConnection,
    connector: ConnectorId,
    session_index: &str,
) -> Result<Vec<IssuedAssertion>, StoreError> {
    issued_assertions::table
        .filter(issued_assertions::connector_id.eq(connector.get()))
        .filter(issued_assertions::session_index.eq(session_index))
        .order((
            issued_assertions::issued_at,
            issued_assertions::assertion_id,
        ))
        .select(IssuedRow::as_select())
        .load(conn)?
        .into_iter()
        .map(IssuedRow::into_assertion)
        .collect()
}

/// Notes that what a service provider holds of a family is over; told once, it stays.
pub fn end(
    conn: &mut DbConnection,
    (connector, family): (ConnectorId, &str),
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let rows = issued_assertions::table
        .filter(issued_assertions::session_family.eq(family))
        .filter(issued_assertions::connector_id.eq(connector.get()))
        .filter(issued_assertions::ended_at.is_null());
    Ok(diesel::update(rows)
        .set(issued_assertions::ended_at.eq(Some(millis(now))))
        .execute(conn)?)
}

/// All that are still kept about a user, oldest first.
pub fn list_of_user(
    conn: &mut DbConnection,
    user: UserId,
) -> Result<Vec<IssuedAssertion>, StoreError> {
    issued_assertions::table
        .filter(issued_assertions::user_id.eq(user.get()))
        .order((
            issued_assertions::issued_at,
            issued_assertions::assertion_id,
        ))
        .select(IssuedRow::as_select())
        .load(conn)?
        .into_iter()
        .map(IssuedRow::into_assertion)
        .collect()
}

/// Whether a service provider was told this NameID of somebody else than this user.
pub fn is_of_another(
    conn: &mut DbConnection,
    name_id: &str,
    user: UserId,
) -> Result<bool, StoreError> {
    let those = issued_assertions::table
        .filter(issued_assertions::name_id.eq(name_id))
        .filter(issued_assertions::user_id.ne(user.get()));
    Ok(select(exists(those)).get_result(conn)?)
}

/// When each service provider last got an assertion about a user, of those that are still kept.
pub fn last_of_user(
    conn: &mut DbConnection,
    user: UserId,
) -> Result<BTreeMap<ConnectorId, DateTime<Utc>>, StoreError> {
    let user = user.get();
    let place = Place::new("issued_assertions", &user);
    let rows: Vec<(i64, i64)> = issued_assertions::table
        .filter(issued_assertions::user_id.eq(user))
        .order(issued_assertions::issued_at)
        .select((
            issued_assertions::connector_id,
            issued_assertions::issued_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(connector, at)| Ok((ConnectorId::new(connector), place.instant("issued_at", at)?)))
        .collect()
}

/// Removes what no service provider can hold any more and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let rows = issued_assertions::table.filter(issued_assertions::expires_at.le(millis(now)));
    Ok(diesel::delete(rows).execute(conn)?)
}
