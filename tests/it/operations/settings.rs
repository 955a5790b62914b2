//! Settings at work: what file or environment sets wins and is not overwritten; what is stored is
//! heeded by the next use.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::system;
use vestibule::service::configured::Configured;
use vestibule::service::error::ServiceError;
use vestibule::service::settings_draft::SettingsDraft;
use vestibule::service::stored_settings::Origin;
use vestibule::service::{outbox, settings, test_mail};

use crate::engine::world::{World, denver};
use crate::operations::smtp::MailServer;
use crate::store::databases::Database;

fn draft(json: serde_json::Value) -> SettingsDraft {
    serde_json::from_value(json).unwrap()
}

fn save(world: &World, json: serde_json::Value) -> Result<settings::SettingsView, ServiceError> {
    settings::update(&world.env, &system(), (&draft(json), None))
}

/// The same node, started with these settings.
fn configured(world: World, configured: Configured) -> World {
    let mut world = world;
    let env = Arc::into_inner(world.env).unwrap();
    world.env = Arc::new(env.with_configured(configured));
    world
}

#[test]
fn what_is_configured_wins_over_what_is_stored_and_is_read_only() {
    for database in Database::all() {
        let world = World::over(&database, "one");
        save(
            &world,
            json!({"nightlyAt": "03:00", "timeZone": "Europe/Berlin"}),
        )
        .unwrap();
        let world = configured(
            world,
            Configured {
                nightly_at: Some("05:00".to_owned()),
                smtp_url: Some(SecretString::from("smtp://v:secret@mail.example.com")),
                mail_from: Some("v@example.com".to_owned()),
                ..Configured::default()
            },
        );
        let view = settings::get(&world.env).unwrap();
        let told = |setting: settings::SettingsView| {
            [
                setting.nightly_at,
                setting.time_zone,
                setting.mail_server,
                setting.mail_from,
            ]
            .map(|one| (one.value, one.origin))
        };
        let text = str::to_owned;
        assert_eq!(
            told(view),
            [
                (text("05:00"), Origin::Configured),
                (text("Europe/Berlin"), Origin::Stored),
                (text("smtp://v@mail.example.com"), Origin::Configured),
                (text("v@example.com"), Origin::Configured),
            ]
        );
        for (patch, pointer, variable) in [
            (
                json!({"nightlyAt": "06:00"}),
                "/nightlyAt",
                "VESTIBULE_NIGHTLY_AT",
            ),
            (
                json!({"nightlyAt": null}),
                "/nightlyAt",
                "VESTIBULE_NIGHTLY_AT",
            ),
            (
                json!({"smtpUrl": "smtp://x"}),
                "/smtpUrl",
                "VESTIBULE_SMTP_URL",
            ),
            (
                json!({"mailFrom": "x@y"}),
                "/mailFrom",
                "VESTIBULE_MAIL_FROM",
            ),
        ] {
            let Err(ServiceError::Invalid(violations)) = save(&world, patch) else {
                panic!("{pointer} was taken");
            };
            assert_eq!(violations[0].pointer, pointer);
            assert!(violations[0].detail.contains(variable));
        }
        save(&world, json!({"timeZone": "UTC"})).unwrap();
    }
}

#[test]
fn mail_goes_by_the_server_that_is_stored_at_that_moment() {
    for database in Database::all() {
        let world = World::over(&database, "one");
        let new = NewAdministrator {
            username: "ada".to_owned(),
            email: "ada@example.org".to_owned(),
            role: "administrator".to_owned(),
            password: None,
        };
        let (ada, _) = administrators::create(&world.env, &system(), &new).unwrap();
        let group = world.reviewed("Denver", denver());
        world.save(group, |after, _| after.notify = true);
        let server = MailServer::start();
        let url = server.url();
        save(&world, json!({"smtpUrl": url, "mailFrom": "v@example.com"})).unwrap();
        world.person("jason", &[("location", "Denver")]);
        assert_eq!(outbox::deliver_waiting(&world.env).unwrap(), 1);

        let mut actor = system();
        actor.id = ada.public_id.as_str().to_owned();
        test_mail::send(&world.env, &actor).unwrap();
        let mails = server.taken();
        assert!(mails[1].contains("Subject: Vestibule can send mail"));
        assert!(mails[1].contains("To: ada@example.org"));
        server.refuse("550 not from you");
        let Err(ServiceError::Conflict(refused)) = test_mail::send(&world.env, &actor) else {
            panic!("the answer of the server was not told");
        };
        assert!(
            refused.detail.contains("not from you"),
            "{}",
            refused.detail
        );

        save(&world, json!({"smtpUrl": null})).unwrap();
        let Err(ServiceError::Conflict(refused)) = test_mail::send(&world.env, &actor) else {
            panic!("sent without a server");
        };
        assert!(refused.detail.contains("No mail server is set"));
    }
}

#[test]
fn mail_goes_to_no_host_that_the_operator_does_not_name() {
    for database in Database::all() {
        let world = World::over(&database, "one");
        let elsewhere = json!({"smtpUrl": "smtp://localhost:2525", "mailFrom": "v@example.com"});
        save(&world, elsewhere.clone()).unwrap();
        let world = configured(
            world,
            Configured {
                mail_hosts: vec!["mail.example.com".to_owned()],
                ..Configured::default()
            },
        );
        // What was stored before is not used,
        let view = settings::get(&world.env).unwrap();
        assert_eq!(view.mail_server.value, "");
        // and only what is named can be stored.
        let Err(ServiceError::Invalid(broken)) = save(&world, elsewhere) else {
            panic!("a host that is not named is taken");
        };
        assert_eq!(broken[0].pointer, "/smtpUrl");
        assert!(broken[0].detail.contains("mail.example.com"), "{broken:?}");
        let named = json!({"smtpUrl": "smtps://v:secret@Mail.example.com"});
        let view = save(&world, named).unwrap();
        assert!(
            view.mail_server.value.contains("ail.example.com"),
            "{view:?}"
        );
    }
}
