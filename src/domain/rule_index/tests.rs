//! Where rules are filed. That the index equals plain evaluation, and SQL, is held by
//! `tests/it/store/rules.rs`.

use crate::domain::ids::GroupId;
use crate::domain::membership_rule::{MembershipRule, Operator};
use crate::domain::rule_index::RuleIndex;
use crate::domain::samples::{self, rule};
use crate::domain::user::RuleAttribute;

fn keyed(rules: &[MembershipRule]) -> Vec<(GroupId, &MembershipRule)> {
    (0_i64..)
        .zip(rules)
        .map(|(key, rule)| (GroupId::new(1_000 - key), rule))
        .collect()
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
