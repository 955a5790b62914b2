//! Identity fields: what passes and what is refused.

use crate::domain::identity::{default_display_name, email, resource_name, username};

#[test]
fn usernames_have_no_blanks() {
    for (text, passes) in [
        ("jason", true),
        ("Jason.Lee@example.com", true),
        ("ünï", true),
        ("", false),
        ("a b", false),
        (" a", false),
        ("a\u{0}b", false),
    ] {
        assert_eq!(username(text).is_ok(), passes, "{text:?}");
    }
    assert!(username(&"x".repeat(128)).is_ok());
    assert!(username(&"x".repeat(129)).is_err());
}

#[test]
fn addresses_have_one_at_sign_between_two_sides() {
    for (text, passes) in [
        ("jason@example.com", true),
        ("o'neil+x@sub.example.org", true),
        ("jason", false),
        ("@example.com", false),
        ("jason@", false),
        ("a@b@c", false),
        ("a b@c.d", false),
        ("a@b.c\nBcc: d@e.f", false),
    ] {
        assert_eq!(email(text).is_ok(), passes, "{text:?}");
    }
}

#[test]
fn names_keep_their_inner_blanks_only() {
    assert!(resource_name("FL Technical Writers").is_ok());
    assert!(resource_name(" Team-A").is_err());
    assert!(resource_name("").is_err());
}

#[test]
fn the_display_name_defaults_to_the_full_name_then_to_the_username() {
    assert_eq!(default_display_name("Jason", "Lee", "jason"), "Jason Lee");
    assert_eq!(default_display_name("", "Lee", "jason"), "Lee");
    assert_eq!(default_display_name("", "", "jason"), "jason");
}
