//! Expressions find, shape and leave out; large and foreign ones are refused.

use crate::domain::match_pattern::{MatchPattern, PatternError};

#[test]
fn what_is_found_takes_the_form() {
    let pattern = MatchPattern::parse(r"^app-(?<name>\w+)-(\d+)$", "${name}:$2").unwrap();
    assert_eq!(pattern.find("app-crm-7").as_deref(), Some("crm:7"));
    assert_eq!(pattern.find("crm-7"), None);
    let whole = MatchPattern::parse(r"\d+", "").unwrap();
    assert_eq!(whole.find("team 42 of 43").as_deref(), Some("42"));
}

#[test]
fn an_empty_find_leaves_the_value_out() {
    assert_eq!(MatchPattern::parse("x*", "").unwrap().find("y"), None);
}

#[test]
fn what_cannot_be_used_says_why() {
    let error = |text| MatchPattern::parse(text, "").unwrap_err();
    assert_eq!(error(""), PatternError::Empty);
    assert_eq!(error("(a"), PatternError::Syntax);
    assert_eq!(error(r"(a)\1"), PatternError::Syntax);
    assert_eq!(error("((a{100}){100}){100}"), PatternError::TooLarge);
}

#[test]
fn equal_texts_are_equal() {
    let of = |pattern, form| MatchPattern::parse(pattern, form).unwrap();
    assert_eq!(of("a", "$0"), of("a", "$0"));
    assert_ne!(of("a", "$0"), of("a", ""));
    assert_ne!(of("a", ""), of("b", ""));
}
