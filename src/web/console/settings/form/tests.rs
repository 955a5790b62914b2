//! What is typed becomes a patch of what changed, and of nothing else.

use super::*;
use crate::service::stored_settings::{Origin, Setting};
use crate::web::language::Language;

fn setting(value: &str, origin: Origin) -> Setting {
    Setting {
        value: value.to_owned(),
        origin,
    }
}

fn view() -> SettingsView {
    SettingsView {
        organisation_name: "Acme".to_owned(),
        contact_email: "help@acme.example".to_owned(),
        logo: None,
        nightly_at: setting("02:00", Origin::Default),
        time_zone: setting("UTC", Origin::Configured),
        session_idle: setting("8h", Origin::Default),
        session_absolute: setting("12h", Origin::Configured),
        mail_server: setting("smtp://v@mail.example.com:587", Origin::Stored),
        mail_from: setting("v@example.com", Origin::Stored),
        audit_retention_days: Some(365),
        version: 7,
    }
}

fn set(text: &str) -> Field<String> {
    Field::Set(text.to_owned())
}

#[test]
fn what_was_not_touched_is_kept() {
    let form = SettingsForm::from_view(&view());
    let draft = form.draft(&view(), "");
    for field in [
        draft.organisation_name,
        draft.contact_email,
        draft.logo,
        draft.nightly_at,
        draft.time_zone,
        draft.session_idle,
        draft.session_absolute,
        draft.smtp_url,
        draft.mail_from,
    ] {
        assert_eq!(field, Field::Keep);
    }
}

#[test]
fn what_was_changed_is_set_but_nothing_that_is_configured() {
    let pairs = [
        ("organisation-name", " Beta "),
        ("contact-email", "it@acme.example"),
        ("nightly-at", "03:00"),
        ("session-idle", "90m"),
        ("session-absolute", "2h"),
        ("mail-server", "smtp://v@mail.example.com:587"),
        ("mail-from", "w@example.com"),
        ("version", "7"),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form = SettingsForm::from_fields(&Fields::new(pairs.to_vec()));
    assert_eq!(form.version, 7);
    let draft = form.draft(&view(), "");
    assert_eq!(draft.organisation_name, set("Beta"));
    assert_eq!(draft.contact_email, set("it@acme.example"));
    assert_eq!(draft.nightly_at, set("03:00"));
    assert_eq!(draft.time_zone, Field::Keep);
    assert_eq!(draft.session_idle, set("90m"));
    assert_eq!(draft.session_absolute, Field::Keep);
    assert_eq!(draft.smtp_url, Field::Keep);
    assert_eq!(draft.mail_from, set("w@example.com"));
}

#[test]
fn a_password_is_put_into_the_address_and_never_follows_to_another_server() {
    let mut form = SettingsForm::from_view(&view());
    assert_eq!(
        form.draft(&view(), "p@ss/word").smtp_url,
        set("smtp://v:p%40ss%2Fword@mail.example.com:587")
    );
    form.mail_server = "smtp://v@elsewhere.example.com".to_owned();
    assert_eq!(
        form.draft(&view(), "").smtp_url,
        set("smtp://v@elsewhere.example.com")
    );
    form.mail_server = String::new();
    assert_eq!(form.draft(&view(), "").smtp_url, set(""));
    assert_eq!(form.draft(&view(), "secret").smtp_url, set(""));
}

#[test]
fn every_label_is_said_in_german() {
    for (label, _) in SettingsForm::default().said() {
        assert_ne!(Language::German.say(&label), label);
    }
}

#[test]
fn the_audit_is_kept_for_ever_by_an_empty_field() {
    let typed = |days: &str| {
        let pairs = vec![("audit-retention".to_owned(), days.to_owned())];
        let form = SettingsForm::from_fields(&Fields::new(pairs));
        form.draft(&view(), "").audit_retention_days
    };
    assert_eq!(typed("365"), Field::Keep);
    assert_eq!(typed(""), Field::Clear);
    assert_eq!(typed("400"), Field::Set(400));
    // Refused by the use case, like any number that is too small.
    assert_eq!(typed("soon"), Field::Set(0));
}
