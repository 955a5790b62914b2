//! Delivery of the audit by chain: nothing is passed over, however rows become visible (rule C7, ACK-MEANS-DURABLE).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_query;
use vestibule::store::audit_streams::{self, Stream};
use vestibule::store::handle::Store;
use vestibule::store::{audit_events, audit_walk};

use crate::store::databases::each_database;
use crate::store::samples::{self, at, event};

const TARGET: &str = "file:///audit";

fn insert(store: &Store, public_id: &str) {
    let new = event(public_id);
    samples::write(store, move |conn| audit_events::insert(conn, &new));
    while samples::read(store, audit_walk::counts).1 > 0 {
        std::thread::yield_now();
    }
}

fn stream(store: &Store) -> Stream {
    samples::write(store, |conn| audit_streams::begin(conn, TARGET));
    samples::read(store, |conn| audit_streams::find(conn, TARGET)).unwrap()
}

/// What comes next, at most so many.
fn next(store: &Store, most: i64) -> Vec<(String, i64)> {
    let stream = stream(store);
    let events = samples::read(store, |conn| audit_streams::pending(conn, &stream, most));
    let place = |event: vestibule::domain::audit::AuditEvent| {
        (event.event.public_id, event.chain_seq.unwrap())
    };
    events.into_iter().map(place).collect()
}

fn take(store: &Store, last: i64, number: i64) {
    samples::write(store, move |conn| {
        let chain = audit_walk::chains(conn)?.swap_remove(0);
        let positions = BTreeMap::from([(chain, last)]);
        audit_streams::advance(conn, TARGET, (&positions, number, at(1)))?;
        let stream = audit_streams::find(conn, TARGET)?.unwrap();
        match audit_streams::next_floor(conn, &stream, at(0) - TimeDelta::days(1))? {
            Some(floor) => audit_streams::raise_floor(conn, TARGET, floor),
            None => Ok(()),
        }
    });
}

#[test]
fn c7_events_come_in_the_order_of_their_chain_and_once_they_are_taken_no_more() {
    each_database(|store| {
        for number in 1..=4 {
            insert(store, &format!("e-{number}"));
        }
        assert_eq!(
            next(store, 2),
            [("e-1".to_owned(), 1), ("e-2".to_owned(), 2)]
        );
        assert_eq!(next(store, 2).len(), 2, "nothing moves before it was taken");
        take(store, 2, 2);
        assert_eq!(
            next(store, 9),
            [("e-3".to_owned(), 3), ("e-4".to_owned(), 4)]
        );
        take(store, 4, 2);
        assert_eq!(next(store, 9), []);
        insert(store, "e-5");
        assert_eq!(next(store, 9), [("e-5".to_owned(), 5)]);
        let state = stream(store);
        assert_eq!((state.delivered, state.failures), (4, 0));
    });
}

/// On PostgreSQL a transaction that began earlier may be seen later: its row has the smaller key and the larger
/// number. What is cut by the limit must still come.
#[test]
fn ack_means_durable_a_row_that_became_visible_late_is_not_passed_over() {
    each_database(|store| {
        for number in 1..=3 {
            insert(store, &format!("e-{number}"));
        }
        samples::write(store, |conn| {
            for statement in [
                "UPDATE audit_events SET chain_seq = 9 WHERE public_id = 'e-1'",
                "UPDATE audit_events SET chain_seq = 1 WHERE public_id = 'e-2'",
                "UPDATE audit_events SET chain_seq = 2 WHERE public_id = 'e-3'",
                "UPDATE audit_events SET chain_seq = 3 WHERE public_id = 'e-1'",
            ] {
                sql_query(statement).execute(conn)?;
            }
            Ok(())
        });
        assert_eq!(next(store, 1), [("e-2".to_owned(), 1)]);
        take(store, 1, 1);
        assert_eq!(next(store, 1), [("e-3".to_owned(), 2)]);
        take(store, 2, 1);
        assert_eq!(next(store, 1), [("e-1".to_owned(), 3)]);
        take(store, 3, 1);
        assert_eq!(next(store, 1), []);
    });
}
