//! Which NameID is issued (interface: `nameId`).

use super::*;

const SP: &str = "https://sp.example";
const EMAIL: NameIdPlan = NameIdPlan::Field {
    format: NameIdFormat::EmailAddress,
    field: UserField::Email,
};

fn check(
    configured: NameIdFormat,
    requested: Option<&str>,
    expected: Result<NameIdPlan, InvalidNameIdPolicy>,
) {
    let configured = NameIdChoice {
        source: UserField::Username,
        format: configured,
    };
    let policy = NameIdPolicy {
        format: requested.map(str::to_owned),
        ..NameIdPolicy::default()
    };
    assert_eq!(
        plan(Some(&policy), configured, SP),
        expected,
        "{configured:?} {requested:?}"
    );
    if requested.is_none() {
        assert_eq!(plan(None, configured, SP), expected);
    }
}

const fn username(format: NameIdFormat) -> NameIdPlan {
    NameIdPlan::Field {
        format,
        field: UserField::Username,
    }
}

#[test]
fn none_and_unspecified_mean_as_configured() {
    use NameIdFormat as F;
    for requested in [None, Some(F::Unspecified.uri())] {
        check(F::EmailAddress, requested, Ok(username(F::EmailAddress)));
        check(F::Unspecified, requested, Ok(username(F::Unspecified)));
        check(F::Persistent, requested, Ok(NameIdPlan::Persistent));
        check(F::Transient, requested, Ok(NameIdPlan::Transient));
    }
}

#[test]
fn one_of_the_four_formats_is_honoured_and_any_other_refused() {
    use NameIdFormat as F;
    for configured in F::ALL {
        // An address that is asked for is the address, whatever the source is.
        check(configured, Some(F::EmailAddress.uri()), Ok(EMAIL));
        check(
            configured,
            Some(F::Persistent.uri()),
            Ok(NameIdPlan::Persistent),
        );
        check(
            configured,
            Some(F::Transient.uri()),
            Ok(NameIdPlan::Transient),
        );
        for other in [
            "urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress",
            "",
        ] {
            check(configured, Some(other), Err(InvalidNameIdPolicy));
        }
    }
}

#[test]
fn identifiers_are_made_for_the_requester_alone() {
    let configured = NameIdChoice {
        source: UserField::Email,
        format: NameIdFormat::Persistent,
    };
    for (qualifier, expected) in [
        (SP, Ok(NameIdPlan::Persistent)),
        ("https://other.example", Err(InvalidNameIdPolicy)),
        ("", Err(InvalidNameIdPolicy)),
    ] {
        let policy = NameIdPolicy {
            sp_name_qualifier: Some(qualifier.to_owned()),
            ..NameIdPolicy::default()
        };
        assert_eq!(plan(Some(&policy), configured, SP), expected, "{qualifier}");
    }
}

#[test]
fn a_name_id_identifies_somebody() {
    assert_eq!(
        NameId::from_field(NameIdFormat::EmailAddress, ""),
        Err(NameIdError::Empty)
    );
    assert_eq!(NameId::transient("  "), Err(NameIdError::Empty));
    assert_eq!(
        NameId::transient(&"x".repeat(257)),
        Err(NameIdError::TooLong)
    );
    let persistent = NameId::persistent("p1", "https://idp.example", SP).unwrap();
    assert_eq!(persistent.name_qualifier(), Some("https://idp.example"));
    assert_eq!(persistent.sp_name_qualifier(), Some(SP));
    assert_eq!(persistent.format(), NameIdFormat::Persistent);
    assert_eq!(NameId::transient("t1").unwrap().name_qualifier(), None);
}

#[test]
fn the_subject_that_is_asked_for_has_to_be_this_one() {
    let ann = NameId::from_field(NameIdFormat::EmailAddress, "ann@example.com").unwrap();
    let asked = |value: &str, format: Option<&str>| RequestedSubject::NameId {
        value: value.to_owned(),
        format: format.map(str::to_owned),
    };
    for (subject, expected) in [
        (asked("ann@example.com", None), true),
        (
            asked("ann@example.com", Some(NameIdFormat::EmailAddress.uri())),
            true,
        ),
        (
            asked("ann@example.com", Some(NameIdFormat::Unspecified.uri())),
            true,
        ),
        (
            asked("ann@example.com", Some(NameIdFormat::Persistent.uri())),
            false,
        ),
        (asked("ann@example.com", Some("urn:other")), false),
        (asked("Ann@example.com", None), false),
        (RequestedSubject::Unsupported, false),
    ] {
        assert_eq!(ann.satisfies(&subject), expected, "{subject:?}");
    }
}
