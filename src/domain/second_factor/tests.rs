//! Every combination of the facts, by the rule that it shows.

use crate::domain::second_factor::{AdminMfa, FactorFacts, SecondStep};
use crate::domain::session::AuthenticationMethod;

/// Facts as letters: `e`nrolled, `p`olicy asks, `s`ign-on asks, `r`emembered.
fn check(facts: &str, expected: SecondStep) {
    let has = |letter| facts.contains(letter);
    let facts = FactorFacts {
        is_enrolled: has('e'),
        policy_asks: has('p'),
        sign_on_asks: has('s'),
        is_remembered: has('r'),
    };
    assert_eq!(facts.second_step(), expected, "{facts:?}");
}

#[test]
fn who_has_no_factor_sets_one_up_where_it_is_asked_for_and_only_there() {
    check("", SecondStep::None);
    check("r", SecondStep::None);
    for asked in ["p", "s", "ps", "pr", "sr", "psr"] {
        check(asked, SecondStep::Enrol);
    }
}

#[test]
fn who_has_a_factor_is_asked_for_it_whether_it_is_required_or_not() {
    for asked in ["e", "ep", "es", "eps"] {
        check(asked, SecondStep::Ask);
    }
}

#[test]
fn a_remembered_browser_counts_for_the_house_and_not_for_an_application() {
    check("er", SecondStep::Remembered);
    check("epr", SecondStep::Remembered);
    check("esr", SecondStep::Ask);
    check("epsr", SecondStep::Ask);
}

#[test]
fn the_console_opens_to_what_is_asked_of_administrators() {
    use AuthenticationMethod::{Passkey, Password, PasswordPasskey};
    for method in AuthenticationMethod::ALL {
        assert!(AdminMfa::Optional.admits(method));
        assert_eq!(AdminMfa::Required.admits(method), method != Password);
        let by_passkey = [Passkey, PasswordPasskey].contains(&method);
        assert_eq!(AdminMfa::Passkey.admits(method), by_passkey);
    }
}
