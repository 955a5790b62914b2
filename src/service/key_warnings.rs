//! Mail to the administrators before the certificate of a published key runs out: 60, 30, 7 and 1
//! days ahead, each once, whatever number of nodes there is. The pages and `/metrics` tell it too.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::admin::{Action, Object, authorize};
use crate::domain::signing_key::{KeyState, SigningKey};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::letter::Letter;
use crate::service::notifications::message_id;
use crate::service::signing_choice::keys_at;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::mail_outbox::{self, NewMail};
use crate::store::{administrators, signing_keys};

/// Days before the end, the nearest first.
const THRESHOLDS: [i64; 4] = [1, 7, 30, 60];
const LINK: &str = "Signing Keys";

/// Puts what is due into the outbox. Returns of how many keys was told.
pub fn tell_due(env: &Environment) -> Result<usize, ServiceError> {
    let (now, base_url) = (env.now(), env.settings.base_url.clone());
    let due = move |conn: &mut DbConnection| -> Result<Vec<(SigningKey, i64)>, StoreError> {
        let keys = keys_at(conn, now)?.into_iter();
        Ok(keys
            .filter_map(|key| threshold(&key, now).map(|days| (key, days)))
            .collect())
    };
    if env.store.read(due)?.is_empty() {
        return Ok(0);
    }
    env.store.write(move |conn| -> Result<usize, ServiceError> {
        let mut told = 0;
        for (key, days) in due(conn)? {
            if signing_keys::mark_warned(conn, key.id, days)? {
                tell(conn, &key, (&base_url, now))?;
                told += 1;
            }
        }
        Ok(told)
    })
}

/// The threshold that was passed last, if nobody was told of it or of a nearer one.
fn threshold(key: &SigningKey, now: DateTime<Utc>) -> Option<i64> {
    let days = THRESHOLDS
        .into_iter()
        .find(|days| key.not_after <= now + TimeDelta::days(*days))?;
    let is_told = key.warned_days.is_some_and(|told| told <= days);
    (key.state != KeyState::Retired && !is_told).then_some(days)
}

fn tell(
    conn: &mut DbConnection,
    key: &SigningKey,
    (base_url, now): (&str, DateTime<Utc>),
) -> Result<(), ServiceError> {
    let (subject, letter) = letter(key, (base_url, now));
    for administrator in administrators::list(conn)? {
        if authorize(administrator.role, Action::Edit, Object::SigningKey).is_err() {
            continue;
        }
        let new = NewMail {
            message_id: message_id(base_url),
            recipient: administrator.email,
            subject: subject.clone(),
            text_body: letter.text(),
            html_body: letter.html()?,
            group: None,
            created_at: now,
            next_attempt_at: now,
        };
        mail_outbox::insert(conn, &new)?;
    }
    Ok(())
}

/// Subject and text: what ends, and what to do.
fn letter(key: &SigningKey, (base_url, now): (&str, DateTime<Utc>)) -> (String, Letter) {
    let algorithm = key.algorithm.as_str();
    let role = if key.state == KeyState::Active {
        "that signs now"
    } else {
        "that is published"
    };
    let end = key.not_after.format("%Y-%m-%d %H:%M UTC");
    let (subject, ends) = if key.not_after <= now {
        ("A signing certificate has ended".to_owned(), "ended")
    } else {
        let days = (key.not_after - now).num_days().max(1);
        let unit = if days == 1 { "day" } else { "days" };
        (
            format!("A signing certificate ends in {days} {unit}"),
            "ends",
        )
    };
    let letter = Letter {
        opening: format!(
            "The certificate of the {algorithm} key {role} {ends} on {end}. Make the next key, \
                 give its certificate to every application, then let it sign. Applications that \
                 heed the end of a certificate refuse sign-ons after it."
        ),
        lines: Vec::new(),
        link: LINK,
        address: format!("{base_url}/admin/keys/{}", key.public_id),
    };
    (subject, letter)
}
