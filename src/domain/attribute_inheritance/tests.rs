//! User over group, newest group over older ones, by sequence number.

use crate::domain::attribute_inheritance::{Candidates, Winner};
use crate::domain::custom_attribute::{AttributeKind, CustomAttribute, GroupAttribute};
use crate::domain::ids::GroupId;
use crate::domain::samples::{attribute, inherited};

/// Who wins `TeamName` and who loses, by sequence number; 0 is the user's own.
fn check(
    own: &[CustomAttribute],
    groups: &[GroupAttribute],
    connecting: &[i64],
    expected: Option<(i64, &[i64])>,
) {
    let connecting = connecting.iter().copied().map(GroupId::new);
    let candidates = Candidates::gather(["TeamName"].into_iter(), own, groups, connecting);
    let found = candidates.effective("TeamName").map(|effective| {
        let winner = match effective.winner {
            Winner::User(_) => 0,
            Winner::Group(winner) => winner.added_seq,
        };
        let losers: Vec<i64> = effective.losers.iter().map(|l| l.added_seq).collect();
        (winner, losers)
    });
    let expected = expected.map(|(winner, losers)| (winner, losers.to_vec()));
    assert_eq!(found, expected);
}

fn own(name: &str) -> CustomAttribute {
    attribute(name, AttributeKind::String, "own")
}

#[test]
fn b8_the_most_recently_added_attribute_of_two_groups_applies() {
    let a = inherited(1, 10, "TeamName", "team-a");
    let b = inherited(2, 11, "TeamName", "team-b");
    check(&[], &[a.clone(), b.clone()], &[1, 2], Some((11, &[10])));
    check(&[], &[b.clone(), a.clone()], &[2, 1], Some((11, &[10])));
    // Deleted and added again is new.
    let a_again = inherited(1, 12, "TeamName", "team-a");
    check(&[], &[b, a_again], &[1, 2], Some((12, &[11])));
}

#[test]
fn b8_losers_stand_newest_first() {
    let groups = [(1, 7), (2, 9), (3, 8), (4, 3)].map(|(g, s)| inherited(g, s, "TeamName", "x"));
    check(&[], &groups, &[1, 2, 3, 4], Some((9, &[8, 7, 3])));
}

#[test]
fn b17_the_users_own_attribute_overrides_every_group() {
    let groups = [(1, 7), (2, 9)].map(|(g, s)| inherited(g, s, "TeamName", "x"));
    check(&[own("TeamName")], &groups, &[1, 2], Some((0, &[9, 7])));
    check(&[own("TeamName")], &[], &[], Some((0, &[])));
    check(&[own("teamname")], &groups, &[1, 2], Some((9, &[7])));
}

#[test]
fn b4_attributes_of_dynamic_groups_are_not_inherited() {
    let mut dynamic = inherited(1, 9, "TeamName", "x");
    dynamic.group_is_dynamic = true;
    let still = inherited(2, 3, "TeamName", "y");
    check(&[], &[dynamic.clone(), still], &[1, 2], Some((3, &[])));
    check(&[], &[dynamic.clone()], &[1], None);
    check(&[own("TeamName")], &[dynamic], &[1], Some((0, &[])));
}

#[test]
fn b9_only_groups_that_connect_the_user_to_the_application_count() {
    let groups = [(1, 7), (2, 9)].map(|(g, s)| inherited(g, s, "TeamName", "x"));
    check(&[], &groups, &[1], Some((7, &[])));
    check(&[], &groups, &[2], Some((9, &[])));
    check(&[], &groups, &[3], None);
    check(&[], &groups, &[], None);
}

#[test]
fn b5_names_are_exact_in_case() {
    check(&[], &[inherited(1, 1, "teamname", "x")], &[1], None);
}
