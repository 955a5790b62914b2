//! Rule A5: the full recompute at a set time, one node at a time, with its record.

use jiff::civil::time;
use jiff::tz::TimeZone;
use vestibule::domain::ids::GroupId;
use vestibule::domain::membership::MembershipSource;
use vestibule::domain::user::User;
use vestibule::service::listing::ListQuery;
use vestibule::service::nightly::{self, Attempt, Schedule};
use vestibule::store::memberships::{self, NewMembership};
use vestibule::store::reconciliations::Reconciliation;

use crate::engine::world::{World, denver};
use crate::operations::time::Hands;
use crate::store::databases::Database;

fn at_two() -> Schedule {
    Schedule {
        at: time(2, 0, 0, 0),
        zone: TimeZone::UTC,
    }
}

fn runs(world: &World) -> Vec<Reconciliation> {
    nightly::list(&world.env, &ListQuery::default())
        .unwrap()
        .items
}

/// Writes what no rule says.
fn make_wrong(world: &World, group: GroupId, user: &User) {
    let new = NewMembership {
        user: user.id,
        group,
        source: MembershipSource::Rule,
        since: world.env.now(),
        cause: String::new(),
    };
    let written = world
        .env
        .store
        .change_user(move |conn| memberships::add(conn, &new));
    assert!(written.unwrap());
}

#[test]
fn a5_one_node_runs_it_once_a_night() {
    for database in Database::all() {
        let hands = Hands::at("2026-11-25T01:00:00Z");
        let one = hands.node(&database, "one");
        let other = hands.node(&database, "other");
        Hands::install(&one);
        let run = |node: &World| nightly::run_if_due(&node.env, &at_two()).unwrap();
        // Younger than the last time that was due.
        assert!(!run(&one));
        hands.set("2026-11-25T01:59:59Z");
        assert!(!run(&one));
        hands.set("2026-11-25T02:00:10Z");
        assert_eq!((run(&one), run(&other), run(&one)), (true, false, false));
        hands.set("2026-11-26T02:00:00Z");
        assert_eq!((run(&other), run(&one)), (true, false));
        let found = runs(&one);
        assert_eq!(found.len(), 2);
        for run in &found {
            assert_eq!(run.cause, "nightly");
            assert!(run.finished_at.is_some());
            assert_eq!((run.additions, run.removals), (0, 0));
        }
        // Nights on which nothing ran are made up for, once.
        hands.set("2026-12-24T18:00:00Z");
        assert_eq!((run(&one), run(&other)), (true, false));
    }
}

#[test]
fn a5_a_run_says_what_it_repaired() {
    for database in Database::all() {
        let hands = Hands::at("2026-11-25T12:00:00Z");
        let world = hands.node(&database, "one");
        let group = world.dynamic("Denver", denver());
        world.person("jason", &[("location", "Denver")]);
        let stacy = world.person("stacy", &[("location", "Austin")]);
        make_wrong(&world, group, &stacy);
        let mut told = Vec::new();
        let attempt = nightly::recompute(&world.env, "command", |done, all| {
            told.push((done, all));
        });
        let Attempt::Done(report) = attempt.unwrap() else {
            panic!("nobody else runs");
        };
        assert_eq!((report.users, report.additions, report.removals), (2, 0, 1));
        assert!(!report.is_clean());
        assert_eq!(told.last(), Some(&(2, 2)));
        assert_eq!(world.members(group), ["jason"]);
        let run = &runs(&world)[0];
        assert_eq!((run.cause.as_str(), run.removals), ("command", 1));
        assert_eq!(
            (run.started_at, run.finished_at),
            (hands.now(), Some(hands.now()))
        );
    }
}

#[test]
fn a5_two_runs_are_never_beside_each_other() {
    for database in Database::all() {
        let hands = Hands::at("2026-11-25T12:00:00Z");
        let one = hands.node(&database, "one");
        let other = hands.node(&database, "other");
        one.person("jason", &[]);
        let mut beside = None;
        let attempt = nightly::recompute(&one.env, "command", |_, _| {
            beside = Some(nightly::recompute(&other.env, "command", |_, _| {}).unwrap());
        });
        assert!(matches!(attempt.unwrap(), Attempt::Done(_)));
        assert_eq!(beside, Some(Attempt::Busy));
        let again = nightly::recompute(&other.env, "command", |_, _| {}).unwrap();
        assert!(matches!(again, Attempt::Done(_)));
    }
}
