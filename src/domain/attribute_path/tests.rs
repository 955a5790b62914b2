//! Paths into JSON values, with the examples of the behaviour page.

use crate::domain::attribute_path::Unresolved::{self, NoPath, NothingLeft, Object};
use crate::domain::attribute_path::{AttributePath, PathError};
use crate::domain::custom_attribute::{AttributeKind, CustomAttributeValue};
use crate::domain::text::TextError;

/// The JSON value of the documentation, its line break inside a string mended (rule B23).
const OTHER_INFO: &str = r#"{
"userSettings" : {
"role" : "admin",
"permissions" : "rw",
"description" : "Very clever"
},
"Location": "Denver"
}"#;

fn path(text: &str) -> AttributePath {
    AttributePath::parse(text).unwrap()
}

fn resolve(path_text: &str, kind: AttributeKind, typed: &str) -> Result<Vec<String>, Unresolved> {
    let value = CustomAttributeValue::parse(kind, typed).unwrap().value;
    path(path_text).resolve(&value)
}

fn check(path_text: &str, json: &str, expected: Result<&[&str], Unresolved>) {
    let found = resolve(path_text, AttributeKind::Json, json);
    let expected = expected.map(|values| values.iter().map(ToString::to_string).collect());
    assert_eq!(found, expected, "{path_text} in {json}");
}

#[test]
fn b23_the_role_of_the_documentation() {
    check("otherInfo.userSettings.role", OTHER_INFO, Ok(&["admin"]));
    check(
        "otherInfo.userSettings.permissions",
        OTHER_INFO,
        Ok(&["rw"]),
    );
}

#[test]
fn b29_dot_notation_is_exact_in_case() {
    check("otherInfo.Location", OTHER_INFO, Ok(&["Denver"]));
    check("otherInfo.location", OTHER_INFO, Err(NoPath));
    check("otherInfo.usersettings.role", OTHER_INFO, Err(NoPath));
}

#[test]
fn b22_an_object_is_ignored() {
    check("otherInfo.userSettings", OTHER_INFO, Err(Object));
    check("otherInfo", OTHER_INFO, Err(Object));
    check("otherInfo", "{}", Err(Object));
    check("otherInfo.a", r#"{"a": {}}"#, Err(Object));
}

#[test]
fn b19_strings_numbers_and_booleans_are_one_value() {
    let json =
        r#"{"s": "a b", "n": 1.50, "big": 12345678901234567890, "e": 1e3, "t": true, "f": false}"#;
    for (field, value) in [
        ("s", "a b"),
        ("n", "1.50"),
        ("big", "12345678901234567890"),
        ("e", "1e3"),
        ("t", "true"),
        ("f", "false"),
    ] {
        check(&format!("a.{field}"), json, Ok(&[value]));
    }
}

#[test]
fn b20_of_a_list_the_plain_elements_are_left_in_order() {
    check(
        "a.l",
        r#"{"l": ["x", {"y": 1}, 2, [3, "z"], null, true, "", "x"]}"#,
        Ok(&["x", "2", "true", "", "x"]),
    );
    check("a.l", r#"{"l": []}"#, Err(NothingLeft));
    check("a.l", r#"{"l": [null, {}, [1]]}"#, Err(NothingLeft));
}

#[test]
fn b20_there_is_no_syntax_for_positions() {
    for text in ["a.l.0", "a.l[0]", "a.l.-1"] {
        check(text, r#"{"l": ["x"]}"#, Err(NoPath));
    }
    check("a.l.0", r#"{"l": {"0": "x"}}"#, Ok(&["x"]));
    check("a.l[0]", r#"{"l[0]": "x"}"#, Ok(&["x"]));
}

#[test]
fn b11_null_yields_nothing() {
    check("a.n", r#"{"n": null}"#, Err(NothingLeft));
    check("a.n.x", r#"{"n": null}"#, Err(NoPath));
}

#[test]
fn b24_a_missing_path_yields_nothing_and_an_empty_string_is_a_value() {
    check("a.b", "{}", Err(NoPath));
    check("a.b.c", r#"{"b": "x"}"#, Err(NoPath));
    check("a.b.c", r#"{"b": [{"c": 1}]}"#, Err(NoPath));
    check("a.b", r#"{"b": ""}"#, Ok(&[""]));
    assert_eq!(
        resolve("a", AttributeKind::String, ""),
        Ok(vec![String::new()])
    );
}

#[test]
fn b18_an_attribute_that_is_not_json_has_no_fields() {
    for (kind, typed) in [
        (AttributeKind::String, r#"{"b": 1}"#),
        (AttributeKind::Number, "-1.50"),
        (AttributeKind::Boolean, "false"),
    ] {
        assert_eq!(resolve("a", kind, typed), Ok(vec![typed.to_owned()]));
        assert_eq!(resolve("a.b", kind, typed), Err(NoPath));
    }
}

#[test]
fn b18_paths_are_names_between_dots() {
    let parsed = path("otherInfo.userSettings.role");
    assert_eq!(parsed.as_str(), "otherInfo.userSettings.role");
    assert_eq!(parsed.name(), "otherInfo");
    assert_eq!(
        parsed.fields().collect::<Vec<_>>(),
        ["userSettings", "role"]
    );
    assert_eq!(path("TeamName").fields().count(), 0);
    for (text, error) in [
        ("", PathError::Empty),
        (".", PathError::EmptySegment),
        ("a.", PathError::EmptySegment),
        (".a", PathError::EmptySegment),
        ("a..b", PathError::EmptySegment),
        (
            "a\0",
            PathError::Text(TextError::Forbidden {
                code: 0,
                position: 2,
            }),
        ),
    ] {
        assert_eq!(AttributePath::parse(text), Err(error), "{text:?}");
    }
    assert!(AttributePath::parse(&"a".repeat(1025)).is_err());
}

#[test]
fn names_are_composed_and_fields_are_taken_as_typed() {
    assert_eq!(path("e\u{301}.e\u{301}").as_str(), "é.e\u{301}");
    check("e\u{301}.e\u{301}", "{\"e\u{301}\": 1}", Ok(&["1"]));
}

#[test]
fn b18_fields_deep_inside_are_found() {
    let json = format!("{}\"x\"{}", "{\"f\":".repeat(32), "}".repeat(32));
    check(&format!("a{}", ".f".repeat(32)), &json, Ok(&["x"]));
    check(&format!("a{}", ".f".repeat(33)), &json, Err(NoPath));
}
