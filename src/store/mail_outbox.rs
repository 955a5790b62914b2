//! Mail that waits to be sent: written in the transaction of its cause, so that it is never lost;
//! marked sent after the server took it, so that it is sent twice only if the node dies between.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::GroupId;
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
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
}

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
}

impl MailRow {
    fn into_mail(self) -> Result<QueuedMail, StoreError> {
        let place = Place::new("mail_outbox", &self.id);
        Ok(QueuedMail {
            id: self.id,
            attempts: self.attempts,
            sent_at: place.optional_instant("sent_at", self.sent_at)?,
            last_error: self.last_error,
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
