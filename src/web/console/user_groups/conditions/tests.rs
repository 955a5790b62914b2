//! The condition builder between rule, form and draft.

use super::ConditionRows;
use crate::domain::membership_rule::MembershipRule;
use crate::service::group_fields::parse_rule;
use crate::web::console::submitted::Fields;

fn form(button: &str) -> Fields {
    let pairs = [
        ("do", button),
        ("condition-0-field", "jobTitle"),
        ("condition-0-operator", "equals"),
        ("condition-0-value", "Technical Writer 2"),
        ("condition-0-value", "Technical Writer 3"),
        ("condition-5-field", "location"),
        ("condition-5-operator", "startsWith"),
        ("condition-5-value", " Flo"),
    ];
    let pairs = pairs.iter();
    Fields::new(
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

fn rows(button: &str) -> ConditionRows {
    ConditionRows::of_fields(&form(button))
}

fn values(button: &str) -> Vec<usize> {
    rows(button).0.iter().map(|row| row.values.len()).collect()
}

#[test]
fn a23_a24_values_are_taken_exactly_as_typed_and_shown_again() {
    let rule = parse_rule(rows("save").draft()).unwrap();
    assert_eq!(
        rule.sentence(),
        "Job Title equals “Technical Writer 2” or “Technical Writer 3” and Location starts with “ Flo”"
    );
    assert_eq!(ConditionRows::of_rule(Some(&rule)).draft().filters.len(), 2);
    assert_eq!(
        rows("save").said(),
        "Job Title equals Technical Writer 2 or Technical Writer 3 and Location starts with  Flo"
    );
}

#[test]
fn a22_plus_adds_a_value_but_not_to_starts_with() {
    assert_eq!(values("condition-value-add:0"), [3, 1]);
    assert_eq!(values("condition-value-add:5"), [2, 1]);
    assert_eq!(rows("condition-value-add:0").0[0].focus, Some(2));
    assert!(!rows("save").0[1].takes_more());
}

#[test]
fn a23_a_value_is_removed_but_the_last_one_stays() {
    assert_eq!(values("condition-value-remove:0-0"), [1, 1]);
    assert_eq!(values("condition-value-remove:0-9"), [2, 1]);
    assert_eq!(values("condition-value-remove:5-0"), [2, 1]);
}

#[test]
fn a25_conditions_are_added_and_removed_and_one_is_always_there() {
    assert_eq!(values("condition-add"), [2, 1, 1]);
    assert_eq!(rows("condition-add").0[2].number, 6);
    assert_eq!(values("condition-remove:0"), [1]);
    let none = Fields::new(vec![]);
    assert_eq!(ConditionRows::of_fields(&none).0.len(), 1);
    assert_eq!(
        ConditionRows::of_rule(Some(&MembershipRule::default()))
            .0
            .len(),
        1
    );
    assert!(ConditionRows::is_button(&form("condition-add")));
    assert!(!ConditionRows::is_button(&form("save")));
}
