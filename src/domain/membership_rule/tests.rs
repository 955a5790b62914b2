//! The meaning of the three operators, the limits, and rules in words.

use crate::domain::membership_rule::Operator::{Equals, NotEquals, StartsWith};
use crate::domain::membership_rule::{
    CONDITION_LIMIT, ConditionDraft, MembershipRule, Operator, VALUE_LIMIT, prefix_successor,
};
use crate::domain::samples::{fl_technical_writers, rule, user, with};
use crate::domain::user::RuleAttribute::{self, Department, JobTitle, Location, Manager};
use crate::domain::user::{User, UserState};
use crate::domain::violation::Violation;

fn at(location: &str) -> User {
    with(user("u"), Location, location)
}

fn check(operator: Operator, values: &[&str], location: &str, matches: bool) {
    let rule = rule(&[(Location, operator, values)]);
    assert_eq!(
        rule.matches(&at(location)),
        matches,
        "{location:?}: {}",
        rule.sentence()
    );
}

#[test]
fn a23_several_values_of_equals_are_joined_by_or() {
    let florida = &["Miami", "Ft. Lauderdale", "Boca Raton"];
    for location in ["Miami", "Ft. Lauderdale", "Boca Raton"] {
        check(Equals, florida, location, true);
    }
    check(Equals, florida, "Tampa", false);
}

#[test]
fn a23_not_equals_matches_who_equals_none() {
    let florida = &["Miami", "Boca Raton"];
    check(NotEquals, florida, "Miami", false);
    check(NotEquals, florida, "Boca Raton", false);
    check(NotEquals, florida, "Denver", true);
}

#[test]
fn a24_values_are_case_sensitive_and_must_match_exactly() {
    check(Equals, &["Ft. Lauderdale"], "Fort Lauderdale", false);
    check(Equals, &["Ft. Lauderdale"], "Ft. Lauderdale", true);
    check(Equals, &["Ft. Lauderdale"], "ft. lauderdale", false);
    check(Equals, &["Denver"], "Denver ", false);
    check(StartsWith, &["Den"], "denver", false);
    check(NotEquals, &["Denver"], "denver", true);
}

#[test]
fn a21_starts_with_compares_the_beginning() {
    check(StartsWith, &["Den"], "Denver", true);
    check(StartsWith, &["Denver"], "Denver", true);
    check(StartsWith, &["Denver"], "Den", false);
    check(StartsWith, &["%"], "Denver", false);
    check(StartsWith, &["D_"], "Denver", false);
    check(StartsWith, &["\u{10FFFF}"], "\u{10FFFF}x", true);
}

#[test]
fn a26_a_missing_value_is_the_empty_string() {
    check(NotEquals, &["Denver"], "", true);
    check(Equals, &["Denver"], "", false);
    check(StartsWith, &["Denver"], "", false);
}

#[test]
fn a26_no_condition_matches_nobody() {
    assert!(!MembershipRule::default().matches(&at("Denver")));
}

#[test]
fn a25_fl_technical_writers() {
    let rule = fl_technical_writers();
    for (title, location, matches) in [
        ("Technical Writer 2", "Florida", true),
        ("Technical Writer 3", "Florida", true),
        ("Technical Writer 1", "Florida", false),
        ("Technical Writer 2", "Texas", false),
        ("", "Florida", false),
    ] {
        let user = with(at(location), JobTitle, title);
        assert_eq!(rule.matches(&user), matches, "{title} in {location}");
    }
    assert_eq!(
        rule.sentence(),
        "Job Title equals “Technical Writer 2” or “Technical Writer 3” and Location equals “Florida”"
    );
}

#[test]
fn a25_one_attribute_twice_is_still_and() {
    let both = rule(&[
        (Location, Equals, &["Denver"]),
        (Location, Equals, &["Miami"]),
    ]);
    assert!(!both.matches(&at("Denver")));
    let range = rule(&[
        (Location, StartsWith, &["D"]),
        (Location, NotEquals, &["Denver"]),
    ]);
    assert!(range.matches(&at("Dallas")));
    assert!(!range.matches(&at("Denver")));
}

#[test]
fn a20_each_of_the_nine_attributes_with_each_of_the_three_operators() {
    for attribute in RuleAttribute::ALL {
        let mut user = with(user("u"), attribute, "SUSPENDED");
        user.state = UserState::Suspended;
        for (operator, value, matches) in [
            (Equals, "SUSPENDED", true),
            (Equals, "SUSPEND", false),
            (NotEquals, "SUSPENDED", false),
            (NotEquals, "STAGED", true),
            (StartsWith, "SUSP", true),
            (StartsWith, "S ", false),
        ] {
            let rule = rule(&[(attribute, operator, &[value])]);
            assert_eq!(rule.matches(&user), matches, "{}", rule.sentence());
        }
    }
    let labels: Vec<_> = RuleAttribute::ALL.map(RuleAttribute::label).into();
    assert_eq!(
        labels,
        [
            "Company",
            "Cost Center",
            "Department",
            "Description",
            "Employee Type",
            "Job Title",
            "Location",
            "Manager",
            "User State"
        ]
    );
}

#[test]
fn a21_operators_are_spelled_as_api_and_pages_have_them() {
    for (operator, api, label) in [
        (Equals, "equals", "equals"),
        (NotEquals, "notEquals", "not equals"),
        (StartsWith, "startsWith", "starts with"),
    ] {
        assert_eq!((operator.as_str(), operator.label()), (api, label));
        assert_eq!(Operator::parse(api), Some(operator));
    }
    assert_eq!(Operator::parse("Equals"), None);
}

fn draft(attribute: &str, operator: &str, values: &[&str]) -> ConditionDraft {
    ConditionDraft {
        attribute: attribute.to_owned(),
        operator: operator.to_owned(),
        values: values.iter().map(ToString::to_string).collect(),
    }
}

fn refused(drafts: &[ConditionDraft]) -> Vec<String> {
    let violations = MembershipRule::parse(drafts).unwrap_err();
    violations
        .into_iter()
        .map(|v: Violation| v.pointer)
        .collect()
}

#[test]
fn a20_a_rule_is_read_as_typed_and_kept_in_nfc() {
    let typed = [
        draft("location", "equals", &[" Zu\u{308}rich", "100%"]),
        draft("userState", "notEquals", &["retired"]),
    ];
    let expected = rule(&[
        (Location, Equals, &[" Zürich", "100%"]),
        (RuleAttribute::UserState, NotEquals, &["retired"]),
    ]);
    assert_eq!(MembershipRule::parse(&typed), Ok(expected));
    assert_eq!(MembershipRule::parse(&[]), Ok(MembershipRule::default()));
}

#[test]
fn a20_conditions_and_values_are_bounded() {
    let one = draft("location", "equals", &["x"]);
    assert!(MembershipRule::parse(&vec![one.clone(); CONDITION_LIMIT]).is_ok());
    assert_eq!(
        refused(&vec![one; CONDITION_LIMIT + 1]),
        ["/memberQuery/filters"]
    );
    assert!(MembershipRule::parse(&[draft("location", "equals", &["x"; VALUE_LIMIT])]).is_ok());
    assert_eq!(
        refused(&[draft("location", "equals", &["x"; VALUE_LIMIT + 1])]),
        ["/memberQuery/filters/0/values"]
    );
    let long = "ü".repeat(513);
    assert_eq!(
        refused(&[draft("location", "equals", &["x", &long])]),
        ["/memberQuery/filters/0/values/1"]
    );
    assert!(MembershipRule::parse(&[draft("location", "equals", &[&"ü".repeat(512)])]).is_ok());
}

#[test]
fn a22_starts_with_takes_one_value() {
    assert!(MembershipRule::parse(&[draft("location", "startsWith", &["M"])]).is_ok());
    assert_eq!(
        refused(&[draft("location", "startsWith", &["M", "B"])]),
        ["/memberQuery/filters/0/values"]
    );
}

#[test]
fn a26_an_empty_value_is_refused() {
    assert_eq!(
        refused(&[draft("location", "notEquals", &["x", ""])]),
        ["/memberQuery/filters/0/values/1"]
    );
    assert_eq!(
        refused(&[draft("location", "equals", &[])]),
        ["/memberQuery/filters/0/values"]
    );
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_in_its_place() {
    assert_eq!(
        refused(&[
            draft("location", "equals", &["x"]),
            draft("Location", "is", &["a\0", ""]),
        ]),
        [
            "/memberQuery/filters/1/values/0",
            "/memberQuery/filters/1/values/1",
            "/memberQuery/filters/1/field",
            "/memberQuery/filters/1/operator",
        ]
    );
}

#[test]
fn a34_a_rule_explains_who_matches_and_who_does_not() {
    let writers = fl_technical_writers();
    let writer = with(at("Florida"), JobTitle, "Technical Writer 2");
    assert_eq!(writers.explain(&writer), writers.sentence());
    let moved = with(writer, Location, "Texas");
    assert_eq!(
        writers.explain(&moved),
        "Location is “Texas”, but the rule says Location equals “Florida”"
    );
    assert_eq!(
        rule(&[(Manager, StartsWith, &["maria"])]).explain(&moved),
        "Manager is empty, but the rule says Manager starts with “maria”"
    );
}

#[test]
fn sentences_say_nor_and_name_states_by_label() {
    let rule = rule(&[
        (Department, NotEquals, &["A", "B"]),
        (RuleAttribute::UserState, Equals, &["ACTIVATED", "retired"]),
    ]);
    assert_eq!(
        rule.sentence(),
        "Department not equals “A” nor “B” and User State equals “Active” or “retired”"
    );
    assert_eq!(
        MembershipRule::default().sentence(),
        "no condition, which matches nobody"
    );
}

#[test]
fn a_prefix_is_a_range_of_bytes() {
    for (prefix, successor) in [
        ("a", Some("b")),
        ("Miami", Some("Miamj")),
        ("z%", Some("z&")),
        ("a\u{7f}", Some("a\u{80}")),
        ("\u{D7FF}", Some("\u{E000}")),
        ("a\u{10FFFE}", Some("a\u{10FFFF}")),
        ("a\u{10FFFF}", Some("b")),
        ("a\u{10FFFF}\u{10FFFF}", Some("b")),
        ("\u{D7FF}\u{10FFFF}", Some("\u{E000}")),
        ("\u{10FFFF}", None),
        ("", None),
    ] {
        assert_eq!(prefix_successor(prefix).as_deref(), successor, "{prefix:?}");
    }
}

proptest::proptest! {
    #[test]
    fn the_range_holds_exactly_what_starts_with_the_prefix(
        prefix in "[a-c\u{7f}\u{80}\u{D7FF}\u{E000}\u{FFFF}\u{10FFFE}\u{10FFFF}]{1,3}",
        text in "[a-c\u{7f}\u{80}\u{D7FF}\u{E000}\u{FFFF}\u{10FFFE}\u{10FFFF}]{0,4}",
    ) {
        let below = prefix_successor(&prefix).is_none_or(|successor| text < successor);
        assert_eq!(text.starts_with(&prefix), prefix <= text && below);
    }
}
