//! Mail on its way: rows of the outbox are sent by one node at a time and marked after the server
//! took them, so that none is lost, and one goes twice, under the same Message-ID, only if the node
//! dies between the server's answer and our commit. Without a mail server they stay and are shown.

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::lease::Lease;
use crate::service::listing::{ListQuery, Page};
use crate::service::mailer::Mailer;
use crate::service::secrets::{Sealed, SecretsError};
use crate::service::stored_settings::StoredSettings;
use crate::store::mail_outbox::{self, LINK_PLACE, NewMail, QueuedMail};

/// Longer than one mail can take, so that a slow server never makes two nodes send it.
const LEASE: Duration = Duration::from_secs(180);
/// Mails that are read at once.
const AT_ONCE: u32 = 20;
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// A mail is tried again as long as it takes.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// The pause while there is no mail server; short, for one may be set.
const UNSENT_PAUSE: TimeDelta = TimeDelta::minutes(1);
const NO_SERVER: &str = "no mail server is set (smtp_url)";

/// The outbox, newest first.
pub fn list(env: &Environment, query: &ListQuery) -> Result<Page<QueuedMail>, ServiceError> {
    let request = query.page_request()?;
    let page = env.store.read(|conn| mail_outbox::list(conn, &request))?;
    Ok(page.into())
}

/// Sends what is due by the mail server that the settings name at this moment.
pub fn deliver_waiting(env: &Environment) -> Result<usize, ServiceError> {
    if due(env)?.is_empty() {
        return Ok(0);
    }
    deliver_due(env, StoredSettings::read(env)?.mailer()?.as_ref())
}

/// Sends what is due, unless another node is at it. Returns how many mails the server took.
pub fn deliver_due(env: &Environment, mailer: Option<&Mailer>) -> Result<usize, ServiceError> {
    if due(env)?.is_empty() {
        return Ok(0);
    }
    let lease = Lease::new("mail", LEASE);
    let mut sent = 0;
    'rounds: while lease.take(env)? {
        // Read under the lease: whoever had it may have sent some.
        let mails = due(env)?;
        if mails.is_empty() {
            break;
        }
        for mail in mails {
            if !lease.take(env)? {
                break 'rounds;
            }
            sent += usize::from(deliver(env, mailer, &mail)?);
        }
    }
    lease.release(env)?;
    Ok(sent)
}

fn due(env: &Environment) -> Result<Vec<QueuedMail>, ServiceError> {
    let now = env.now();
    let mails = env
        .store
        .read(|conn| mail_outbox::list_due(conn, now, AT_ONCE))?;
    Ok(mails)
}

/// True: the server took it.
fn deliver(
    env: &Environment,
    mailer: Option<&Mailer>,
    queued: &QueuedMail,
) -> Result<bool, ServiceError> {
    let id = queued.id;
    // A link that no key opens is this mail's failure, and keeps no other one.
    let outcome = match mailer {
        Some(mailer) => whole(env, queued)
            .map_err(|error| in_one_line(&error))
            .and_then(|mail| mailer.send(&mail).map_err(|error| in_one_line(&error))),
        None => Err(NO_SERVER.to_owned()),
    };
    let now = env.now();
    match outcome {
        Ok(()) => {
            env.store
                .write(move |conn| mail_outbox::mark_sent(conn, id, now))?;
            Ok(true)
        }
        Err(reason) => {
            log(queued, mailer.is_some(), &reason);
            let pause = match mailer {
                Some(_) => pause_after(queued.attempts),
                None => UNSENT_PAUSE,
            };
            let next: DateTime<Utc> = now + pause;
            env.store
                .write(move |conn| mail_outbox::mark_failed(conn, id, next, &reason))?;
            Ok(false)
        }
    }
}

/// The mail with its one-time link, which is opened only now.
fn whole(env: &Environment, queued: &QueuedMail) -> Result<NewMail, SecretsError> {
    let mut mail = queued.mail.clone();
    if let Some(sealed) = &queued.sealed_link {
        let link = env.keys.unseal(Sealed::Link, sealed)?;
        let link = String::from_utf8_lossy(&link);
        mail.text_body = mail.text_body.replace(LINK_PLACE, &link);
        mail.html_body = mail.html_body.replace(LINK_PLACE, &link);
    }
    Ok(mail)
}

/// Without a server a mail is told once; a failure is told each time.
fn log(queued: &QueuedMail, has_server: bool, reason: &str) {
    let mail = &queued.mail;
    let (to, subject) = (mail.recipient.as_str(), mail.subject.as_str());
    if has_server {
        tracing::warn!(
            to,
            subject,
            reason,
            "a mail was not sent and is tried again"
        );
    } else if queued.attempts == 0 {
        tracing::info!(to, subject, reason, "a mail waits in the outbox");
    }
}

/// Doubled after each failure.
fn pause_after(failures: i64) -> TimeDelta {
    let doublings = u32::try_from(failures.clamp(0, 16)).unwrap_or(16);
    (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE)
}

/// An error with its causes; control characters are escaped, for a server may answer anything.
pub(in crate::service) fn in_one_line(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.chars()
        .take(500)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
