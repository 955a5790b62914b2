//! Remarks by code and place, given what the directory holds.

use crate::domain::membership_rule::MembershipRule;
use crate::domain::membership_rule::Operator::{Equals, NotEquals, StartsWith};
use crate::domain::rule_lint::LintCode::{
    Contradiction, MatchesEverybody, NearMiss, NoConditions, NobodyMeets, UnknownManager,
    UnknownState,
};
use crate::domain::rule_lint::{ConditionFacts, KnownValue, LintCode, RuleFacts, lint};
use crate::domain::samples::{fl_technical_writers, rule};
use crate::domain::user::RuleAttribute::{Department, Location, Manager, UserState};

/// Compares codes and places; `/memberQuery` is left out of the places.
fn check(rule: &MembershipRule, facts: &RuleFacts, expected: &[(LintCode, &str)]) {
    let lints = lint(rule, facts);
    let found: Vec<_> = lints
        .iter()
        .map(|lint| {
            (
                lint.code,
                lint.pointer.strip_prefix("/memberQuery").unwrap(),
            )
        })
        .collect();
    assert_eq!(found, expected, "{lints:?}");
}

fn contradicts(rule: &MembershipRule, place: Option<&str>) {
    let expected: Vec<_> = place.into_iter().map(|p| (Contradiction, p)).collect();
    check(rule, &RuleFacts::default(), &expected);
}

#[test]
fn a18_contradictions_are_named_where_they_arise() {
    let second = Some("/filters/1");
    contradicts(
        &rule(&[(Location, Equals, &["a"]), (Location, Equals, &["b"])]),
        second,
    );
    contradicts(
        &rule(&[
            (Location, Equals, &["a", "b"]),
            (Location, Equals, &["b", "c"]),
        ]),
        None,
    );
    contradicts(
        &rule(&[
            (Location, Equals, &["a", "b"]),
            (Location, NotEquals, &["b", "a"]),
        ]),
        second,
    );
    contradicts(
        &rule(&[
            (Location, NotEquals, &["a"]),
            (Location, Equals, &["a", "b"]),
        ]),
        None,
    );
    contradicts(
        &rule(&[
            (Location, StartsWith, &["ab"]),
            (Location, StartsWith, &["ac"]),
        ]),
        second,
    );
    contradicts(
        &rule(&[
            (Location, StartsWith, &["a"]),
            (Location, StartsWith, &["ab"]),
        ]),
        None,
    );
    contradicts(
        &rule(&[(Location, StartsWith, &["a"]), (Location, Equals, &["ba"])]),
        second,
    );
    contradicts(
        &rule(&[
            (Location, StartsWith, &["a"]),
            (Location, NotEquals, &["a"]),
        ]),
        None,
    );
    contradicts(
        &rule(&[(Location, Equals, &["a"]), (Department, Equals, &["b"])]),
        None,
    );
    contradicts(&fl_technical_writers(), None);
    // Only the condition that makes it so is named.
    contradicts(
        &rule(&[
            (Location, Equals, &["a"]),
            (Department, Equals, &["x"]),
            (Location, Equals, &["b"]),
            (Location, Equals, &["c"]),
        ]),
        Some("/filters/2"),
    );
}

#[test]
fn a18_there_are_three_states_only() {
    let all: &[&str] = &["STAGED", "ACTIVATED", "SUSPENDED"];
    contradicts(&rule(&[(UserState, NotEquals, all)]), Some("/filters/0"));
    contradicts(&rule(&[(UserState, NotEquals, &all[1..])]), None);
    contradicts(
        &rule(&[(UserState, StartsWith, &["active"])]),
        Some("/filters/0"),
    );
}

fn known(values: &[(&str, u64)]) -> Vec<KnownValue> {
    values
        .iter()
        .map(|(value, holders)| KnownValue {
            value: (*value).to_owned(),
            holders: *holders,
        })
        .collect()
}

fn facts(meeting: u64, holders: &[u64], known_values: &[(&str, u64)]) -> RuleFacts {
    RuleFacts {
        total_users: 100,
        matching: meeting,
        conditions: vec![ConditionFacts {
            meeting,
            holders: holders.to_vec(),
            known: known(known_values),
            unknown_managers: vec![],
        }],
    }
}

#[test]
fn a18_fort_lauderdale_is_a_near_miss_of_ft_lauderdale() {
    let florida = rule(&[(Location, Equals, &["Fort Lauderdale"])]);
    let facts = facts(0, &[0], &[("Denver", 40), ("Ft. Lauderdale", 12)]);
    check(
        &florida,
        &facts,
        &[
            (NobodyMeets, "/filters/0"),
            (NearMiss, "/filters/0/values/0"),
        ],
    );
    let details: Vec<_> = lint(&florida, &facts)
        .into_iter()
        .map(|l| l.detail)
        .collect();
    assert_eq!(
        details,
        [
            "No user meets this today: Location equals “Fort Lauderdale”.",
            "0 users have “Fort Lauderdale”; 12 have “Ft. Lauderdale”."
        ]
    );
}

/// Whether `known` is a near miss of `value`, which nobody has.
fn near(value: &str, known: &str) -> bool {
    let rule = rule(&[(Location, Equals, &[value, "Denver"])]);
    let lints = lint(&rule, &facts(1, &[0, 1], &[(known, 1)]));
    assert!(lints.iter().all(|lint| lint.code == NearMiss));
    lints.len() == 1
}

#[test]
fn a18_near_is_within_a_third_of_the_length_or_equal_without_case_and_punctuation() {
    for (value, known) in [
        ("miami", "Miami"),
        ("MIAMI", "Miami"),
        ("ft lauderdale", "Ft. Lauderdale"),
        ("R&D", "r d"),
        ("Miamy", "Miami"),
        ("Denve", "Denver "),
        ("aXXdef", "abcdef"),
    ] {
        assert!(near(value, known), "{value} {known}");
    }
    for (value, known) in [
        ("Boston", "Austin, Texas"),
        ("Ohio", "Iowa"),
        ("aXXXef", "abcdef"),
        ("ab", "ac"),
        ("...", "---"),
        ("x", ""),
    ] {
        assert!(!near(value, known), "{value} {known}");
    }
}

#[test]
fn a18_the_closest_and_then_the_most_frequent_value_is_named() {
    let rule = rule(&[(Location, Equals, &["Miam"])]);
    let facts = facts(0, &[0], &[("Miamis", 90), ("Miami", 3), ("Miama", 5)]);
    let detail = &lint(&rule, &facts)[1].detail;
    assert_eq!(detail, "0 users have “Miam”; 5 have “Miama”.");
}

#[test]
fn a18_a_prefix_is_compared_with_beginnings() {
    let rule = rule(&[(Location, StartsWith, &["ft lau"])]);
    check(
        &rule,
        &facts(0, &[0], &[("Ft. Lauderdale", 1)]),
        &[
            (NobodyMeets, "/filters/0"),
            (NearMiss, "/filters/0/values/0"),
        ],
    );
    assert_eq!(
        lint(&rule, &facts(0, &[0], &[("Ft. Lauderdale", 1)]))[1].detail,
        "0 users have “ft lau”; 1 has “Ft. Lauderdale”."
    );
    check(
        &rule,
        &facts(0, &[0], &[("Lauderdale", 1)]),
        &[(NobodyMeets, "/filters/0")],
    );
}

#[test]
fn a18_values_that_users_have_are_not_remarked_upon() {
    let rule = rule(&[(Location, Equals, &["Miami"])]);
    check(&rule, &facts(3, &[3], &[("miami", 40)]), &[]);
}

#[test]
fn a18_a_rule_that_matches_everybody() {
    let rule = rule(&[(Location, NotEquals, &["Miami"])]);
    check(&rule, &facts(100, &[0], &[]), &[(MatchesEverybody, "")]);
    check(&rule, &facts(99, &[1], &[]), &[]);
    // An empty directory says nothing.
    let nobody = RuleFacts::default();
    check(&rule, &nobody, &[]);
}

#[test]
fn a26_a_rule_without_conditions() {
    check(
        &MembershipRule::default(),
        &RuleFacts::default(),
        &[(NoConditions, "/filters")],
    );
}

#[test]
fn a20_unknown_states_and_managers() {
    check(
        &rule(&[(UserState, NotEquals, &["STAGED", "Active"])]),
        &facts(1, &[1, 0], &[("ACTIVATED", 9)]),
        &[(UnknownState, "/filters/0/values/1")],
    );
    let mut facts = facts(1, &[1, 0], &[]);
    facts.conditions[0].unknown_managers = vec![false, true];
    check(
        &rule(&[(Manager, Equals, &["maria", "marya"])]),
        &facts,
        &[(UnknownManager, "/filters/0/values/1")],
    );
}

#[test]
fn codes_are_spelled_as_the_api_has_them() {
    for (code, spelling) in [
        (Contradiction, "CONTRADICTION"),
        (NobodyMeets, "NOBODY_MEETS"),
        (NearMiss, "NEAR_MISS"),
        (MatchesEverybody, "MATCHES_EVERYBODY"),
        (NoConditions, "NO_CONDITIONS"),
        (UnknownState, "UNKNOWN_STATE"),
        (UnknownManager, "UNKNOWN_MANAGER"),
    ] {
        assert_eq!(code.as_str(), spelling);
    }
}
