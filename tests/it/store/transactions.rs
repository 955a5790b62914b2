//! What a transaction promises on both databases: all or nothing, one snapshot, typed refusals.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use diesel::prelude::*;
use diesel::sql_query;
use vestibule::domain::ids::{GroupId, UserId};
use vestibule::domain::membership::MembershipSource;
use vestibule::store::error::{StoreError, UniqueField};
use vestibule::store::handle::Store;
use vestibule::store::memberships::{self, NewMembership};
use vestibule::store::{connectors, custom_attributes, settings, user_groups, users};

use crate::store::databases::{Database, each_database};
use crate::store::samples::{self, at, new_group, new_user, text};

/// An error of a service: the store's, or its own.
#[derive(Debug, thiserror::Error)]
enum ServiceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("refused")]
    Refused,
}

fn stored(store: &Store, key: &str) -> Option<String> {
    samples::read(store, |conn| settings::find(conn, key))
}

#[test]
fn an_error_takes_everything_back() {
    each_database(|store| {
        let refused: Result<(), ServiceError> = store.write(|conn| {
            settings::save(conn, "colour", "blue")?;
            Err(ServiceError::Refused)
        });
        assert!(matches!(refused, Err(ServiceError::Refused)));
        assert_eq!(stored(store, "colour"), None);
    });
}

#[test]
fn a_panic_ends_one_request_only() {
    each_database(|store| {
        let ended: Result<(), StoreError> = store.change_user(|conn| {
            settings::save(conn, "colour", "blue")?;
            panic!("a defect");
        });
        assert!(matches!(ended, Err(StoreError::Panicked)));
        let ended: Result<(), StoreError> = store.read(|_| panic!("a defect"));
        assert!(matches!(ended, Err(StoreError::Panicked)));
        samples::write(store, |conn| settings::save(conn, "shape", "round"));
        assert_eq!(stored(store, "colour"), None);
        assert_eq!(stored(store, "shape").as_deref(), Some("round"));
    });
}

/// PostgreSQL answers COMMIT by a silent rollback once a statement has failed.
#[test]
fn a_swallowed_error_is_never_reported_as_done() {
    each_database(|store| {
        let result: Result<(), StoreError> = store.write(|conn| {
            settings::save(conn, "colour", "blue")?;
            let failed = sql_query("SELECT * FROM no_such_table").execute(conn);
            assert!(failed.is_err());
            Ok(())
        });
        let is_stored = stored(store, "colour").is_some();
        assert_eq!(result.is_ok(), is_stored);
    });
}

#[test]
fn every_kind_of_transaction_commits() {
    each_database(|store| {
        samples::write(store, |conn| settings::save(conn, "a", "1"));
        let user: Result<(), StoreError> = store.change_user(|conn| settings::save(conn, "b", "2"));
        let rules: Result<(), StoreError> =
            store.change_rules(|conn| settings::save(conn, "c", "3"));
        assert!(user.is_ok() && rules.is_ok());
        assert_eq!(samples::read(store, settings::list).len(), 3);
        store.check_ready().unwrap();
    });
}

/// Rule C1: a sign-on decides at one snapshot.
#[test]
fn c1_a_read_sees_one_snapshot() {
    each_database(|store| {
        samples::write(store, |conn| settings::save(conn, "colour", "blue"));
        samples::read(store, |conn| {
            let before = settings::find(conn, "colour")?;
            samples::write(store, |conn| settings::save(conn, "colour", "red"));
            assert_eq!(settings::find(conn, "colour")?, before);
            Ok(())
        });
        assert_eq!(stored(store, "colour").as_deref(), Some("red"));
    });
}

#[test]
fn a_read_cannot_write() {
    each_database(|store| {
        let result: Result<(), StoreError> =
            store.read(|conn| settings::save(conn, "colour", "blue"));
        assert!(result.is_err());
        assert_eq!(stored(store, "colour"), None);
    });
}

fn taken<T: std::fmt::Debug>(result: Result<T, StoreError>) -> UniqueField {
    match result {
        Err(StoreError::NotUnique(field)) => field,
        other => panic!("not a uniqueness error: {other:?}"),
    }
}

#[test]
fn what_is_taken_is_named() {
    each_database(|store| {
        samples::user(store, "jason");
        let group = samples::group(store, "Writers").id;
        samples::write(store, move |conn| {
            custom_attributes::insert_of_group(conn, group, &text("TeamName", "team-a"))?;
            connectors::insert(conn, &samples::id("c-1"), &samples::settings("aws"), at(0))
        });

        let mut same_name = new_user("JASON");
        same_name.email = "other@example.com".to_owned();
        let mut same_email = new_user("other");
        same_email.email = "Jason@Example.com".to_owned();
        let mut same_slug = samples::settings("aws");
        same_slug.sp_entity_id = "urn:other".to_owned();
        let mut same_entity = samples::settings("aws");
        same_entity.slug = "other".to_owned();

        let result = store.change_user(move |conn| users::insert(conn, &same_name));
        assert_eq!(taken(result), UniqueField::Username);
        let result = store.change_user(move |conn| users::insert(conn, &same_email));
        assert_eq!(taken(result), UniqueField::Email);
        let result = store.change_rules(|conn| user_groups::insert(conn, &new_group("WRITERS")));
        assert_eq!(taken(result), UniqueField::GroupName);
        let result = store
            .write(move |conn| connectors::insert(conn, &samples::id("c-2"), &same_slug, at(0)));
        assert_eq!(taken(result), UniqueField::Slug);
        let result = store
            .write(move |conn| connectors::insert(conn, &samples::id("c-2"), &same_entity, at(0)));
        assert_eq!(taken(result), UniqueField::SpEntityId);
        let result = store.write(move |conn| {
            custom_attributes::insert_of_group(conn, group, &text("TeamName", "team-b"))
        });
        assert_eq!(taken(result), UniqueField::AttributeName);
        let result = store.write(|conn| {
            connectors::insert(conn, &samples::id("c-1"), &samples::settings("b"), at(0))
        });
        assert_eq!(taken(result), UniqueField::Other);
    });
}

#[test]
fn a_row_without_its_parent_is_refused() {
    each_database(|store| {
        let group = samples::group(store, "Writers");
        let result: Result<bool, StoreError> = store.change_user(move |conn| {
            memberships::add(
                conn,
                &NewMembership {
                    user: UserId::new(77),
                    group: group.id,
                    source: MembershipSource::Direct,
                    since: at(0),
                    cause: String::new(),
                },
            )
        });
        assert!(matches!(result, Err(StoreError::ParentGone)));
        let gone: Result<_, StoreError> = store.change_rules(|conn| {
            let mut group = user_groups::insert(conn, &new_group("Readers"))?;
            group.id = GroupId::new(77);
            user_groups::save(conn, &group, at(1))
        });
        assert!(matches!(gone, Err(StoreError::ParentGone)));
    });
}

#[test]
fn an_unreadable_value_is_loud() {
    each_database(|store| {
        let user = samples::user(store, "jason");
        samples::write(store, |conn| {
            sql_query("UPDATE users SET user_state = 'FROZEN'").execute(conn)?;
            Ok(())
        });
        let found: Result<_, StoreError> = store.read(|conn| users::find(conn, user.id));
        assert!(matches!(
            found,
            Err(StoreError::Corrupt { table: "users", column: "user_state", row }) if row == user.id.get().to_string()
        ));
    });
}

/// Two transactions that lock two rows crosswise: PostgreSQL ends one of them, which is then run
/// again from its beginning.
#[test]
fn a_deadlock_is_tried_again() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let store = database.open("chain");
    let (one, other) = (
        samples::user(&store, "one").id,
        samples::user(&store, "other").id,
    );
    let meeting = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicUsize::new(0));
    let lock_both = |first: UserId, second: UserId| {
        let (meeting, runs) = (Arc::clone(&meeting), Arc::clone(&runs));
        store.change_user(move |conn| {
            let is_first_run = runs.fetch_add(1, Ordering::SeqCst) < 2;
            users::lock(conn, first)?;
            if is_first_run {
                meeting.wait();
            }
            users::lock(conn, second)
        })
    };
    thread::scope(|scope| {
        let there = scope.spawn(|| lock_both(one, other));
        let back = scope.spawn(|| lock_both(other, one));
        let results: [Result<bool, StoreError>; 2] = [there.join().unwrap(), back.join().unwrap()];
        for result in results {
            assert!(result.unwrap());
        }
    });
    assert!(runs.load(Ordering::SeqCst) > 2);
}

/// Connections that died in the pool are replaced without anybody seeing an error.
#[test]
fn a_server_that_dropped_its_connections_is_met_again() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let store = database.open("chain");
    samples::write(&store, |conn| settings::save(conn, "colour", "blue"));
    let name = database.url.rsplit('/').next().unwrap();
    let mut admin =
        diesel::PgConnection::establish(&std::env::var("VESTIBULE_TEST_POSTGRES_URL").unwrap())
            .unwrap();
    sql_query(format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    ))
    .execute(&mut admin)
    .unwrap();
    assert_eq!(stored(&store, "colour").as_deref(), Some("blue"));
    samples::write(&store, |conn| settings::save(conn, "colour", "red"));
}

/// The gate shuts: while a rule is changed, no user is, and the other way round.
#[test]
fn user_changes_and_rule_changes_exclude_each_other() {
    each_database(|store| {
        let inside = Arc::new(AtomicUsize::new(0));
        let worst = Arc::new(AtomicUsize::new(0));
        thread::scope(|scope| {
            for number in 0..4 {
                let (inside, worst) = (Arc::clone(&inside), Arc::clone(&worst));
                scope.spawn(move || {
                    for _ in 0..20 {
                        let (inside, worst) = (Arc::clone(&inside), Arc::clone(&worst));
                        let is_rule = number == 0;
                        let work = move |conn: &mut _| {
                            // A rule change counts a thousand, a user change one.
                            let step = if is_rule { 1000 } else { 1 };
                            let now = inside.fetch_add(step, Ordering::SeqCst) + step;
                            if now > 1000 {
                                worst.fetch_max(now, Ordering::SeqCst);
                            }
                            let result = settings::find(conn, "colour");
                            inside.fetch_sub(step, Ordering::SeqCst);
                            result
                        };
                        let result = if is_rule {
                            store.change_rules(work)
                        } else {
                            store.change_user(work)
                        };
                        result.unwrap();
                    }
                });
            }
        });
        assert_eq!(worst.load(Ordering::SeqCst), 0);
    });
}
