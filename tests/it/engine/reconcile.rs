//! The full recompute.

use vestibule::domain::membership::MembershipSource;
use vestibule::service::reconcile;
use vestibule::store::memberships::{self, NewMembership};
use vestibule::store::paging::PageRequest;
use vestibule::store::{reconciliations, suggestions};

use crate::engine::oracle::assert_right;
use crate::engine::world::{World, denver};

#[test]
fn a5_a_correct_engine_finds_nothing() {
    World::each(|world| {
        let group = world.dynamic("Denver", denver());
        let reviewed = world.reviewed("Under review", denver());
        let jason = world.person("jason", &[("location", "Denver")]);
        let stacy = world.person("stacy", &[("location", "Denver")]);
        world.exclude(group, &stacy);
        world.reject(reviewed, &jason);
        let mut told = Vec::new();
        let report = reconcile::run(&world.env, "command", |done, all| told.push((done, all)));
        let report = report.unwrap();
        assert!(report.is_clean(), "{report:?}");
        assert_eq!((report.users, report.groups), (2, 2));
        assert_eq!((told.first(), told.last()), (Some(&(0, 2)), Some(&(2, 2))));

        let runs = world
            .env
            .store
            .read(|conn| reconciliations::list(conn, &PageRequest::first(10)));
        let [run] = runs.unwrap().items.try_into().unwrap();
        assert_eq!((run.cause.as_str(), run.groups_checked), ("command", 2));
        assert_eq!((run.additions, run.removals), (0, 0));
        assert!(run.finished_at.is_some());
    });
}

/// Damage of every kind is repaired, and counted.
#[test]
fn a5_differences_are_repaired_and_counted() {
    World::each(|world| {
        let group = world.dynamic("Denver", denver());
        let reviewed = world.reviewed("Under review", denver());
        let by_hand = world.group("Static");
        let jason = world.person("jason", &[("location", "Denver")]);
        let stacy = world.person("stacy", &[("location", "Austin")]);
        let mark = world.person("mark", &[("location", "Denver")]);
        world.add_by_hand(by_hand, &stacy);
        let (jason, stacy, mark) = (jason.id, stacy.id, mark.id);
        let now = world.env.now();
        world
            .env
            .store
            .write(move |conn| {
                memberships::remove(conn, jason, group)?;
                memberships::add(
                    conn,
                    &NewMembership {
                        user: stacy,
                        group,
                        source: MembershipSource::Rule,
                        since: now,
                        cause: String::new(),
                    },
                )?;
                memberships::set_source(conn, mark, group, MembershipSource::Direct)?;
                memberships::set_source(conn, stacy, by_hand, MembershipSource::Rule)?;
                suggestions::delete(conn, reviewed, mark)
            })
            .unwrap();
        let report = reconcile::run(&world.env, "nightly", |_, _| {}).unwrap();
        assert_eq!((report.additions, report.removals), (1, 1));
        assert_eq!((report.relabelled, report.suggestions), (2, 1));
        assert_right(&world.env);
        let again = reconcile::run(&world.env, "nightly", |_, _| {}).unwrap();
        assert!(again.is_clean());
    });
}
