//! How long the audit is kept: old events go, what is left is proven, what waits for a receiver stays
//! (KEY-AT-REST, rule C7).

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;
use vestibule::domain::audit::NewAuditEvent;
use vestibule::service::audit_retention;
use vestibule::service::audit_stream;
use vestibule::service::audit_target::{StreamSettings, Target};
use vestibule::service::audit_verify;
use vestibule::service::caller::system;
use vestibule::service::environment::Environment;
use vestibule::service::lease::Lease;
use vestibule::service::person_erasure;
use vestibule::store::audit_events::{self, AuditFilter};
use vestibule::store::{audit_checkpoints, audit_streams, audit_walk, settings};

use crate::engine::world::World;
use crate::operations::time::Hands;
use crate::store::databases::Database;
use crate::store::samples::event;

fn insert(env: &Environment, public_id: &str) {
    let new = NewAuditEvent {
        at: env.now(),
        ..event(public_id)
    };
    env.store
        .write(move |conn| audit_events::insert(conn, &new).map(drop))
        .unwrap();
}

/// Waits until every event has its place in a chain.
fn linked(env: &Environment) {
    while env.store.read(audit_walk::counts).unwrap().1 > 0 {
        std::thread::yield_now();
    }
}

fn ids(env: &Environment) -> Vec<String> {
    let filter = AuditFilter::default();
    let list = |conn: &mut _| audit_events::list_up(conn, &filter, (0, 1_000));
    let found = env.store.read(list).unwrap();
    found
        .into_iter()
        .map(|stored| stored.event.public_id)
        .collect()
}

fn keep_30_days(env: &Environment) {
    env.store
        .write(|conn| settings::save(conn, "audit_retention_days", "30"))
        .unwrap();
}

fn is_unbroken(env: &Environment) -> bool {
    audit_verify::verify(env, &[], |_, _| {})
        .unwrap()
        .is_unbroken()
}

fn sql(env: &Environment, statement: &'static str) {
    env.store
        .write(
            move |conn| -> Result<(), vestibule::store::error::StoreError> {
                sql_query(statement).execute(conn)?;
                Ok(())
            },
        )
        .unwrap();
}

/// e-1 and e-2 are old, e-3 is not.
fn world(hands: &Hands, database: &Database) -> World {
    let world = hands.node(database, "one");
    for (at, id) in [
        ("2026-01-01T12:00:00Z", "e-1"),
        ("2026-01-02T12:00:00Z", "e-2"),
        ("2026-03-01T12:00:00Z", "e-3"),
    ] {
        hands.set(at);
        insert(&world.env, id);
        linked(&world.env);
    }
    world
}

#[test]
fn key_at_rest_what_retention_leaves_is_still_proven() {
    for database in Database::all() {
        let hands = Hands::at("2026-01-01T12:00:00Z");
        let world = world(&hands, &database);
        let env = &world.env;
        assert_eq!(
            audit_retention::sweep(env).unwrap(),
            0,
            "kept for ever by default"
        );
        keep_30_days(env);
        assert_eq!(audit_retention::sweep(env).unwrap(), 2);
        linked(env);
        let left = ids(env);
        assert_eq!(
            (left.len(), left[0].as_str()),
            (2, "e-3"),
            "and the event that tells of it"
        );
        let found = audit_verify::verify(env, &[], |_, _| {}).unwrap();
        assert!(found.is_unbroken(), "{found:?}");
        assert!(
            found.chains.iter().any(|chain| chain.removed == 2),
            "{found:?}"
        );
        assert_eq!(audit_retention::sweep(env).unwrap(), 0);

        // All of the chain goes, and it goes on where it ended.
        hands.set("2026-09-01T12:00:00Z");
        assert_eq!(audit_retention::sweep(env).unwrap(), 2);
        insert(env, "e-9");
        linked(env);
        assert!(is_unbroken(env));
        let heads = audit_verify::heads(env).unwrap();
        assert!(heads.iter().any(|head| head.position.seq == 6), "{heads:?}");
    }
}

#[test]
fn key_at_rest_a_checkpoint_that_is_not_ours_proves_nothing() {
    for forgery in [
        "UPDATE audit_checkpoints SET last_seq = 3, last_hash = (SELECT hash FROM audit_events WHERE public_id = 'e-3')",
        "UPDATE audit_checkpoints SET last_hash = 'x'",
        "DELETE FROM audit_checkpoints",
    ] {
        for database in Database::all() {
            let hands = Hands::at("2026-01-01T12:00:00Z");
            let world = world(&hands, &database);
            keep_30_days(&world.env);
            audit_retention::sweep(&world.env).unwrap();
            linked(&world.env);
            assert!(is_unbroken(&world.env));
            sql(&world.env, forgery);
            assert!(!is_unbroken(&world.env), "{forgery}");
        }
    }
}

#[test]
fn key_at_rest_what_was_tampered_with_is_not_swept_away() {
    for database in Database::all() {
        let hands = Hands::at("2026-01-01T12:00:00Z");
        let world = world(&hands, &database);
        keep_30_days(&world.env);
        sql(
            &world.env,
            "UPDATE audit_events SET actor_name = 'Eve' WHERE public_id = 'e-1'",
        );
        assert_eq!(audit_retention::sweep(&world.env).unwrap(), 0);
        assert_eq!(ids(&world.env)[0], "e-1");
    }
}

#[test]
fn c7_what_waits_for_its_receiver_stays() {
    for database in Database::all() {
        let hands = Hands::at("2026-01-01T12:00:00Z");
        let mut world = world(&hands, &database);
        keep_30_days(&world.env);
        let target = Target::parse("syslog+tcp://logs.example.com").unwrap();
        let name = target.shown.clone();
        let stream = StreamSettings {
            target: Some(target),
            ..StreamSettings::default()
        };
        let env = std::sync::Arc::into_inner(world.env).unwrap();
        world.env = std::sync::Arc::new(env.with_stream(stream));
        assert_eq!(
            audit_retention::sweep(&world.env).unwrap(),
            0,
            "nothing was delivered yet"
        );

        let chain = audit_verify::heads(&world.env)
            .unwrap()
            .swap_remove(0)
            .chain;
        let now = world.env.now();
        world
            .env
            .store
            .write(move |conn| {
                audit_streams::begin(conn, &name)?;
                let positions = [(chain.clone(), 1)].into();
                audit_streams::advance(conn, &name, (&positions, 1, now))
            })
            .unwrap();
        assert_eq!(
            audit_retention::sweep(&world.env).unwrap(),
            1,
            "e-1 alone was delivered"
        );
        assert_eq!(ids(&world.env)[0], "e-2");
        linked(&world.env);
        assert!(is_unbroken(&world.env));
    }
}

/// The event of an erasure stands in a short chain, and what it erased far behind in a long one.
#[test]
fn key_at_rest_an_erasure_is_told_as_long_as_what_it_erased_is_kept() {
    for database in Database::all() {
        let hands = Hands::at("2026-01-01T12:00:00Z");
        let (one, two) = (hands.node(&database, "one"), hands.node(&database, "two"));
        let many: Vec<NewAuditEvent> = (0..510)
            .map(|number| NewAuditEvent {
                at: one.env.now(),
                ..event(&format!("m-{number}"))
            })
            .collect();
        one.env
            .store
            .write(move |conn| {
                many.iter()
                    .try_for_each(|new| audit_events::insert(conn, new).map(drop))
            })
            .unwrap();
        linked(&one.env);
        let jason = one.person("jason", &[("location", "Denver")]);
        linked(&one.env);
        person_erasure::erase(&two.env, &system(), jason.public_id.as_str()).unwrap();
        linked(&one.env);
        assert!(is_unbroken(&one.env));

        hands.set("2026-03-01T12:00:00Z");
        keep_30_days(&one.env);
        let old = ids(&one.env).len();
        assert_eq!(audit_retention::sweep(&one.env).unwrap(), old);
        linked(&one.env);
        assert!(is_unbroken(&one.env));
    }
}

/// Two nodes sweep at one time: none of them takes a checkpoint back.
#[test]
fn key_at_rest_a_checkpoint_never_goes_back() {
    for database in Database::all() {
        let hands = Hands::at("2026-01-01T12:00:00Z");
        let world = world(&hands, &database);
        let env = &world.env;
        keep_30_days(env);
        let other = Lease::new("audit retention", Duration::from_secs(60));
        assert!(other.take(env).unwrap());
        assert_eq!(audit_retention::sweep(env).unwrap(), 0, "another is at it");
        other.release(env).unwrap();
        assert_eq!(audit_retention::sweep(env).unwrap(), 2);
        linked(env);

        // The other one had read the chain before.
        let kept = env.store.read(audit_checkpoints::list).unwrap();
        let mut late = kept[0].clone();
        late.head.position.seq = 1;
        let gone = env.store.write({
            let late = late.clone();
            move |conn| audit_checkpoints::cut(conn, &late)
        });
        assert_eq!(gone.unwrap(), 0);
        // So had one that seals it anew.
        let resealed = env
            .store
            .write(move |conn| audit_checkpoints::reseal(conn, &late.head, b"late"));
        assert!(!resealed.unwrap());
        assert_eq!(env.store.read(audit_checkpoints::list).unwrap(), kept);
        assert!(is_unbroken(env));
    }
}

/// A process may have died within a line: what comes after it is whole.
#[test]
fn c7_a_file_that_ends_within_a_line_gets_whole_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.log");
    std::fs::write(&path, "{\"id\":").unwrap();
    let hands = Hands::at("2026-01-01T12:00:00Z");
    let database = Database::all().swap_remove(0);
    let mut world = hands.node(&database, "one");
    let stream = StreamSettings {
        target: Target::parse(&format!("file://{}", path.display())),
        ..StreamSettings::default()
    };
    let env = std::sync::Arc::into_inner(world.env).unwrap();
    world.env = std::sync::Arc::new(env.with_stream(stream));
    for id in ["e-1", "e-2"] {
        insert(&world.env, id);
        linked(&world.env);
        assert_eq!(audit_stream::deliver_waiting(&world.env).unwrap(), 1);
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let whole = text
        .lines()
        .filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok());
    assert_eq!((text.lines().count(), whole.count()), (3, 2), "{text}");
}
