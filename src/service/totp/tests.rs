//! The codes against the published vectors, and what an authenticator app is given.

use chrono::DateTime;

use crate::service::totp::{in_groups, matching_step, percent_encoded};

/// RFC 6238, Appendix B: the secret of its SHA-1 vectors, and the last six of its eight digits.
const SECRET: &[u8] = b"12345678901234567890";

fn check(at: i64, code: &str, step: Option<i64>) {
    let now = DateTime::from_timestamp(at, 0).unwrap();
    let found = matching_step(SECRET, code, now).unwrap();
    assert_eq!(found, step, "{code} at {at}");
}

#[test]
fn codes_are_those_of_rfc_6238_appendix_b() {
    check(59, "287082", Some(1));
    check(1_111_111_109, "081804", Some(37_037_036));
    check(1_111_111_111, "050471", Some(37_037_037));
    check(1_234_567_890, "005924", Some(41_152_263));
    check(2_000_000_000, "279037", Some(66_666_666));
}

#[test]
fn one_step_of_tolerance_and_no_more() {
    let (code, step) = ("005924", Some(41_152_263));
    check(1_234_567_890 - 30, code, step);
    check(1_234_567_890 + 30, code, step);
    check(1_234_567_890 - 60, code, None);
    check(1_234_567_890 + 60, code, None);
}

#[test]
fn a_code_may_be_typed_with_a_space_and_is_nothing_else() {
    check(59, "287 082", Some(1));
    for wrong in [
        "",
        "28708",
        "2870820",
        "287083",
        "٢٨٧٠٨٢",
        "-287082",
        "abcdef",
    ] {
        check(59, wrong, None);
    }
}

#[test]
fn names_cannot_break_out_of_the_address() {
    assert_eq!(percent_encoded("R&D: Müller?"), "R%26D%3A%20M%C3%BCller%3F");
    assert_eq!(in_groups("ABCDEFGHIJ"), "ABCD EFGH IJ");
}
