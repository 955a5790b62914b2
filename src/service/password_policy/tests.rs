//! The policy of passwords (OWASP ASVS 5, 6.2 and 6.1.2).

use crate::service::password_policy::PasswordFault::{Common, Personal, TooLong, TooShort};
use crate::service::password_policy::{PasswordFault, judge};

fn check(password: &str, expected: Option<PasswordFault>) {
    let names = ["Jason", "j.lee@example.com", "Pine Hill", "bo"];
    assert_eq!(judge(password, names.into_iter()), expected, "{password}");
}

#[test]
fn a_password_has_12_to_128_characters_whatever_they_are() {
    check("short enough", None);
    check("short enoug", Some(TooShort));
    check(&"ü🦊".repeat(5), Some(TooShort));
    let long = "all lower-case letters do".repeat(6);
    check(long.get(..128).unwrap_or_default(), None);
    check(long.get(..129).unwrap_or_default(), Some(TooLong));
    check("            x            ", None);
}

#[test]
fn common_ones_and_repetitions_are_refused_in_any_capitals() {
    check("password1234", Some(Common));
    check("PassWord1234", Some(Common));
    check("ｐassword1234", Some(Common));
    check("football, 2024!", Some(Common));
    check("1999-congratulations", Some(Common));
    check("football and the boat", None);
    check("aaaaaaaaaaaa", Some(Common));
    check("123123123123", Some(Common));
    check("abcdabcdabcdab", Some(Common));
    check("abcdeabcdeabcde", None);
}

#[test]
fn what_everybody_knows_of_the_person_is_refused() {
    check("my jason and the boat", Some(Personal));
    check("JASON and the boat", Some(Personal));
    check("xx j.lee xx xx xx", Some(Personal));
    check("at pinehill we work", Some(Personal));
    check("at Pine Hill we work", Some(Personal));
    check("bo and the boat sail", None);
}
