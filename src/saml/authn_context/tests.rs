//! The four comparisons of SAML Core 3.3.2.2.1 against a password.

use super::*;

const UNKNOWN: &str = "urn:example:own";
const PPT: &str = AC_PASSWORD_PROTECTED_TRANSPORT;

fn check(comparison: Comparison, class_refs: &[&str], expected: Option<&str>) {
    let requested = RequestedAuthnContext {
        comparison,
        class_refs: class_refs.iter().map(|&one| one.to_owned()).collect(),
    };
    let stated = class_to_state(Some(&requested), AuthenticationMethod::Password);
    assert_eq!(stated.ok(), expected, "{comparison:?} {class_refs:?}");
    // What a password meets is not refused at the door.
    if expected.is_some() {
        assert_eq!(check_can_be_met(Some(&requested)), Ok(()));
    }
}

#[test]
fn without_a_wish_the_truest_class_is_stated() {
    let stated = class_to_state(None, AuthenticationMethod::Password);
    assert_eq!(stated, Ok(PPT));
    assert!(check_can_be_met(None).is_ok());
}

#[test]
fn exact_takes_the_first_class_that_is_true() {
    use Comparison::Exact;
    check(Exact, &[PPT], Some(PPT));
    check(Exact, &[AC_PASSWORD], Some(AC_PASSWORD));
    check(Exact, &[AC_UNSPECIFIED], Some(AC_UNSPECIFIED));
    check(Exact, &[AC_X509, AC_PASSWORD, PPT], Some(AC_PASSWORD));
    check(Exact, &[AC_X509], None);
    check(Exact, &[AC_REFEDS_MFA, UNKNOWN], None);
    check(Exact, &[], None);
}

#[test]
fn minimum_is_met_by_what_is_as_strong_as_one() {
    use Comparison::Minimum;
    check(Minimum, &[AC_PASSWORD], Some(PPT));
    check(Minimum, &[PPT], Some(PPT));
    check(Minimum, &[AC_X509, PPT], Some(PPT));
    check(Minimum, &[AC_X509], None);
    check(Minimum, &[UNKNOWN], None);
    check(Minimum, &[], None);
}

#[test]
fn maximum_states_the_strongest_class_within_it() {
    use Comparison::Maximum;
    check(Maximum, &[AC_X509], Some(PPT));
    check(Maximum, &[PPT], Some(PPT));
    check(Maximum, &[AC_PASSWORD], Some(AC_PASSWORD));
    check(Maximum, &[AC_UNSPECIFIED], Some(AC_UNSPECIFIED));
    check(Maximum, &[AC_UNSPECIFIED, AC_X509], Some(PPT));
    check(Maximum, &[UNKNOWN], None);
}

#[test]
fn better_is_stronger_than_every_one() {
    use Comparison::Better;
    check(Better, &[AC_PASSWORD], Some(PPT));
    check(Better, &[AC_UNSPECIFIED, AC_PASSWORD], Some(PPT));
    check(Better, &[AC_PASSWORD, AC_X509], None);
    check(Better, &[PPT], None);
    check(Better, &[AC_PASSWORD, UNKNOWN], None);
    check(Better, &[], None);
}

/// What is stated of a sign-in of each kind, if it is asked for in this way.
fn check_of(
    method: AuthenticationMethod,
    (comparison, class_refs): (Comparison, &[&str]),
    expected: Option<&str>,
) {
    let requested = RequestedAuthnContext {
        class_refs: class_refs.iter().map(|class| (*class).to_owned()).collect(),
        comparison,
    };
    let stated = class_to_state(Some(&requested), method).ok();
    assert_eq!(stated, expected, "{method:?} {comparison:?} {class_refs:?}");
}

#[test]
fn two_factors_are_stated_of_those_sign_ins_alone_that_had_them() {
    for method in AuthenticationMethod::ALL {
        let says_so = truest_class(method) == AC_REFEDS_MFA;
        assert_eq!(says_so, method.is_multi_factor(), "{method:?}");
    }
    let remembered = AuthenticationMethod::PasswordRememberedDevice;
    assert_eq!(truest_class(remembered), AC_PASSWORD_PROTECTED_TRANSPORT);
}

#[test]
fn what_no_sign_in_meets_is_refused_at_the_door_and_nothing_else() {
    use Comparison::{Better, Exact, Minimum};
    let can_be_met = |comparison, class: &str| {
        let class_refs = vec![class.to_owned()];
        let requested = RequestedAuthnContext {
            comparison,
            class_refs,
        };
        check_can_be_met(Some(&requested)).is_ok()
    };
    for class in [AC_REFEDS_MFA, AC_TIME_SYNC_TOKEN, PPT] {
        assert!(can_be_met(Exact, class), "{class}");
    }
    for class in [AC_X509, AC_SMARTCARD_PKI, UNKNOWN] {
        assert!(!can_be_met(Exact, class), "{class}");
    }
    assert!(can_be_met(Minimum, AC_X509) && can_be_met(Better, PPT));
    assert!(!can_be_met(Minimum, AC_SMARTCARD_PKI) && !can_be_met(Better, AC_REFEDS_MFA));
}

#[test]
fn all_four_comparisons_tell_one_factor_from_two() {
    use AuthenticationMethod::{Passkey, Password, PasswordPasskey, PasswordTotp};
    use Comparison::{Better, Exact, Maximum, Minimum};
    let mfa = &[AC_REFEDS_MFA];
    let by_password = &[AC_PASSWORD_PROTECTED_TRANSPORT];
    check_of(Password, (Exact, mfa), None);
    check_of(Password, (Minimum, mfa), None);
    check_of(Password, (Better, by_password), None);
    for method in [PasswordTotp, PasswordPasskey, Passkey] {
        check_of(method, (Exact, mfa), Some(AC_REFEDS_MFA));
        check_of(method, (Minimum, by_password), Some(AC_REFEDS_MFA));
        check_of(method, (Better, by_password), Some(AC_REFEDS_MFA));
        check_of(method, (Better, mfa), None);
    }
    // A password was typed, too, and a request for no more than that is met; not by a passkey alone.
    for comparison in [Exact, Maximum] {
        let stated = Some(AC_PASSWORD_PROTECTED_TRANSPORT);
        check_of(PasswordTotp, (comparison, by_password), stated);
    }
    check_of(Passkey, (Exact, by_password), None);
    check_of(
        PasswordTotp,
        (Exact, &[AC_TIME_SYNC_TOKEN]),
        Some(AC_TIME_SYNC_TOKEN),
    );
    check_of(PasswordPasskey, (Exact, &[AC_TIME_SYNC_TOKEN]), None);
}
