//! A verdict is the result that it was taken of, bounded, and read back as it was written.

use super::*;

#[test]
fn a_result_is_handed_on_with_the_verdict_that_it_is() {
    let mut verdicts = Verdicts::default();
    let right: Result<u8, &str> = verdicts.take_with(Check::Issuer, Ok(7), u8::to_string);
    let wrong: Result<u8, &str> = verdicts.take(Check::Destination, Err("another address"));
    assert_eq!((right, wrong), (Ok(7), Err("another address")));
    let told: Vec<_> = verdicts
        .as_slice()
        .iter()
        .map(|one| (one.check, one.finding, one.detail.as_ref()))
        .collect();
    assert_eq!(
        told,
        [
            (Check::Issuer, Finding::Passed, "7"),
            (Check::Destination, Finding::Failed, "another address"),
        ]
    );
    assert_eq!(verdicts.failed(), Some(Check::Destination));
    assert!(verdicts.has_passed(Check::Issuer) && !verdicts.has_passed(Check::Destination));
}

#[test]
fn bounded_input_a_detail_is_cut() {
    let mut verdicts = Verdicts::default();
    verdicts.fail(Check::Destination, "ä".repeat(5_000));
    let detail = &verdicts.as_slice()[0].detail;
    assert_eq!(detail.chars().count(), MAX_DETAIL_CHARS + 1);
}

#[test]
fn every_spelling_is_read_back() {
    for check in Check::ALL {
        assert_eq!(Check::parse(check.as_str()), Some(check));
    }
    for finding in Finding::ALL {
        assert_eq!(Finding::parse(finding.as_str()), Some(finding));
    }
}
