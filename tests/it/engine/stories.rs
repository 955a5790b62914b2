//! The stories of the documentation, told once from beginning to end.

use vestibule::domain::membership::MembershipSource;

use crate::engine::oracle::assert_right;
use crate::engine::world::{World, denver, rule};

/// The technical writers of Florida: either of two titles, and the place.
#[test]
fn a25_fl_technical_writers() {
    World::each(|world| {
        let in_florida = ("location", "Florida");
        let writer = world.person("wanda", &[in_florida, ("jobTitle", "Technical Writer 2")]);
        let senior = world.person("sven", &[in_florida, ("jobTitle", "Technical Writer 3")]);
        let junior = world.person("june", &[in_florida, ("jobTitle", "Technical Writer 1")]);
        let away = world.person(
            "axel",
            &[("location", "Texas"), ("jobTitle", "Technical Writer 2")],
        );

        // The group is made when the people are there already.
        let writers = world.dynamic(
            "FL Technical Writers",
            rule(&[
                (
                    "jobTitle",
                    "equals",
                    &["Technical Writer 2", "Technical Writer 3"],
                ),
                ("location", "equals", &["Florida"]),
            ]),
        );
        assert_eq!(world.members(writers), ["sven", "wanda"]);

        // One is promoted into it, one moves to Florida, one moves away.
        world.edit(&junior, &[("jobTitle", "Technical Writer 2")]);
        world.edit(&away, &[in_florida]);
        world.edit(&senior, &[("location", "Texas")]);
        assert_eq!(world.members(writers), ["axel", "june", "wanda"]);

        // Somebody new is in the group when creating returns.
        world.person("nina", &[in_florida, ("jobTitle", "Technical Writer 3")]);
        assert_eq!(world.members(writers), ["axel", "june", "nina", "wanda"]);

        // Another spelling is another place.
        world.edit(&writer, &[("location", "florida")]);
        assert_eq!(world.members(writers), ["axel", "june", "nina"]);
        assert_right(&world.env);
    });
}

/// Jason of Denver is listed to be included: he stays when he moves, and leaves with his exemption.
#[test]
fn a39_jason_stays_while_he_is_listed() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let group = world.dynamic("Denver", denver());
        world.include(group, &jason);
        world.edit(&jason, &[("location", "Austin")]);
        assert_eq!(
            world.source(group, &jason),
            Some(MembershipSource::ManualInclude)
        );
        // Rule A50: the x on his pill, and save.
        world.unexempt(group, &jason);
        assert!(!world.is_member(group, &jason));
        assert_right(&world.env);
    });
}

/// Without the exemption he leaves with his change.
#[test]
fn a39_jason_leaves_at_once_when_he_is_not_listed() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let group = world.dynamic("Denver", denver());
        assert_eq!(world.source(group, &jason), Some(MembershipSource::Rule));
        world.edit(&jason, &[("location", "Austin")]);
        assert!(!world.is_member(group, &jason));
        assert_right(&world.env);
    });
}

/// Mark matches and stays whatever Users to include says; in Users to exclude he leaves.
#[test]
fn a40_mark_matches_and_stays_unless_excluded() {
    World::each(|world| {
        let mark = world.person("mark", &[("location", "Denver")]);
        let group = world.dynamic("Denver", denver());
        world.include(group, &mark);
        assert_eq!(
            world.source(group, &mark),
            Some(MembershipSource::ManualInclude)
        );
        world.unexempt(group, &mark);
        assert_eq!(world.source(group, &mark), Some(MembershipSource::Rule));
        world.exclude(group, &mark);
        assert!(!world.is_member(group, &mark));
        assert_right(&world.env);
    });
}

/// Stacy of Austin is listed to be excluded: moving to Denver does not make her a member.
#[test]
fn a41_stacy_is_never_added_while_she_is_excluded() {
    World::each(|world| {
        let stacy = world.person("stacy", &[("location", "Austin")]);
        let group = world.dynamic("Denver", denver());
        world.exclude(group, &stacy);
        world.edit(&stacy, &[("location", "Denver")]);
        assert!(!world.is_member(group, &stacy));
        // Rule A50: she joins with the end of her exemption.
        world.unexempt(group, &stacy);
        assert_eq!(world.source(group, &stacy), Some(MembershipSource::Rule));
        assert_right(&world.env);
    });
}

/// Without the exemption she joins with her move.
#[test]
fn a41_stacy_is_added_when_she_becomes_denver() {
    World::each(|world| {
        let stacy = world.person("stacy", &[("location", "Austin")]);
        let group = world.dynamic("Denver", denver());
        assert!(!world.is_member(group, &stacy));
        world.edit(&stacy, &[("location", "Denver")]);
        assert!(world.is_member(group, &stacy));
        assert_right(&world.env);
    });
}
