//! Users to include and Users to exclude of automated groups, and their limit.

use std::sync::Barrier;
use std::thread;

use vestibule::domain::exemption::{EXEMPTION_LIMIT, Exemptions};
use vestibule::store::exemptions;

use crate::engine::oracle::assert_right;
use crate::engine::world::{World, denver};

#[test]
fn a38_an_exemption_acts_with_its_save() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let stacy = world.person("stacy", &[("location", "Austin")]);
        let group = world.dynamic("Denver", denver());
        let outcome = world.exclude(group, &jason);
        assert_eq!((outcome.joined, outcome.left), (0, 1));
        let outcome = world.include(group, &stacy);
        assert_eq!((outcome.joined, outcome.left), (1, 0));
        assert_eq!(world.members(group), ["stacy"]);
        // Rule A50, both ways at once.
        let outcome = world.save(group, |_, lists| {
            lists.include.clear();
            lists.exclude.clear();
        });
        assert_eq!((outcome.joined, outcome.left), (1, 1));
        assert_eq!(world.members(group), ["jason"]);
        assert_right(&world.env);
    });
}

/// Include and exclude together hold at most 25, however many administrators save at once.
#[test]
fn a42_two_administrators_cannot_pass_the_limit() {
    World::each(|world| {
        let group = world.dynamic("Denver", denver());
        let people: Vec<_> = (0..40)
            .map(|number| world.person(&format!("user-{number}"), &[]))
            .collect();
        let start = Barrier::new(2);
        let fill = |from: usize| {
            start.wait();
            for user in &people[from..from + 20] {
                world.save(group, |_, lists| {
                    if lists.include.len() + lists.exclude.len() < EXEMPTION_LIMIT
                        && !lists.include.contains(&user.id)
                    {
                        lists.include.push(user.id);
                    }
                });
                let stored: Exemptions = world
                    .env
                    .store
                    .read(|conn| exemptions::of_group(conn, group))
                    .unwrap();
                assert!(stored.iter().count() <= EXEMPTION_LIMIT);
            }
        };
        thread::scope(|scope| {
            scope.spawn(|| fill(0));
            scope.spawn(|| fill(20));
        });
        assert_right(&world.env);
    });
}
