//! Which NameID is issued (interface: `nameId`).

use super::*;
use crate::domain::attribute_path::AttributePath;

const SP: &str = "https://sp.example";
const EMAIL: NameIdPlan = NameIdPlan::Source {
    format: NameIdFormat::EmailAddress,
    source: NameIdSource::Field(UserField::Email),
};

fn check(
    configured: NameIdFormat,
    requested: Option<&str>,
    expected: &Result<NameIdPlan, InvalidNameIdPolicy>,
) {
    let configured = NameIdChoice {
        source: NameIdSource::Field(UserField::Username),
        format: configured,
    };
    let policy = NameIdPolicy {
        format: requested.map(str::to_owned),
        ..NameIdPolicy::default()
    };
    assert_eq!(
        &plan(Some(&policy), &configured, SP),
        expected,
        "{configured:?} {requested:?}"
    );
    if requested.is_none() {
        assert_eq!(&plan(None, &configured, SP), expected);
    }
}

const fn username(format: NameIdFormat) -> NameIdPlan {
    NameIdPlan::Source {
        format,
        source: NameIdSource::Field(UserField::Username),
    }
}

#[test]
fn none_and_unspecified_mean_as_configured() {
    use NameIdFormat as F;
    for requested in [None, Some(F::Unspecified.uri())] {
        check(F::EmailAddress, requested, &Ok(username(F::EmailAddress)));
        check(F::Unspecified, requested, &Ok(username(F::Unspecified)));
        check(F::Persistent, requested, &Ok(NameIdPlan::Persistent));
        check(F::Transient, requested, &Ok(NameIdPlan::Transient));
    }
}

#[test]
fn one_of_the_four_formats_is_honoured_and_any_other_refused() {
    use NameIdFormat as F;
    for configured in F::ALL {
        // An address that is asked for is the address, whatever the source is.
        check(configured, Some(F::EmailAddress.uri()), &Ok(EMAIL));
        check(
            configured,
            Some(F::Persistent.uri()),
            &Ok(NameIdPlan::Persistent),
        );
        check(
            configured,
            Some(F::Transient.uri()),
            &Ok(NameIdPlan::Transient),
        );
        for other in [
            "urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress",
            "",
        ] {
            check(configured, Some(other), &Err(InvalidNameIdPolicy));
        }
    }
}

#[test]
fn persistent_identifiers_that_an_attribute_keeps_are_taken_from_there() {
    use NameIdFormat as F;
    let source = NameIdSource::OwnAttribute(AttributePath::parse("immutableId").unwrap());
    let from_attribute = |format| NameIdPlan::Source {
        format,
        source: source.clone(),
    };
    let check = |format, requested: F, expected: NameIdPlan| {
        let configured = NameIdChoice {
            source: source.clone(),
            format,
        };
        let policy = NameIdPolicy {
            format: Some(requested.uri().to_owned()),
            ..NameIdPolicy::default()
        };
        let found = plan(Some(&policy), &configured, SP);
        assert_eq!(found, Ok(expected), "{format:?} {requested:?}");
    };
    check(F::Persistent, F::Persistent, from_attribute(F::Persistent));
    check(F::Persistent, F::Unspecified, from_attribute(F::Persistent));
    check(
        F::Unspecified,
        F::Unspecified,
        from_attribute(F::Unspecified),
    );
    // Not configured to be kept there.
    check(F::Unspecified, F::Persistent, NameIdPlan::Persistent);
    check(F::Transient, F::Unspecified, NameIdPlan::Transient);
    check(F::Persistent, F::EmailAddress, EMAIL);
}

#[test]
fn identifiers_are_made_for_the_requester_alone() {
    let configured = NameIdChoice {
        source: NameIdSource::Field(UserField::Email),
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
        assert_eq!(
            plan(Some(&policy), &configured, SP),
            expected,
            "{qualifier}"
        );
    }
}

#[test]
fn a_name_id_identifies_somebody() {
    assert_eq!(
        NameId::from_source(NameIdFormat::EmailAddress, ""),
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
    let ann = NameId::from_source(NameIdFormat::EmailAddress, "ann@example.com").unwrap();
    let asked = |value: &str, format: Option<&str>| RequestedSubject::NameId {
        value: value.to_owned(),
        format: format.map(str::to_owned),
        name_qualifier: None,
        sp_name_qualifier: None,
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
        let found = ann.satisfies(&subject, ("https://idp.example", "https://sp.example"));
        assert_eq!(found, expected, "{subject:?}");
    }
}

/// SAML Core 3.4.1.4 with 3.3.4: the attribute values of the identifier have to be the same; 8.3.7: those
/// that are left out are the two parties.
#[test]
fn the_qualifiers_of_the_subject_have_to_be_its_own() {
    let (idp, sp) = ("https://idp.example", "https://sp.example");
    let email = NameId::from_source(NameIdFormat::EmailAddress, "x").unwrap();
    let persistent = NameId::persistent("x", idp, sp).unwrap();
    for (qualifiers, expected) in [
        ((None, None), true),
        ((Some(idp), Some(sp)), true),
        ((Some(idp), None), true),
        ((Some("https://other.example"), None), false),
        ((None, Some("https://other.example")), false),
        ((Some(sp), Some(idp)), false),
        ((Some(""), None), false),
    ] {
        let subject = RequestedSubject::NameId {
            value: "x".to_owned(),
            format: None,
            name_qualifier: qualifiers.0.map(str::to_owned),
            sp_name_qualifier: qualifiers.1.map(str::to_owned),
        };
        for name_id in [&email, &persistent] {
            assert_eq!(
                name_id.satisfies(&subject, (idp, sp)),
                expected,
                "{subject:?}"
            );
        }
    }
}
