//! Names, typed values and their limits at the boundary and one beyond.

use crate::domain::custom_attribute::{
    AcceptedValue, AttributeKind, AttributeName, CustomAttributeValue, DIGIT_LIMIT, JsonObjectText,
    NameError, NumberError, NumberText, STRING_LIMIT, ValueError,
};
use crate::domain::json::JsonError;
use crate::domain::text::TextError;

#[test]
fn b5_names_are_exact_and_hold_no_dot() {
    for name in ["TeamName", "team name", "Größe", "a-b_c:d/e[0]", "🦀", "x"] {
        assert_eq!(AttributeName::parse(name).unwrap().as_str(), name);
    }
    for (name, error) in [
        ("", NameError::Empty),
        ("  ", NameError::Empty),
        ("other.Info", NameError::Dot),
        (".", NameError::Dot),
        ("a\tb", NameError::ControlCharacter),
        ("a\u{85}b", NameError::ControlCharacter),
        (" a", NameError::OuterBlank),
        ("a\n", NameError::OuterBlank),
        (
            "a\u{FFFE}",
            NameError::Text(TextError::Forbidden {
                code: 0xFFFE,
                position: 2,
            }),
        ),
        (
            &"n".repeat(129),
            NameError::Text(TextError::TooLong {
                limit: 128,
                actual: 129,
            }),
        ),
    ] {
        assert_eq!(AttributeName::parse(name), Err(error), "{name:?}");
    }
    assert_ne!(
        AttributeName::parse("teamName"),
        AttributeName::parse("TeamName")
    );
    // One spelling, whatever the keyboard composes.
    assert_eq!(
        AttributeName::parse("Gro\u{308}ße"),
        AttributeName::parse("Größe")
    );
}

#[test]
fn b6_a_number_has_at_most_nine_digits() {
    for number in [
        "0",
        "-0",
        "999999999",
        "-999999999",
        "12345678.9",
        "-0.12345678",
        "1.50",
    ] {
        assert_eq!(NumberText::parse(number).unwrap().as_str(), number);
    }
    for number in ["1000000000", "-1000000000", "1.123456789", "0.0000000001"] {
        let error = NumberText::parse(number).unwrap_err();
        assert!(
            matches!(error, NumberError::TooManyDigits { digits } if digits > DIGIT_LIMIT),
            "{number}"
        );
    }
    assert_eq!(
        NumberText::parse("1000000000").unwrap_err().to_string(),
        "The Number has 10 digits, and a Number has at most nine. Use a String instead."
    );
}

#[test]
fn b6_a_number_follows_the_grammar_of_json_without_exponent() {
    for text in [
        "", "-", ".", "1.", ".5", "-.5", "+1", "01", "-01", "1e5", "1E5", "1.2.3", "--1", "0x1",
        " 1", "1 ", "1,5", "NaN", "Infinity", "١", "\"1\"", "1-",
    ] {
        assert_eq!(
            NumberText::parse(text),
            Err(NumberError::NotANumber),
            "{text:?}"
        );
    }
}

fn value(kind: AttributeKind, typed: &str) -> CustomAttributeValue {
    CustomAttributeValue::parse(kind, typed).unwrap().value
}

#[test]
fn b3_what_was_typed_is_what_is_shown() {
    for (kind, typed, json) in [
        (AttributeKind::String, "", r#""""#),
        (
            AttributeKind::String,
            "a \"b\" <&>\r\n\t🦀",
            "\"a \\\"b\\\" <&>\\r\\n\\t🦀\"",
        ),
        (AttributeKind::String, "e\u{301}", "\"e\u{301}\""),
        (AttributeKind::String, "true", r#""true""#),
        (AttributeKind::Number, "-1.50", "-1.50"),
        (AttributeKind::Boolean, "true", "true"),
        (AttributeKind::Boolean, "false", "false"),
        (AttributeKind::Json, r#"{"n":1.0}"#, r#"{"n":1.0}"#),
    ] {
        let value = value(kind, typed);
        assert_eq!(value.kind(), kind);
        assert_eq!(value.as_text(), typed);
        assert_eq!(value.to_json_text(), json);
        assert_eq!(
            CustomAttributeValue::parse_json(kind, json).map(|accepted| accepted.value),
            Ok(value.clone())
        );
        assert_eq!(
            CustomAttributeValue::from_stored(kind.as_str(), typed),
            Ok(value)
        );
    }
}

#[test]
fn b3_a_value_has_to_be_of_its_type() {
    for (kind, raw) in [
        (AttributeKind::String, "1"),
        (AttributeKind::String, "null"),
        (AttributeKind::String, "\"\\ud800\""),
        (AttributeKind::Number, "\"1\""),
        (AttributeKind::Number, "null"),
        (AttributeKind::Boolean, "\"true\""),
        (AttributeKind::Boolean, "1"),
        (AttributeKind::Boolean, "True"),
        (AttributeKind::Json, "[]"),
        (AttributeKind::Json, "\"{}\""),
        (AttributeKind::Json, "null"),
    ] {
        assert!(
            CustomAttributeValue::parse_json(kind, raw).is_err(),
            "{kind:?} {raw}"
        );
    }
}

#[test]
fn b7_a_string_holds_what_xml_can_carry_up_to_128_kib() {
    let string = |typed: &str| CustomAttributeValue::parse(AttributeKind::String, typed);
    assert!(string("tab\tline\nreturn\r<&\"'>😀\u{10FFFF}").is_ok());
    for refused in ["\0", "a\u{8}", "\u{1b}[0m", "\u{FFFF}"] {
        assert!(matches!(
            string(refused),
            Err(ValueError::Text(TextError::Forbidden { .. }))
        ));
    }
    assert!(string(&"x".repeat(STRING_LIMIT)).is_ok());
    assert_eq!(
        string(&"ü".repeat(STRING_LIMIT / 2 + 1)),
        Err(ValueError::StringTooLong {
            bytes: STRING_LIMIT + 2
        })
    );
}

#[test]
fn b7_is_held_inside_json_strings_too() {
    assert!(matches!(
        JsonObjectText::parse(r#"{"a": {"b": ["\u0007"]}}"#),
        Err(JsonError::Forbidden { code: 7, .. })
    ));
}

#[test]
fn b13_the_answer_names_what_was_dropped() {
    let typed = r#"{"role": "user", "x": {"y": 1, "y": 2}, "role": "admin"}"#;
    let AcceptedValue { value, dropped } =
        CustomAttributeValue::parse(AttributeKind::Json, typed).unwrap();
    assert_eq!(value.as_text(), r#"{"x":{"y":2},"role":"admin"}"#);
    assert_eq!(dropped, ["/role", "/x/y"]);
}

#[test]
fn stored_values_that_no_version_wrote_are_corrupt() {
    for (kind, stored) in [
        ("number", "1e5"),
        ("boolean", "yes"),
        ("json", "{"),
        ("json", "[]"),
        ("json", ""),
        ("text", "a"),
        ("String", "a"),
        ("string", "\0"),
    ] {
        let error = CustomAttributeValue::from_stored(kind, stored).unwrap_err();
        assert_eq!(error.kind, kind);
    }
}

#[test]
fn kinds_are_spelled_as_the_api_has_them() {
    let spelled: Vec<_> = AttributeKind::ALL
        .into_iter()
        .map(|kind| (kind.as_str(), kind.label()))
        .collect();
    assert_eq!(
        spelled,
        [
            ("string", "String"),
            ("number", "Number"),
            ("boolean", "Boolean"),
            ("json", "JSON Editor")
        ]
    );
    for kind in AttributeKind::ALL {
        assert_eq!(AttributeKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(AttributeKind::parse("JSON"), None);
}
