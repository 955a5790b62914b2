//! SQLite's writer thread: group commit, and what happens when it cannot.

use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use vestibule::store::error::StoreError;
use vestibule::store::handle::Store;
use vestibule::store::open::StoreOptions;
use vestibule::store::settings;

use crate::store::databases::{Database, options};
use crate::store::samples;

/// Holds the writer inside a closure until told to go on, so that others queue up behind it.
struct Holder {
    go_on: Sender<()>,
}

fn hold(store: &Store) -> Holder {
    let (go_on, wait) = channel();
    let (enter, entered) = channel();
    let (wait, enter) = (Mutex::new(wait), Mutex::new(enter));
    let store = store.clone();
    thread::spawn(move || {
        samples::write(&store, move |_| {
            enter.lock().unwrap().send(()).unwrap();
            wait.lock().unwrap().recv().unwrap();
            Ok(())
        });
    });
    entered.recv().unwrap();
    Holder { go_on }
}

fn count(store: &Store) -> usize {
    samples::read(store, settings::list).len()
}

#[test]
fn neighbours_in_a_group_do_not_harm_each_other() {
    let database = Database::sqlite();
    let store = database.open("chain");
    thread::scope(|scope| {
        let holder = hold(&store);
        let outcomes: Vec<_> = (0..30)
            .map(|number| {
                let store = store.clone();
                scope.spawn(move || -> Result<(), StoreError> {
                    store.write(move |conn| {
                        settings::save(conn, &format!("key-{number}"), "value")?;
                        match number % 3 {
                            0 => Ok(()),
                            1 => Err(StoreError::ParentGone),
                            _ => panic!("a defect"),
                        }
                    })
                })
            })
            .collect();
        holder.go_on.send(()).unwrap();
        for (number, outcome) in outcomes.into_iter().enumerate() {
            let result = outcome.join().unwrap();
            match number % 3 {
                0 => assert!(result.is_ok()),
                1 => assert!(matches!(result, Err(StoreError::ParentGone))),
                _ => assert!(matches!(result, Err(StoreError::Panicked))),
            }
        }
    });
    assert_eq!(count(&store), 10);
}

/// A commit that fails is told to every member of the group; the next group works.
#[test]
fn a_failed_commit_is_told_to_the_whole_group() {
    let database = Database::sqlite();
    let store = database.open("chain");
    thread::scope(|scope| {
        let holder = hold(&store);
        let spoiler = {
            let store = store.clone();
            scope.spawn(move || -> Result<(), StoreError> {
                store.write(|conn| {
                    // A foreign key that is only looked at when the transaction ends.
                    conn.batch_execute(
                        "PRAGMA defer_foreign_keys = ON;
                         INSERT INTO user_attributes VALUES (77, 0, 'name', 'string', 'value');",
                    )?;
                    Ok(())
                })
            })
        };
        let neighbours: Vec<_> = (0..5)
            .map(|number| {
                let store = store.clone();
                scope.spawn(move || -> Result<(), StoreError> {
                    store.write(move |conn| settings::save(conn, &format!("key-{number}"), "x"))
                })
            })
            .collect();
        holder.go_on.send(()).unwrap();
        assert!(spoiler.join().unwrap().is_err());
        let kept = neighbours
            .into_iter()
            .map(|neighbour| neighbour.join().unwrap())
            .filter(Result::is_ok)
            .count();
        // Whoever came late for the group was committed by the next one.
        assert_eq!(count(&store), kept);
    });
    samples::write(&store, |conn| settings::save(conn, "after", "all"));
}

#[test]
fn a_full_queue_refuses_at_once() {
    let database = Database::sqlite();
    let store = Store::open(
        &database.url,
        &StoreOptions {
            write_queue: 1,
            ..options("chain")
        },
    )
    .unwrap();
    thread::scope(|scope| {
        let holder = hold(&store);
        let results: Vec<_> = (0..8)
            .map(|number| {
                let store = store.clone();
                scope.spawn(move || -> Result<(), StoreError> {
                    store.write(move |conn| settings::save(conn, &format!("key-{number}"), "x"))
                })
            })
            .collect();
        // All but one have their answer while the writer is still held.
        while results.iter().filter(|result| result.is_finished()).count() < 7 {
            thread::yield_now();
        }
        let (early, late): (Vec<_>, Vec<_>) = results
            .into_iter()
            .partition(std::thread::ScopedJoinHandle::is_finished);
        for refused in early {
            assert!(matches!(
                refused.join().unwrap(),
                Err(StoreError::Overloaded)
            ));
        }
        holder.go_on.send(()).unwrap();
        for accepted in late {
            assert!(accepted.join().unwrap().is_ok());
        }
    });
    assert_eq!(count(&store), 1);
}

/// Another process that keeps the lock longer than the patience allows.
#[test]
fn a_lock_of_another_process_ends_in_overload_and_heals() {
    let database = Database::sqlite();
    let store = Store::open(
        &database.url,
        &StoreOptions {
            patience: Duration::from_millis(50),
            ..options("chain")
        },
    )
    .unwrap();
    let path = database.url.strip_prefix("sqlite:").unwrap();
    let mut other = SqliteConnection::establish(path).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let refused: Result<(), StoreError> = store.write(|conn| settings::save(conn, "a", "1"));
    assert!(matches!(refused, Err(StoreError::Overloaded)));
    other.batch_execute("COMMIT").unwrap();
    samples::write(&store, |conn| settings::save(conn, "a", "1"));
    assert_eq!(count(&store), 1);
}

/// The database may not grow: the same answer as a full disk, and the same recovery.
#[test]
fn a_full_disk_is_unavailable_until_there_is_room() {
    let database = Database::sqlite();
    let store = database.open("chain");
    let limit = |pages: u32| {
        samples::write(&store, move |conn| {
            Ok(conn.batch_execute(&format!("PRAGMA max_page_count = {pages}"))?)
        });
    };
    limit(1);
    let big = "x".repeat(100_000);
    let refused: Result<(), StoreError> =
        store.write(move |conn| settings::save(conn, "big", &big));
    assert!(
        matches!(refused, Err(StoreError::Unavailable { .. })),
        "{refused:?}"
    );
    assert_eq!(count(&store), 0);
    limit(1_000_000);
    samples::write(&store, |conn| settings::save(conn, "small", "x"));
    assert_eq!(count(&store), 1);
}
