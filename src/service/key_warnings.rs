//! Mail before a certificate runs out, of a published key of ours or of a service provider: 60, 30, 7 and 1 days
//! ahead, each once, whatever number of nodes there is. The pages and `/metrics` tell it too.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::admin::{Action, Object, authorize};
use crate::domain::connector::{CertificateUse, Connector};
use crate::domain::signing_key::{KeyState, SigningKey};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::letter::{Letter, SIGN_IN};
use crate::service::notifications::message_id;
use crate::service::signing_choice::keys_at;
use crate::service::sp_certificates::last_ones;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::mail_outbox::{self, NewMail};
use crate::store::{administrators, certificate_warnings, connectors, signing_keys};

/// Days before the end, the nearest first.
const THRESHOLDS: [i64; 4] = [1, 7, 30, 60];
/// A letter names at most this many certificates.
const NAMED: usize = 50;

/// Puts what is due into the outbox. Returns of how many keys and certificates was told.
pub fn tell_due(env: &Environment) -> Result<usize, ServiceError> {
    let (now, base_url) = (env.now(), env.settings.base_url.clone());
    let due = move |conn: &mut DbConnection| -> Result<Due, StoreError> {
        Ok((due_keys(conn, now)?, due_certificates(conn, now)?))
    };
    let (keys, certificates) = env.store.read(due)?;
    if keys.is_empty() && certificates.is_empty() {
        return Ok(0);
    }
    env.store.write(move |conn| -> Result<usize, ServiceError> {
        let (keys, certificates) = due(conn)?;
        let mut told = 0;
        for (key, days) in keys {
            if signing_keys::mark_warned(conn, key.id, days)? {
                let letter = key_letter(&key, (&base_url, now));
                tell(conn, letter, (Object::SigningKey, &base_url, now))?;
                told += 1;
            }
        }
        let mut ending = Vec::new();
        for (one, days) in certificates {
            let named = (one.connector.id, one.fingerprint.as_str());
            if certificate_warnings::mark(conn, named, days)? {
                ending.push(one);
            }
        }
        if !ending.is_empty() {
            let letter = certificate_letter(&ending, (&base_url, now));
            tell(conn, letter, (Object::Connector, &base_url, now))?;
        }
        Ok(told + ending.len())
    })
}

/// What is due, each with the days to be told.
type Due = (Vec<(SigningKey, i64)>, Vec<(EndingCertificate, i64)>);

/// A certificate of a service provider that ends, or has ended.
struct EndingCertificate {
    connector: Connector,
    fingerprint: String,
    use_for: CertificateUse,
    not_after: DateTime<Utc>,
}

fn due_keys(
    conn: &mut DbConnection,
    now: DateTime<Utc>,
) -> Result<Vec<(SigningKey, i64)>, StoreError> {
    let keys = keys_at(conn, now)?.into_iter();
    let published = keys.filter(|key| key.state != KeyState::Retired);
    Ok(published
        .filter_map(|key| {
            let days = threshold(key.not_after, key.warned_days, now)?;
            Some((key, days))
        })
        .collect())
}

fn due_certificates(
    conn: &mut DbConnection,
    now: DateTime<Utc>,
) -> Result<Vec<(EndingCertificate, i64)>, StoreError> {
    let told = certificate_warnings::list(conn)?;
    let mut due = Vec::new();
    for connector in connectors::list_all(conn)? {
        for certificate in last_ones(&connector.settings) {
            let Some(not_after) = certificate.not_after else {
                continue;
            };
            let known = (connector.id, certificate.fingerprint);
            if let Some(days) = threshold(not_after, told.get(&known).copied(), now) {
                let one = EndingCertificate {
                    connector: connector.clone(),
                    fingerprint: known.1,
                    use_for: certificate.use_for,
                    not_after,
                };
                due.push((one, days));
            }
        }
    }
    Ok(due)
}

/// The threshold that was passed last, if nobody was told of it or of a nearer one.
fn threshold(not_after: DateTime<Utc>, told: Option<i64>, now: DateTime<Utc>) -> Option<i64> {
    let days = THRESHOLDS
        .into_iter()
        .find(|days| not_after <= now + TimeDelta::days(*days))?;
    let is_told = told.is_some_and(|told| told <= days);
    (!is_told).then_some(days)
}

/// To every administrator who can do something about it.
fn tell(
    conn: &mut DbConnection,
    (subject, letter): (String, Letter),
    (object, base_url, now): (Object, &str, DateTime<Utc>),
) -> Result<(), ServiceError> {
    for administrator in administrators::list(conn)? {
        if authorize(administrator.role, Action::Edit, object).is_err() {
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
fn key_letter(key: &SigningKey, (base_url, now): (&str, DateTime<Utc>)) -> (String, Letter) {
    let algorithm = key.algorithm.as_str();
    let role = if key.state == KeyState::Active {
        "that signs now"
    } else {
        "that is published"
    };
    let (ends, end) = (ends(key.not_after, now), date(key.not_after));
    let subject = subject("A signing certificate", key.not_after, now);
    let letter = Letter {
        opening: format!(
            "The certificate of the {algorithm} key {role} {ends} on {end}. Make the next key, \
                 give its certificate to every application, then let it sign. Applications that \
                 heed the end of a certificate refuse sign-ons after it."
        ),
        lines: Vec::new(),
        link: "Signing Keys",
        address: format!("{base_url}/admin/keys/{}", key.public_id),
        closing: SIGN_IN,
    };
    (subject, letter)
}

/// One letter, however many certificates were found at once.
fn certificate_letter(
    ending: &[EndingCertificate],
    (base_url, now): (&str, DateTime<Utc>),
) -> (String, Letter) {
    let line = |one: &EndingCertificate| {
        let (name, use_for) = (&one.connector.settings.name, one.use_for.label());
        let (ends, end) = (ends(one.not_after, now), date(one.not_after));
        format!("{name}: {use_for}, {ends} on {end}")
    };
    let mut lines: Vec<String> = ending.iter().take(NAMED).map(line).collect();
    if ending.len() > NAMED {
        lines.push(format!("and {} more", ending.len() - NAMED));
    }
    let (subject, address) = match ending {
        [one] => (
            subject("A certificate of an application", one.not_after, now),
            format!(
                "{base_url}/admin/connectors/{}/metadata",
                one.connector.public_id
            ),
        ),
        _ => (
            "Certificates of applications end".to_owned(),
            format!("{base_url}/admin/connectors"),
        ),
    };
    let letter = Letter {
        opening: "Applications change their keys when their certificates end. Ask the \
                  administrator of each for its new metadata and update the application from it: \
                  what it signs with a key that is not known here is refused."
            .to_owned(),
        lines,
        link: "Applications",
        address,
        closing: SIGN_IN,
    };
    (subject, letter)
}

fn subject(what: &str, not_after: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if not_after <= now {
        return format!("{what} has ended");
    }
    let days = (not_after - now).num_days().max(1);
    let unit = if days == 1 { "day" } else { "days" };
    format!("{what} ends in {days} {unit}")
}

fn ends(not_after: DateTime<Utc>, now: DateTime<Utc>) -> &'static str {
    if not_after <= now { "ended" } else { "ends" }
}

fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
