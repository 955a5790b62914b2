//! The limit of 25, the exact message, the user in both lists.

use crate::domain::exemption::{EXEMPTION_LIMIT, ExemptionEffect, ExemptionError, Exemptions};
use crate::domain::ids::UserId;

fn users(range: std::ops::Range<usize>) -> Vec<UserId> {
    range
        .map(|key| UserId::new(i64::try_from(key).unwrap()))
        .collect()
}

#[test]
fn a42_include_and_exclude_together_are_at_most_25() {
    for (include, exclude) in [(25, 0), (0, 25), (10, 15), (0, 0)] {
        let (include, exclude) = (users(0..include), users(100..100 + exclude));
        assert!(Exemptions::new(include, exclude).is_ok());
    }
    for (include, exclude) in [(26, 0), (0, 26), (11, 15)] {
        let (include, exclude) = (users(0..include), users(100..100 + exclude));
        let error = Exemptions::new(include, exclude).unwrap_err();
        assert_eq!(error, ExemptionError::LimitReached);
    }
    assert_eq!(EXEMPTION_LIMIT, 25);
}

#[test]
fn a42_a_user_named_twice_counts_once() {
    let twice = [users(0..25), users(0..25)].concat();
    assert!(Exemptions::new(twice, []).is_ok());
}

#[test]
fn a43_the_message_is_exact() {
    assert_eq!(
        ExemptionError::LimitReached.to_string(),
        "This group has reached its exemption limit"
    );
}

#[test]
fn a44_a_user_in_both_lists_is_refused() {
    let error = Exemptions::new(users(0..3), users(2..4)).unwrap_err();
    assert_eq!(
        error,
        ExemptionError::InBoth {
            user: UserId::new(2)
        }
    );
}

#[test]
fn exemptions_are_known_by_user() {
    let exemptions = Exemptions::new(users(5..6), users(1..2)).unwrap();
    assert_eq!(
        exemptions.effect_on(UserId::new(5)),
        Some(ExemptionEffect::Include)
    );
    assert_eq!(
        exemptions.effect_on(UserId::new(1)),
        Some(ExemptionEffect::Exclude)
    );
    assert_eq!(exemptions.effect_on(UserId::new(2)), None);
    assert_eq!(
        exemptions.iter().collect::<Vec<_>>(),
        [
            (UserId::new(1), ExemptionEffect::Exclude),
            (UserId::new(5), ExemptionEffect::Include)
        ]
    );
}

#[test]
fn effects_are_spelled_as_the_api_has_them() {
    for (effect, spelling) in [
        (ExemptionEffect::Include, "include"),
        (ExemptionEffect::Exclude, "exclude"),
    ] {
        assert_eq!(effect.as_str(), spelling);
        assert_eq!(ExemptionEffect::parse(spelling), Some(effect));
    }
    assert_eq!(ExemptionEffect::parse("Include"), None);
}
