//! A patch of the settings made into rows: each value is checked, a password is sealed, and what
//! file or environment set is refused. Writes nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use crate::domain::identity::{email, person_name};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::logo;
use crate::service::mailer;
use crate::service::nightly;
use crate::service::patch::{Field, Violations};
use crate::service::secrets::Sealed;
use crate::service::session_life;
use crate::service::settings_draft::SettingsDraft;
use crate::service::stored_settings::{
    AUDIT_RETENTION, CONTACT_EMAIL, LOGO, MAIL_FROM, NIGHTLY_AT, ORGANISATION_NAME,
    SEALED_SETTINGS, SESSION_ABSOLUTE, SESSION_IDLE, SMTP_URL, TIME_ZONE,
};

const TIME: &str = "A time of day looks like 02:00.";
const ZONE: &str = "A time zone is UTC, or a name such as Europe/Berlin.";
/// What the life of a session looks like.
pub const LIFE: &str =
    "A life of sessions looks like 8h or 90m, between five minutes and thirty days.";
const URL: &str =
    "A mail server looks like smtp://USER:PASSWORD@mail.example.com:587 or smtps://...";
const SENDER: &str = "A sender looks like Vestibule <vestibule@example.com>.";

/// Less would be gone before anybody looks.
const SHORTEST_RETENTION: i64 = 30;
/// A hundred years.
const LONGEST_RETENTION: i64 = 36_525;
const RETENTION: &str = "The audit is kept for a number of days, at least 30. Empty: for ever.";

/// A row to be written; without a value it is forgotten.
pub type Row = (&'static str, Option<String>);

/// The rows of a patch.
pub fn rows(env: &Environment, draft: &SettingsDraft) -> Result<Vec<Row>, ServiceError> {
    refuse_configured(env, draft)?;
    let mut broken = Violations::default();
    if let Field::Set(url) = &draft.smtp_url
        && !url.is_empty()
        && !env
            .configured
            .lets_mail_go_to(&SecretString::from(url.as_str()))
    {
        let hosts = env.configured.mail_hosts.join(", ");
        let detail = format!("The operator lets mail go to these hosts only: {hosts}.");
        broken.add("/smtpUrl", detail);
    }
    let mut rows = Vec::new();
    let mut add = |name, pointer: &str, (field, check): (&Field<String>, Check)| {
        match field {
            Field::Keep => {}
            Field::Clear => rows.push((name, None)),
            // Emptied on a form: back to the default.
            Field::Set(text) if text.is_empty() => rows.push((name, None)),
            Field::Set(text) => {
                let value = broken.keep(pointer, check(text));
                rows.extend(value.map(|value| (name, Some(value))));
            }
        }
    };
    add(
        ORGANISATION_NAME,
        "/organisationName",
        (&draft.organisation_name, |text| {
            person_name(text).map_err(|fault| fault.to_string())
        }),
    );
    add(
        CONTACT_EMAIL,
        "/contactEmail",
        (&draft.contact_email, |text| {
            email(text).map_err(|fault| fault.to_string())
        }),
    );
    add(LOGO, "/logo", (&draft.logo, check_logo));
    add(
        NIGHTLY_AT,
        "/nightlyAt",
        (&draft.nightly_at, |text| {
            fitting(text, nightly::time_of_day(text).is_some(), TIME)
        }),
    );
    add(
        TIME_ZONE,
        "/timeZone",
        (&draft.time_zone, |text| {
            fitting(text, nightly::time_zone(text).is_some(), ZONE)
        }),
    );
    let life = |text: &str| fitting(text, session_life::parse(text).is_some(), LIFE);
    add(SESSION_IDLE, "/sessionIdle", (&draft.session_idle, life));
    add(
        SESSION_ABSOLUTE,
        "/sessionAbsolute",
        (&draft.session_absolute, life),
    );
    add(
        SMTP_URL,
        "/smtpUrl",
        (&draft.smtp_url, |text| {
            fitting(text, mailer::is_server(&SecretString::from(text)), URL)
        }),
    );
    add(
        MAIL_FROM,
        "/mailFrom",
        (&draft.mail_from, |text| {
            fitting(text, mailer::is_sender(text), SENDER)
        }),
    );
    match draft.audit_retention_days {
        Field::Keep => {}
        Field::Clear => rows.push((AUDIT_RETENTION, None)),
        Field::Set(days) => {
            let is_fit = (SHORTEST_RETENTION..=LONGEST_RETENTION).contains(&days);
            let value = is_fit.then(|| days.to_string()).ok_or(RETENTION);
            let value = broken.keep("/auditRetentionDays", value);
            rows.extend(value.map(|value| (AUDIT_RETENTION, Some(value))));
        }
    }
    broken.into_result()?;
    rows.into_iter().map(|row| sealed(env, row)).collect()
}

type Check = fn(&str) -> Result<String, String>;

fn fitting(text: &str, fits: bool, otherwise: &str) -> Result<String, String> {
    if fits {
        Ok(text.to_owned())
    } else {
        Err(otherwise.to_owned())
    }
}

fn check_logo(text: &str) -> Result<String, String> {
    let bytes = STANDARD.decode(text);
    let bytes =
        bytes.map_err(|_not_base64| "The logo has to be a picture in base64.".to_owned())?;
    logo::check(&bytes)?;
    Ok(STANDARD.encode(bytes))
}

/// Nothing that may hold a password is written in clear.
fn sealed(env: &Environment, row: Row) -> Result<Row, ServiceError> {
    match row {
        (name, Some(value)) if SEALED_SETTINGS.contains(&name) => {
            let sealed = env.keys.seal(Sealed::Setting, value.as_bytes())?;
            Ok((name, Some(STANDARD.encode(sealed))))
        }
        row => Ok(row),
    }
}

fn refuse_configured(env: &Environment, draft: &SettingsDraft) -> Result<(), ServiceError> {
    let configured = &env.configured;
    let mut broken = Violations::default();
    let mut check = |is_both: bool, pointer: &str, variable: &str| {
        if is_both {
            let detail = format!("This is set by {variable}. Change it there.");
            broken.add(pointer, detail);
        }
    };
    let both = |field: &Field<String>, is_set: bool| field.is_named() && is_set;
    check(
        both(&draft.nightly_at, configured.nightly_at.is_some()),
        "/nightlyAt",
        "VESTIBULE_NIGHTLY_AT",
    );
    check(
        both(&draft.time_zone, configured.time_zone.is_some()),
        "/timeZone",
        "VESTIBULE_TIME_ZONE",
    );
    check(
        both(&draft.session_idle, configured.session_idle.is_some()),
        "/sessionIdle",
        "VESTIBULE_SESSION_IDLE",
    );
    check(
        both(
            &draft.session_absolute,
            configured.session_absolute.is_some(),
        ),
        "/sessionAbsolute",
        "VESTIBULE_SESSION_ABSOLUTE",
    );
    check(
        both(&draft.smtp_url, configured.smtp_url.is_some()),
        "/smtpUrl",
        "VESTIBULE_SMTP_URL",
    );
    check(
        both(&draft.mail_from, configured.mail_from.is_some()),
        "/mailFrom",
        "VESTIBULE_MAIL_FROM",
    );
    broken.into_result()
}
