//! Audit events and their chains.

use std::thread;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use vestibule::domain::audit::AuditEvent;
use vestibule::store::audit_chain::{self, ChainFinding};
use vestibule::store::audit_events::{self, AuditFilter};
use vestibule::store::audit_walk::{self, Fault};
use vestibule::store::error::StoreError;
use vestibule::store::handle::Store;
use vestibule::store::paging::PageRequest;
use vestibule::store::settings;

use crate::store::databases::{Database, each_database};
use crate::store::samples::{self, at, event};

fn insert(store: &Store, public_id: &str) {
    let new = event(public_id);
    samples::write(store, move |conn| audit_events::insert(conn, &new));
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Waits until every event is linked; on PostgreSQL that takes up to a second.
fn linked(store: &Store) {
    loop {
        let unlinked = samples::read(store, |conn| {
            let count: Count =
                sql_query("SELECT COUNT(*) AS n FROM audit_events WHERE chain_seq IS NULL")
                    .get_result(conn)?;
            Ok(count.n)
        });
        if unlinked == 0 {
            return;
        }
        thread::yield_now();
    }
}

fn findings(store: &Store) -> Vec<ChainFinding> {
    samples::read(store, |conn| {
        audit_walk::chains(conn)?
            .iter()
            .map(|chain| audit_chain::verify_chain(conn, chain))
            .collect()
    })
}

#[test]
fn c7_an_event_comes_back_as_it_was_written() {
    each_database(|store| {
        let mut new = event("e-1");
        new.before = Some("{\"name\":\"<&\\\" 🦊\"}".to_owned());
        new.after = None;
        let written = new.clone();
        let id = samples::write(store, move |conn| audit_events::insert(conn, &written));
        linked(store);
        let found: AuditEvent =
            samples::read(store, |conn| audit_events::find(conn, "e-1")).expect("the event");
        assert_eq!(found.event, new);
        assert_eq!((found.id, found.chain_seq), (id.get(), Some(1)));
        assert_eq!(found.chain_id, "chain-of-the-test");
        assert_eq!(found.prev_hash.as_deref(), Some(""));
        assert_eq!(found.hash.map(|hash| hash.len()), Some(64));
    });
}

#[test]
fn c7_a_change_that_failed_leaves_no_event() {
    each_database(|store| {
        let refused: Result<(), StoreError> = store.write(|conn| {
            audit_events::insert(conn, &event("e-1"))?;
            Err(StoreError::ParentGone)
        });
        assert!(refused.is_err());
        insert(store, "e-2");
        linked(store);
        assert_eq!(findings(store), [ChainFinding::Unbroken { events: 1 }]);
    });
}

#[test]
fn events_are_filtered_and_paged_newest_first() {
    each_database(|store| {
        for number in 0..5 {
            let mut new = event(&format!("e-{number}"));
            new.at = at(number);
            new.object.id = format!("u-{}", number % 2);
            if number == 4 {
                new.actor.id = "a-2".to_owned();
                new.kind = "group.deleted".to_owned();
                new.object.kind = "group".to_owned();
            }
            samples::write(store, move |conn| audit_events::insert(conn, &new));
        }
        let ids = |filter: AuditFilter, page: PageRequest| {
            let page = samples::read(store, |conn| audit_events::list(conn, &filter, &page));
            let ids: Vec<String> = page
                .items
                .into_iter()
                .map(|event| event.event.public_id)
                .collect();
            (ids.join(" "), page.total, page.next)
        };
        let all = |filter| {
            let (ids, total, _) = ids(filter, PageRequest::first(50));
            assert_eq!(i64::try_from(ids.split(' ').count()).unwrap(), total);
            ids
        };
        let none = AuditFilter::default;
        let (first, total, next) = ids(none(), PageRequest::first(2));
        assert_eq!((first.as_str(), total), ("e-4 e-3", 5));
        let (second, ..) = ids(
            none(),
            PageRequest {
                limit: 2,
                after: next,
            },
        );
        assert_eq!(second, "e-2 e-1");

        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            all(AuditFilter {
                actor_id: text("a-2"),
                ..none()
            }),
            "e-4"
        );
        assert_eq!(
            all(AuditFilter {
                kind: text("user.created"),
                ..none()
            }),
            "e-3 e-2 e-1 e-0"
        );
        assert_eq!(
            all(AuditFilter {
                object_kind: text("group"),
                ..none()
            }),
            "e-4"
        );
        assert_eq!(
            all(AuditFilter {
                object_id: text("u-1"),
                ..none()
            }),
            "e-3 e-1"
        );
        let span = AuditFilter {
            from: Some(at(1)),
            until: Some(at(3)),
            ..none()
        };
        assert_eq!(all(span), "e-2 e-1");
    });
}

/// KEY-AT-REST: each process is one chain, unbroken after mixed work on two nodes.
#[test]
fn key_at_rest_chains_are_unbroken_after_mixed_work() {
    for database in Database::all() {
        let nodes = [database.open("node-1"), database.open("node-2")];
        thread::scope(|scope| {
            for number in 0..8_usize {
                let store = &nodes[number % 2];
                scope.spawn(move || {
                    for round in 0..20 {
                        let name = format!("{number}-{round}");
                        let result: Result<(), StoreError> = store.write(move |conn| {
                            audit_events::insert(conn, &event(&name))?;
                            settings::save(conn, &name, "x")?;
                            if round % 5 == 4 {
                                return Err(StoreError::ParentGone);
                            }
                            assert!(round % 5 != 3, "a defect");
                            Ok(())
                        });
                        assert_eq!(result.is_ok(), round % 5 < 3);
                    }
                });
            }
        });
        linked(&nodes[0]);
        let mut total = 0;
        for finding in findings(&nodes[0]) {
            match finding {
                ChainFinding::Unbroken { events } => total += events,
                ChainFinding::Broken(fault) => panic!("{fault:?}"),
            }
        }
        assert_eq!(total, 8 * 20 * 3 / 5);
    }
}

/// What is done to the events e-1 to e-4 behind the back of the chain, and how it is told.
fn tamperings() -> Vec<(&'static [&'static str], Fault)> {
    let e = |number: u8| format!("e-{number}");
    let changed = || Fault::Changed { event: e(3) };
    vec![
        (
            &["UPDATE audit_events SET actor_name = 'Eve' WHERE public_id = 'e-3'"],
            changed(),
        ),
        (
            &["UPDATE audit_events SET after = NULL WHERE public_id = 'e-3'"],
            changed(),
        ),
        (
            &["UPDATE audit_events SET at = at + 1 WHERE public_id = 'e-3'"],
            changed(),
        ),
        (
            &["UPDATE audit_events SET hash = 'x' WHERE public_id = 'e-3'"],
            changed(),
        ),
        (
            &["DELETE FROM audit_events WHERE public_id = 'e-2'"],
            Fault::Missing {
                first: 2,
                last: 2,
                event: e(3),
            },
        ),
        (
            &[
                "UPDATE audit_events SET chain_seq = chain_seq + 100 WHERE public_id IN ('e-3', 'e-4')",
            ],
            Fault::Missing {
                first: 3,
                last: 102,
                event: e(3),
            },
        ),
        (
            &["UPDATE audit_events SET prev_hash = 'x' WHERE public_id = 'e-3'"],
            Fault::Replaced { event: e(3) },
        ),
        (
            &[
                "DELETE FROM audit_events WHERE public_id = 'e-2'",
                "UPDATE audit_events SET chain_seq = 2 WHERE public_id = 'e-3'",
            ],
            Fault::Replaced { event: e(3) },
        ),
        (
            &[
                "UPDATE audit_events SET chain_seq = 9 WHERE public_id = 'e-3'",
                "UPDATE audit_events SET chain_seq = 3 WHERE public_id = 'e-4'",
                "UPDATE audit_events SET chain_seq = 4 WHERE public_id = 'e-3'",
            ],
            Fault::Reordered { event: e(4) },
        ),
    ]
}

#[test]
fn key_at_rest_what_was_tampered_with_is_found() {
    for (statements, fault) in tamperings() {
        each_database(|store| {
            for number in 1..=4 {
                insert(store, &format!("e-{number}"));
            }
            linked(store);
            assert_eq!(findings(store), [ChainFinding::Unbroken { events: 4 }]);
            samples::write(store, move |conn| {
                for statement in statements {
                    sql_query(*statement).execute(conn)?;
                }
                Ok(())
            });
            let broken = ChainFinding::Broken(fault.clone());
            assert_eq!(findings(store), [broken], "{statements:?}");
        });
    }
}

/// A node that died between a commit and its linking leaves nothing unlinked for good.
#[test]
fn key_at_rest_another_process_links_what_was_left() {
    for database in Database::all() {
        let store = database.open("node-1");
        insert(&store, "e-1");
        linked(&store);
        samples::write(&store, |conn| {
            sql_query(
                "UPDATE audit_events
                 SET chain_id = '', chain_seq = NULL, prev_hash = NULL, hash = NULL",
            )
            .execute(conn)?;
            Ok(())
        });
        drop(store);
        let store = database.open("node-2");
        insert(&store, "e-2");
        linked(&store);
        let events: usize = findings(&store)
            .into_iter()
            .map(|finding| match finding {
                ChainFinding::Unbroken { events } => events,
                ChainFinding::Broken(fault) => panic!("{fault:?}"),
            })
            .sum();
        assert_eq!(events, 2);
    }
}
