//! The shape that scanners look for, and what it keeps out.

use secrecy::ExposeSecret;

use crate::service::token_text::{can_be_one, draw, shown};

fn check(text: &str, expected: bool) {
    assert_eq!(can_be_one(text), expected, "{text}");
}

#[test]
fn a_scanner_tells_a_real_token_from_a_made_up_one() {
    let token = draw().unwrap();
    let text = token.expose_secret();
    let wanted = regex::Regex::new("^vst_[A-Za-z0-9_-]{43}[0-9a-f]{8}$").unwrap();
    assert!(wanted.is_match(text), "{text}");
    assert_eq!(shown(&token), text[..8]);
    check(text, true);

    let other = if text.as_bytes()[10] == b'A' {
        "B"
    } else {
        "A"
    };
    check(&format!("{}{other}{}", &text[..10], &text[11..]), false);
    check(&text[..text.len() - 1], false);
    check(&format!("{text}0"), false);
    check(&text.to_uppercase(), false);
    // A value that was written down, so that the rule cannot change unseen.
    let body = format!("vst_{}", "A".repeat(43));
    check(&format!("{body}06d1904f"), true);
    check(&format!("{body}06d1904e"), false);
}

#[test]
fn tokens_of_earlier_versions_go_on_working() {
    check(&format!("vst_{}", "x".repeat(43)), true);
    check(&format!("vst_{}", "x".repeat(42)), false);
    check(&"x".repeat(47), false);
    check("vst_", false);
    check("", false);
    // A character of several bytes where the checksum would begin.
    check(&format!("vst_{}é{}", "x".repeat(42), "0".repeat(7)), false);
}
