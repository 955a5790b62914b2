//! The service providers that take part in a logout: what each was asked and what it said. An answer
//! is taken once, by a single statement, however many nodes receive it (FRESH-ONCE).

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::logout::ParticipantState;
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::issued_assertions::{IssuedAssertion, IssuedRow};
use crate::store::schema::{issued_assertions, logout_participants, logouts};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// From 0, in the order of the page.
    pub place: i64,
    /// The latest assertion that it got.
    pub assertion: IssuedAssertion,
    pub state: ParticipantState,
}

/// Adds a participant.
pub fn insert(conn: &mut DbConnection, logout: &str, new: &Participant) -> Result<(), StoreError> {
    diesel::insert_into(logout_participants::table)
        .values((
            logout_participants::logout_id.eq(logout),
            logout_participants::place.eq(new.place),
            logout_participants::assertion_id.eq(&new.assertion.assertion_id),
            logout_participants::state.eq(new.state.as_str()),
        ))
        .execute(conn)?;
    Ok(())
}

/// All of a logout, in order.
pub fn list(conn: &mut DbConnection, logout: &str) -> Result<Vec<Participant>, StoreError> {
    let rows: Vec<(i64, String, IssuedRow)> = logout_participants::table
        .inner_join(issued_assertions::table)
        .filter(logout_participants::logout_id.eq(logout))
        .order(logout_participants::place)
        .select((
            logout_participants::place,
            logout_participants::state,
            IssuedRow::as_select(),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(place, state, row)| {
            let where_read = Place::new("logout_participants", &logout);
            Ok(Participant {
                place,
                state: where_read.read("state", ParticipantState::parse(&state))?,
                assertion: row.into_assertion()?,
            })
        })
        .collect()
}

/// Notes the ID of the request that goes out now, in place of an earlier one; false: there is no
/// such participant, or it has answered.
pub fn ask(
    conn: &mut DbConnection,
    (logout, place): (&str, i64),
    request_id: &str,
) -> Result<bool, StoreError> {
    let row = logout_participants::table
        .filter(logout_participants::logout_id.eq(logout))
        .filter(logout_participants::place.eq(place))
        .filter(logout_participants::state.eq(ParticipantState::Waiting.as_str()));
    let asked = diesel::update(row)
        .set(logout_participants::request_id.eq(Some(request_id)))
        .execute(conn)?;
    Ok(asked == 1)
}

/// The assertion that a request of ours was about, while its logout is kept.
pub fn find_asked(
    conn: &mut DbConnection,
    request_id: &str,
    now: DateTime<Utc>,
) -> Result<Option<IssuedAssertion>, StoreError> {
    logout_participants::table
        .inner_join(issued_assertions::table)
        .inner_join(logouts::table)
        .filter(logout_participants::request_id.eq(request_id))
        .filter(logouts::expires_at.gt(millis(now)))
        .select(IssuedRow::as_select())
        .get_result(conn)
        .optional()?
        .map(IssuedRow::into_assertion)
        .transpose()
}

/// Takes the answer to a request; false: it was answered before.
pub fn answer(
    conn: &mut DbConnection,
    request_id: &str,
    state: ParticipantState,
) -> Result<bool, StoreError> {
    let row = logout_participants::table
        .filter(logout_participants::request_id.eq(request_id))
        .filter(logout_participants::state.eq(ParticipantState::Waiting.as_str()));
    let answered = diesel::update(row)
        .set(logout_participants::state.eq(state.as_str()))
        .execute(conn)?;
    Ok(answered == 1)
}
