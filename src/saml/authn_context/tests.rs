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
    assert_eq!(
        check_can_be_met(Some(&requested)).is_ok(),
        expected.is_some()
    );
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
