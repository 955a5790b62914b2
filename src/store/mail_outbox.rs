//! Mail that waits to be sent: written in the transaction of its cause, so that it is never lost;
//! marked sent after the server took it, so that it is sent twice only if the node dies between.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::GroupId;
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::paging::{Cursor, Page, PageRequest};
use crate::store::schema::mail_outbox;

/// A mail about to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// The Message-ID header, the same on every attempt.
    pub message_id: String,
    pub recipient: String,
    pub subject: String,
    pub text_body: String,
    pub html_body: String,
    /// The group it is about, by which mails are folded (rule A15).
    pub group: Option<GroupId>,
    pub created_at: DateTime<Utc>,
    pub next_attempt_at: DateTime<Utc>,
}

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    pub id: i64,
    pub mail: NewMail,
    pub attempts: i64,
    pub sent_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    /// What stands in its text for [`LINK_PLACE`], sealed; gone once it was sent.
    pub sealed_link: Option<Vec<u8>>,
}

/// Where the one-time link of a mail belongs, in both of its texts.
pub const LINK_PLACE: &str = "ONE-TIME-LINK";

#[derive(Queryable, Selectable)]
#[diesel(table_name = mail_outbox)]
struct MailRow {
    id: i64,
    message_id: String,
    recipient: String,
    subject: String,
    text_body: String,
    html_body: String,
    group_id: Option<i64>,
    created_at: i64,
    next_attempt_at: i64,
    attempts: i64,
    sent_at: Option<i64>,
    last_error: Option<String>,
    sealed_link: Option<Vec<u8>>,
}

impl MailRow {
    fn into_mail(self) -> Result<QueuedMail, StoreError> {
        let place = Place::new("mail_outbox", &self.id);
        Ok(QueuedMail {
            id: self.id,
            attempts: self.attempts,
            sent_at: place.optional_instant("sent_at", self.sent_at)?,
            last_error: self.last_error,
            sealed_link: self.sealed_link,
            mail: NewMail {
                created_at: place.instant("created_at", self.created_at)?,
                next_attempt_at: place.instant("next_attempt_at", self.next_attempt_at)?,
                message_id: self.message_id,
                recipient: self.recipient,
                subject: self.subject,
                text_body: self.text_body,
                html_body: self.html_body,
                group: self.group_id.map(GroupId::new),
            },
        })
    }
}

/// Queues a mail.
pub fn insert(conn: &mut DbConnection, new: &NewMail) -> Result<(), StoreError> {
    insert_with_link(conn, new, None)
}

/// Queues a mail with a one-time link, so that no copy of the database holds one in clear.
pub fn insert_with_link(
    conn: &mut DbConnection,
    new: &NewMail,
    sealed_link: Option<&[u8]>,
) -> Result<(), StoreError> {
    diesel::insert_into(mail_outbox::table)
        .values((
            mail_outbox::message_id.eq(&new.message_id),
            mail_outbox::recipient.eq(&new.recipient),
            mail_outbox::subject.eq(&new.subject),
            mail_outbox::text_body.eq(&new.text_body),
            mail_outbox::html_body.eq(&new.html_body),
            mail_outbox::group_id.eq(new.group.map(GroupId::get)),
            mail_outbox::created_at.eq(millis(new.created_at)),
            mail_outbox::next_attempt_at.eq(millis(new.next_attempt_at)),
            mail_outbox::attempts.eq(0),
            mail_outbox::sealed_link.eq(sealed_link),
        ))
        .execute(conn)?;
    Ok(())
}

/// Unsent mail whose time has come, the longest waiting first.
pub fn list_due(
    conn: &mut DbConnection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<QueuedMail>, StoreError> {
    mail_outbox::table
        .filter(mail_outbox::sent_at.is_null())
        .filter(mail_outbox::next_attempt_at.le(millis(now)))
        .order((mail_outbox::next_attempt_at, mail_outbox::id))
        .limit(i64::from(limit))
        .select(MailRow::as_select())
        .load(conn)?
        .into_iter()
        .map(MailRow::into_mail)
        .collect()
}

/// The newest mails about a group, sent or not.
pub fn list_of_group(
    conn: &mut DbConnection,
    group: GroupId,
    since: DateTime<Utc>,
) -> Result<Vec<QueuedMail>, StoreError> {
    mail_outbox::table
        .filter(mail_outbox::group_id.eq(group.get()))
        .filter(mail_outbox::created_at.ge(millis(since)))
        .order(mail_outbox::id.desc())
        .select(MailRow::as_select())
        .load(conn)?
        .into_iter()
        .map(MailRow::into_mail)
        .collect()
}

/// Notes that the server took a mail.
pub fn mark_sent(conn: &mut DbConnection, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(mail_outbox::table.find(id))
        .set((
            mail_outbox::sent_at.eq(Some(millis(now))),
            mail_outbox::attempts.eq(mail_outbox::attempts + 1),
            mail_outbox::last_error.eq(None::<String>),
            mail_outbox::sealed_link.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that an attempt failed and when to try again.
pub fn mark_failed(
    conn: &mut DbConnection,
    id: i64,
    next_attempt_at: DateTime<Utc>,
    error: &str,
) -> Result<(), StoreError> {
    diesel::update(mail_outbox::table.find(id))
        .set((
            mail_outbox::next_attempt_at.eq(millis(next_attempt_at)),
            mail_outbox::attempts.eq(mail_outbox::attempts + 1),
            mail_outbox::last_error.eq(Some(error)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Replaces the text of a mail that waits for its time; false: it was sent or its time has come.
pub fn rewrite(
    conn: &mut DbConnection,
    (id, now): (i64, DateTime<Utc>),
    (text_body, html_body): (&str, &str),
) -> Result<bool, StoreError> {
    let waiting = mail_outbox::table
        .find(id)
        .filter(mail_outbox::sent_at.is_null())
        .filter(mail_outbox::next_attempt_at.gt(millis(now)));
    let changed = diesel::update(waiting)
        .set((
            mail_outbox::text_body.eq(text_body),
            mail_outbox::html_body.eq(html_body),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// One page, newest first.
pub fn list(conn: &mut DbConnection, page: &PageRequest) -> Result<Page<QueuedMail>, StoreError> {
    let total = mail_outbox::table.count().get_result(conn)?;
    let before = page.after.as_ref().map_or(i64::MAX, |after| after.id);
    let rows: Vec<MailRow> = mail_outbox::table
        .filter(mail_outbox::id.lt(before))
        .order(mail_outbox::id.desc())
        .limit(page.rows_to_load())
        .select(MailRow::as_select())
        .load(conn)?;
    page.cut(rows, total, |row| Cursor {
        sort: String::new(),
        id: row.id,
    })
    .try_map(MailRow::into_mail)
}

/// Removes mail to an address, sent or not, and returns how much there was.
pub fn delete_to(conn: &mut DbConnection, recipient: &str) -> Result<usize, StoreError> {
    let rows = mail_outbox::table.filter(mail_outbox::recipient.eq(recipient));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Removes a mail whose link nobody can open any more.
pub fn delete(conn: &mut DbConnection, id: i64) -> Result<(), StoreError> {
    diesel::delete(mail_outbox::table.find(id)).execute(conn)?;
    Ok(())
}

/// How much mail was not sent yet.
pub fn count_waiting(conn: &mut DbConnection) -> Result<i64, StoreError> {
    let waiting = mail_outbox::table.filter(mail_outbox::sent_at.is_null());
    Ok(waiting.count().get_result(conn)?)
}

/// Removes mail that was sent before then and returns how much there was.
pub fn delete_sent_before(
    conn: &mut DbConnection,
    then: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let rows = mail_outbox::table.filter(mail_outbox::sent_at.lt(millis(then)));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// The sealed links of mail that waits, with the keys of their rows.
pub fn sealed_links(conn: &mut DbConnection) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let rows: Vec<(i64, Option<Vec<u8>>)> = mail_outbox::table
        .filter(mail_outbox::sealed_link.is_not_null())
        .select((mail_outbox::id, mail_outbox::sealed_link))
        .load(conn)?;
    let sealed = rows.into_iter().map(|(id, link)| Some((id, link?)));
    Ok(sealed.flatten().collect())
}

/// Puts a link sealed anew in the place of the former one, unless it was sent meanwhile.
pub fn reseal_link(conn: &mut DbConnection, mail: i64, sealed: &[u8]) -> Result<(), StoreError> {
    let row = mail_outbox::table.find(mail);
    diesel::update(row.filter(mail_outbox::sealed_link.is_not_null()))
        .set(mail_outbox::sealed_link.eq(Some(sealed)))
        .execute(conn)?;
    Ok(())
}
