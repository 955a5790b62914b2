//! Which value calls a user (interface: `nameId.source`).

use super::*;
use crate::domain::custom_attribute::AttributeKind;
use crate::domain::samples;
use crate::domain::user::RuleAttribute;

fn source(path: &str) -> NameIdSource {
    NameIdSource::OwnAttribute(AttributePath::parse(path).unwrap())
}

#[test]
fn an_own_attribute_calls_its_user_by_one_plain_value() {
    let user = samples::user("jason");
    let own = [
        samples::attribute("immutableId", AttributeKind::String, "abc=="),
        samples::attribute(
            "other",
            AttributeKind::Json,
            r#"{"id": 7, "many": ["a", "b"], "object": {}, "blank": " "}"#,
        ),
    ];
    let check = |path: &str, expected: Result<&str, NoIdentifier>| {
        assert_eq!(
            source(path).value(&user, &own),
            expected.map(str::to_owned),
            "{path}"
        );
    };
    check("immutableId", Ok("abc=="));
    check("other.id", Ok("7"));
    check("other.many", Err(NoIdentifier::SeveralValues));
    check("other.object", Err(NoIdentifier::NoValue));
    check("other.blank", Err(NoIdentifier::NoValue));
    check("other.missing", Err(NoIdentifier::NoValue));
    check("ImmutableId", Err(NoIdentifier::NoAttribute));
}

#[test]
fn an_empty_field_calls_nobody() {
    let user = samples::user("jason");
    let email = NameIdSource::Field(UserField::Email).value(&user, &[]);
    assert_eq!(email, Ok(user.email.clone()));
    let company = NameIdSource::Field(UserField::Rule(RuleAttribute::Company));
    let found = company.value(&user, &[]);
    assert_eq!(found, Err(NoIdentifier::EmptyField));
}
