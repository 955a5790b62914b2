//! The index against plain evaluation, over few and nasty values.

use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use crate::domain::ids::GroupId;
use crate::domain::membership_rule::{Condition, MembershipRule, Operator};
use crate::domain::rule_index::RuleIndex;
use crate::domain::samples::{self, rule};
use crate::domain::user::{RuleAttribute, User, UserState};

/// Few and related, so that rules match often; nasty, so that no comparison is by luck.
const VALUES: [&str; 20] = [
    "",
    "a",
    "A",
    "ab",
    "aB",
    "abc",
    "a%",
    "a_",
    "%",
    "_",
    "'",
    "\"",
    "a'b",
    "\u{D7FF}",
    "\u{D7FF}\u{10FFFF}",
    "\u{E000}",
    "\u{10FFFF}",
    "\u{10FFFF}\u{10FFFF}",
    "ACTIVATED",
    "é",
];

fn value() -> impl Strategy<Value = String> {
    proptest::sample::select(&VALUES[..]).prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = Condition> {
    let attribute = proptest::sample::select(&RuleAttribute::ALL[..]);
    let test = prop_oneof![
        3 => (Just(Operator::Equals), vec(value(), 0..4)),
        1 => (Just(Operator::NotEquals), vec(value(), 0..4)),
        2 => (Just(Operator::StartsWith), vec(value(), 1..2)),
        1 => (Just(Operator::StartsWith), vec(value(), 0..3)),
    ];
    (attribute, test).prop_map(|(attribute, (operator, values))| Condition {
        attribute,
        operator,
        values,
    })
}

fn rules() -> impl Strategy<Value = Vec<MembershipRule>> {
    let rule = vec(condition(), 0..4).prop_map(|conditions| MembershipRule { conditions });
    vec(rule, 0..60)
}

fn user(values: &[String], state: UserState) -> User {
    let mut user = samples::user("u");
    user.state = state;
    RuleAttribute::ALL
        .into_iter()
        .zip(values)
        .fold(user, |user, (attribute, value)| {
            samples::with(user, attribute, value)
        })
}

/// Group keys descend, so that the order of the answer is not the order of the rules.
fn keyed(rules: &[MembershipRule]) -> Vec<(GroupId, &MembershipRule)> {
    (0_i64..)
        .zip(rules)
        .map(|(key, rule)| (GroupId::new(1_000 - key), rule))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_equals_plain_evaluation(
        rules in rules(),
        users in vec((vec(value(), 8), any::<prop::sample::Index>()), 1..6),
    ) {
        let rules = keyed(&rules);
        let index = RuleIndex::compile(rules.iter().copied());
        for (values, state) in users {
            let user = user(&values, *state.get(&UserState::ALL));
            let mut plain: Vec<GroupId> = rules
                .iter()
                .filter(|(_, rule)| rule.matches(&user))
                .map(|(group, _)| *group)
                .collect();
            plain.sort_unstable();
            assert_eq!(index.groups_matching(&user), plain);
        }
    }
}

#[test]
fn nested_prefixes_are_all_found() {
    let rules: Vec<MembershipRule> = ["a", "ab", "abc", "abd", "abd1", "b", "ab\u{10FFFF}"]
        .iter()
        .map(|prefix| rule(&[(RuleAttribute::Location, Operator::StartsWith, &[prefix])]))
        .collect();
    let index = RuleIndex::compile(keyed(&rules));
    for (location, matching) in [
        ("abd2", vec!["a", "ab", "abd"]),
        ("abcd", vec!["a", "ab", "abc"]),
        ("abe", vec!["a", "ab"]),
        ("a", vec!["a"]),
        ("", vec![]),
        ("c", vec![]),
        ("ab\u{10FFFF}x", vec!["a", "ab", "ab\u{10FFFF}"]),
    ] {
        let user = samples::with(samples::user("u"), RuleAttribute::Location, location);
        let groups = index.groups_matching(&user);
        assert_eq!(groups.len(), matching.len(), "{location}");
    }
}

#[test]
fn rules_without_conditions_are_not_compiled() {
    let rules = [MembershipRule::default()];
    let index = RuleIndex::compile(keyed(&rules));
    assert!(index.is_empty());
    assert_eq!(index.groups_matching(&samples::user("u")), []);
}

#[test]
fn a_rule_is_filed_under_its_rarest_condition() {
    // Many rules on department make one department rare; nearly everybody is active.
    let departments: Vec<String> = (0..500).map(|n| format!("department {n}")).collect();
    let rules: Vec<MembershipRule> = departments
        .iter()
        .map(|department| {
            rule(&[
                (RuleAttribute::UserState, Operator::Equals, &["ACTIVATED"]),
                (RuleAttribute::Department, Operator::Equals, &[department]),
            ])
        })
        .collect();
    let index = RuleIndex::compile(keyed(&rules));
    assert_eq!(index.len(), 500);
    assert!(index.unfiled.is_empty());
    let filed =
        |place: usize| -> usize { index.attributes[place].by_value.iter().map(Vec::len).sum() };
    assert_eq!((filed(2), filed(8)), (500, 0));
}
