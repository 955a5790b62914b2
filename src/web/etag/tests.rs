//! Preconditions against a present version.

use super::*;

/// `present` is version 7.
fn check(header: &[&str], wanted: Option<Option<i64>>) {
    let expected = IfMatch::parse(header.iter().copied()).expected(|| Ok(7));
    assert_eq!(expected.ok(), wanted, "{header:?}");
}

#[test]
fn a_change_goes_on_when_one_tag_is_the_present_one() {
    check(&[], Some(None));
    check(&["*"], Some(None));
    check(&["\"7\""], Some(Some(7)));
    check(&["\"6\", \"7\""], Some(Some(7)));
    check(&["\"6\"", "\"7\""], Some(Some(7)));
}

#[test]
fn any_other_tag_is_stale() {
    for header in [
        "\"6\"", "W/\"7\"", "7", "\"07\"", "\"+7\"", "\"\"", "", "\"abc\"",
    ] {
        check(&[header], None);
    }
}

#[test]
fn a_resource_that_is_gone_is_not_called_stale() {
    let gone = IfMatch::parse(["\"7\""].into_iter())
        .expected(|| Err(ServiceError::NotFound { what: "user" }));
    assert!(matches!(gone, Err(ServiceError::NotFound { what: "user" })));
}
