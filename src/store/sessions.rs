//! Browser sessions, found by the hash of their token: the token itself is never stored. Read on
//! every request together with the account, so that a suspension counts at once (rule C6).

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::domain::ids::{AccountId, PublicId};
use crate::domain::session::{AccountKind, AuthenticationMethod, Session, SessionLife};
use crate::store::accounts::{Account, AccountRow, account_columns};
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, on_either};
use crate::store::error::StoreError;
use crate::store::half_sign_ins;
use crate::store::schema::{accounts, administrators, sessions, users};

/// A session about to begin, or one as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    pub session: Session,
    /// Where it began: the client's address.
    pub address: String,
    pub user_agent: String,
}

/// A live session with the account it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    pub session: Session,
    pub account: Account,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    public_id: String,
    family: String,
    account_id: i64,
    created_at: i64,
    last_seen_at: i64,
    authenticated_at: i64,
    method: String,
    csrf_secret: String,
    address: String,
    user_agent: String,
    ends_at: i64,
    idle_ms: i64,
}

impl SessionRow {
    fn into_record(self, kind: AccountKind) -> Result<SessionRecord, StoreError> {
        let place = Place::new("sessions", &self.public_id);
        let session = Session {
            account: AccountId::new(self.account_id),
            account_kind: kind,
            created_at: place.instant("created_at", self.created_at)?,
            ends_at: place.instant("ends_at", self.ends_at)?,
            idle: place.read("idle_ms", TimeDelta::try_milliseconds(self.idle_ms))?,
            last_seen_at: place.instant("last_seen_at", self.last_seen_at)?,
            authenticated_at: place.instant("authenticated_at", self.authenticated_at)?,
            method: place.read("method", AuthenticationMethod::parse(&self.method))?,
            public_id: PublicId::new(self.public_id),
            family: self.family,
            csrf_secret: self.csrf_secret,
        };
        Ok(SessionRecord {
            session,
            address: self.address,
            user_agent: self.user_agent,
        })
    }
}

/// Begins a session under the hash of its token.
pub fn insert(
    conn: &mut DbConnection,
    token_hash: &[u8],
    new: &SessionRecord,
) -> Result<(), StoreError> {
    let session = &new.session;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token_hash),
            sessions::public_id.eq(session.public_id.as_str()),
            sessions::family.eq(&session.family),
            sessions::account_id.eq(session.account.get()),
            sessions::created_at.eq(millis(session.created_at)),
            sessions::last_seen_at.eq(millis(session.last_seen_at)),
            sessions::authenticated_at.eq(millis(session.authenticated_at)),
            sessions::method.eq(session.method.as_str()),
            sessions::csrf_secret.eq(&session.csrf_secret),
            sessions::address.eq(&new.address),
            sessions::user_agent.eq(&new.user_agent),
            sessions::ends_at.eq(millis(session.ends_at)),
            sessions::idle_ms.eq(session.idle.num_milliseconds()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The session behind a token, if neither of its lifetimes has run out. Whether the account may
/// act is for the caller to see in [`Account::holder`].
pub fn find_live(
    conn: &mut DbConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<LiveSession>, StoreError> {
    let found: Option<(SessionRow, AccountRow)> = sessions::table
        .inner_join(
            accounts::table
                .left_join(users::table)
                .left_join(administrators::table),
        )
        .filter(sessions::token_hash.eq(token_hash))
        .select((SessionRow::as_select(), account_columns()))
        .get_result(conn)
        .optional()?;
    let Some((row, account)) = found else {
        return Ok(None);
    };
    let account = account.into_account()?;
    let session = row.into_record(account.holder.kind())?.session;
    Ok(session
        .is_live_at(now)
        .then_some(LiveSession { session, account }))
}

/// Whether a session is there, and stays until the end of this transaction: whoever ends it waits, and
/// sees then what was done in it.
pub fn hold(conn: &mut DbConnection, session: &PublicId) -> Result<bool, StoreError> {
    let row = sessions::table
        .filter(sessions::public_id.eq(session.as_str()))
        .select(sessions::public_id);
    let held: Option<String> = on_either!(
        conn,
        postgres | pg | row.for_key_share().get_result(pg).optional()?,
        // There is one writer at a time.
        sqlite | lite | row.get_result(lite).optional()?
    );
    Ok(held.is_some())
}

/// Notes that a session was used. Callers do so once a minute at most.
pub fn touch(
    conn: &mut DbConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = sessions::table.filter(sessions::token_hash.eq(token_hash));
    diesel::update(row)
        // Never back: nodes' clocks may differ.
        .filter(sessions::last_seen_at.lt(millis(now)))
        .set(sessions::last_seen_at.eq(millis(now)))
        .execute(conn)?;
    Ok(())
}

/// The sessions of an account that are live, newest first.
pub fn list_of_account(
    conn: &mut DbConnection,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<Vec<SessionRecord>, StoreError> {
    let rows: Vec<SessionRow> = sessions::table
        .filter(sessions::account_id.eq(account.id.get()))
        .order((sessions::created_at.desc(), sessions::public_id))
        .select(SessionRow::as_select())
        .load(conn)?;
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        let record = row.into_record(account.holder.kind())?;
        if record.session.is_live_at(now) {
            records.push(record);
        }
    }
    Ok(records)
}

/// Ends the session of a token; false: there was none.
pub fn delete(conn: &mut DbConnection, token_hash: &[u8]) -> Result<bool, StoreError> {
    let row = sessions::table.filter(sessions::token_hash.eq(token_hash));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Ends the session of a family, and gives its public id if there was one.
pub fn delete_of_family(
    conn: &mut DbConnection,
    family: &str,
) -> Result<Vec<PublicId>, StoreError> {
    let rows = sessions::table.filter(sessions::family.eq(family));
    let ended: Vec<String> = diesel::delete(rows)
        .returning(sessions::public_id)
        .get_results(conn)?;
    Ok(ended.into_iter().map(PublicId::new).collect())
}

/// Ends one session of an account by its public id; false: the account has no such session.
pub fn delete_by_public_id(
    conn: &mut DbConnection,
    account: AccountId,
    session: &PublicId,
) -> Result<bool, StoreError> {
    let row = sessions::table
        .filter(sessions::public_id.eq(session.as_str()))
        .filter(sessions::account_id.eq(account.get()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// What of an account goes on when everything else of it ends.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept<'a> {
    pub session: Option<&'a PublicId>,
    /// Hash of the token of a sign-in between two steps.
    pub half: Option<&'a [u8]>,
}

/// Ends every session of an account, and every sign-in between two steps, which would be the next one.
/// Returns how many sessions there were.
pub fn delete_of_account(conn: &mut DbConnection, account: AccountId) -> Result<usize, StoreError> {
    delete_all_but(conn, account, Kept::default())
}

/// The same but for one session.
pub fn delete_others(
    conn: &mut DbConnection,
    account: AccountId,
    keep: &PublicId,
) -> Result<usize, StoreError> {
    let kept = Kept {
        session: Some(keep),
        half: None,
    };
    delete_all_but(conn, account, kept)
}

/// The same but for what is kept.
pub fn delete_all_but(
    conn: &mut DbConnection,
    account: AccountId,
    kept: Kept<'_>,
) -> Result<usize, StoreError> {
    half_sign_ins::delete_others(conn, account, kept.half.unwrap_or_default())?;
    // No session has the empty id.
    let session = kept.session.map_or("", PublicId::as_str);
    let rows = sessions::table
        .filter(sessions::account_id.eq(account.get()))
        .filter(sessions::public_id.ne(session));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Removes what has run out and returns how many there were.
pub fn delete_expired(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let idle_end = sessions::last_seen_at + sessions::idle_ms;
    let rows = sessions::table.filter(
        sessions::ends_at
            .le(millis(now))
            .or(idle_end.le(millis(now))),
    );
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Shortens the sessions that may last longer than `life`; returns how many there were. None is
/// prolonged: what a service provider was told of its end stays true.
pub fn shorten(conn: &mut DbConnection, life: SessionLife) -> Result<usize, StoreError> {
    let idle = life.idle.num_milliseconds();
    let too_idle = sessions::table.filter(sessions::idle_ms.gt(idle));
    let idle = diesel::update(too_idle)
        .set(sessions::idle_ms.eq(idle))
        .execute(conn)?;
    let end = sessions::authenticated_at + life.absolute.num_milliseconds();
    let too_long = sessions::table.filter(sessions::ends_at.gt(end));
    let long = diesel::update(too_long)
        .set(sessions::ends_at.eq(end))
        .execute(conn)?;
    Ok(idle.max(long))
}
