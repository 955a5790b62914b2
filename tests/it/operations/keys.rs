//! The dates of signing keys under a clock that the test sets: a switch takes effect by itself, is
//! written down once, and whoever has to act before a certificate ends is told once per threshold.

use chrono::{DateTime, TimeDelta, Utc};
use vestibule::domain::signing_key::KeyState;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::system;
use vestibule::service::listing::ListQuery;
use vestibule::service::{connectors, key_rollover, key_warnings, keys, outbox};
use vestibule::store::audit_events;
use vestibule::store::error::StoreError;

use crate::engine::world::World;
use crate::operations::time::Hands;
use crate::store::databases::Database;
use crate::support::sp_document::certificate;

fn with_each_database(test: impl Fn(&Hands, &World, &World)) {
    for database in Database::all() {
        let hands = Hands::at("2026-11-25T10:00:00Z");
        let (one, two) = (hands.node(&database, "one"), hands.node(&database, "two"));
        Hands::install(&one);
        test(&hands, &one, &two);
    }
}

fn states(world: &World) -> Vec<KeyState> {
    let keys = keys::list(&world.env).unwrap();
    keys.iter().map(|key| key.state).collect()
}

fn activations(world: &World) -> i64 {
    let ever = (DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC);
    let count = |conn: &mut _| -> Result<i64, StoreError> {
        audit_events::count(conn, "key.activated", ever)
    };
    world.env.store.read(count).unwrap()
}

#[test]
fn a_switch_takes_effect_at_its_date_on_every_node() {
    with_each_database(|hands, one, two| {
        let next = keys::rotate(&one.env, &system(), "ecdsa-p256").unwrap();
        assert_eq!(next.state, KeyState::Active, "the first of its type");
        let next = keys::rotate(&one.env, &system(), "rsa-2048").unwrap();
        let date = hands.now() + TimeDelta::hours(2);
        key_rollover::schedule(&one.env, &system(), next.public_id.as_str(), Some(date)).unwrap();
        let (active, waits) = (KeyState::Active, KeyState::Next);
        hands.advance(TimeDelta::minutes(119));
        assert_eq!(key_rollover::settle(&one.env).unwrap(), 0);
        for node in [one, two] {
            assert_eq!(states(node), [active, active, waits]);
        }
        // Nobody has to do anything.
        hands.advance(TimeDelta::minutes(1));
        for node in [one, two] {
            assert_eq!(states(node), [waits, active, active]);
        }
        // Written down once, and it stays so.
        assert_eq!(activations(one), 0);
        assert_eq!(key_rollover::settle(&two.env).unwrap(), 1);
        assert_eq!(key_rollover::settle(&one.env).unwrap(), 0);
        assert_eq!(activations(one), 1);
        assert_eq!(states(one), [waits, active, active]);
    });
}

#[test]
fn a_date_can_be_forgotten_and_the_former_key_taken_back() {
    with_each_database(|hands, one, _| {
        let first = keys::list(&one.env).unwrap().remove(0);
        let next = keys::rotate(&one.env, &system(), "rsa-2048").unwrap();
        let id = next.public_id.as_str();
        let date = hands.now() + TimeDelta::hours(1);
        key_rollover::schedule(&one.env, &system(), id, Some(date)).unwrap();
        key_rollover::schedule(&one.env, &system(), id, None).unwrap();
        hands.advance(TimeDelta::hours(2));
        assert_eq!(states(one), [KeyState::Active, KeyState::Next]);
        keys::activate(&one.env, &system(), id).unwrap();
        assert_eq!(states(one), [KeyState::Next, KeyState::Active]);
        keys::activate(&one.env, &system(), first.public_id.as_str()).unwrap();
        assert_eq!(states(one), [KeyState::Active, KeyState::Next]);
        hands.advance(TimeDelta::days(9));
        assert_eq!(key_rollover::settle(&one.env).unwrap(), 0);
        assert_eq!(states(one), [KeyState::Active, KeyState::Next]);
    });
}

#[test]
fn administrators_are_told_60_30_7_and_1_days_before_the_end() {
    with_each_database(|hands, one, two| {
        for (name, role) in [("ada", "administrator"), ("max", "manager")] {
            let new = NewAdministrator {
                username: name.to_owned(),
                email: format!("{name}@example.org"),
                role: role.to_owned(),
                password: None,
            };
            administrators::create(&one.env, &system(), &new).unwrap();
        }
        let retired = keys::rotate(&one.env, &system(), "rsa-2048").unwrap();
        keys::retire(&one.env, &system(), retired.public_id.as_str()).unwrap();
        let end = keys::list(&one.env).unwrap()[0].not_after;
        for (days, told) in [
            (61, 0),
            (60, 1),
            (59, 0),
            (30, 1),
            (29, 0),
            (7, 1),
            (1, 1),
            (0, 0),
        ] {
            let wait = end - TimeDelta::days(days) - hands.now();
            hands.advance(wait);
            assert_eq!(key_warnings::tell_due(&one.env).unwrap(), told, "{days}");
            assert_eq!(key_warnings::tell_due(&two.env).unwrap(), 0, "{days}");
        }
        let mails = outbox::list(&one.env, &ListQuery::default()).unwrap().items;
        let told: Vec<(&str, &str)> = mails
            .iter()
            .map(|queued| (queued.mail.recipient.as_str(), queued.mail.subject.as_str()))
            .collect();
        let ada = "ada@example.org";
        assert_eq!(
            told,
            [
                (ada, "A signing certificate ends in 1 day"),
                (ada, "A signing certificate ends in 7 days"),
                (ada, "A signing certificate ends in 30 days"),
                (ada, "A signing certificate ends in 60 days"),
            ]
        );
        assert!(mails[0].mail.text_body.contains("/admin/keys/"));
    });
}

/// Beside our own keys, those of service providers: one letter for all that is found at once.
#[test]
fn who_may_edit_applications_is_told_before_a_certificate_of_theirs_ends() {
    with_each_database(|hands, one, two| {
        for role in ["administrator", "manager", "help-desk"] {
            let new = NewAdministrator {
                username: role.to_owned(),
                email: format!("{role}@example.org"),
                role: role.to_owned(),
                password: None,
            };
            administrators::create(&one.env, &system(), &new).unwrap();
        }
        let add = |name: &str, certificates: &[&str]| {
            let draft = serde_json::json!({"name": name, "spEntityId": format!("urn:{name}"),
                "acsUrls": [{"url": "https://sp.example.com/acs"}],
                "spCertificates": certificates});
            let draft = serde_json::from_value(draft).unwrap();
            let made = connectors::create(&one.env, &system(), draft).unwrap();
            made.connector.public_id
        };
        let (soon, late) = (
            certificate("2027-01-20T00:00:00Z"),
            certificate("2037-01-01T00:00:00Z"),
        );
        let wiki = add("wiki", &[&soon]);
        add("pay", &[&soon]);
        add("replaced", &[&soon, &late]);
        for (at, told) in [
            ("2026-11-20T00:00:00Z", 0),
            ("2026-11-21T00:00:00Z", 2),
            ("2026-12-01T00:00:00Z", 0),
            ("2026-12-21T00:00:00Z", 2),
        ] {
            hands.set(at);
            assert_eq!(key_warnings::tell_due(&one.env).unwrap(), told, "{at}");
            assert_eq!(key_warnings::tell_due(&two.env).unwrap(), 0, "{at}");
        }
        // One of them has its new metadata by then, and is left alone.
        let both = serde_json::json!({"spCertificates": [soon, late]});
        let draft = serde_json::from_value(both).unwrap();
        let named = (draft, None);
        connectors::update(&one.env, &system(), wiki.as_str(), named).unwrap();
        hands.set("2027-01-13T00:00:00Z");
        assert_eq!(key_warnings::tell_due(&two.env).unwrap(), 1);

        let mails = outbox::list(&one.env, &ListQuery::default()).unwrap().items;
        assert_eq!(mails.len(), 6, "two people, three letters");
        assert!(
            mails
                .iter()
                .all(|one| one.mail.recipient != "help-desk@example.org")
        );
        assert_eq!(
            mails[0].mail.subject,
            "A certificate of an application ends in 7 days"
        );
        assert!(
            mails[0]
                .mail
                .text_body
                .contains("pay: Signing and encryption, ends on 2027-01-20")
        );
        assert_eq!(mails[5].mail.subject, "Certificates of applications end");
    });
}
