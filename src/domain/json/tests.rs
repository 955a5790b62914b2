//! Typed JSON against its compact text, dropped fields, and error positions.

use crate::domain::json::{
    DEPTH_LIMIT, JsonError, Position, SIZE_LIMIT, Shape, compact_object, field_of, indented,
    shape_of,
};

fn check(typed: &str, text: &str, dropped: &[&str]) {
    let object = compact_object(typed).unwrap();
    assert_eq!(object.text, text);
    assert_eq!(object.dropped, dropped);
    let again = compact_object(&object.text).unwrap();
    assert_eq!((again.text.as_str(), again.dropped.len()), (text, 0));
}

fn error(typed: &str) -> JsonError {
    compact_object(typed).unwrap_err()
}

fn at(line: usize, column: usize) -> Position {
    Position { line, column }
}

#[test]
fn b11_nested_objects_lists_booleans_numbers_strings_and_null() {
    check(
        " {\n \"a\" : { \"b\" : [ 1 , \"x\", true, null, {} , [ ] ] } , \"c\":\"\" }\n",
        r#"{"a":{"b":[1,"x",true,null,{},[]]},"c":""}"#,
        &[],
    );
    check("{}", "{}", &[]);
}

#[test]
fn b11_the_root_is_an_object() {
    for typed in ["[]", "\"a\"", "1", "true", "null", " [1]"] {
        assert_eq!(error(typed), JsonError::NotAnObject, "{typed}");
    }
}

#[test]
fn b6_numbers_inside_json_keep_their_text() {
    for number in [
        "12345678901234567890123",
        "1.10",
        "-0",
        "1E400",
        "1e+2",
        "0.1000000000000000055511151231257827",
    ] {
        check(
            &format!("{{\"n\": {number}}}"),
            &format!("{{\"n\":{number}}}"),
            &[],
        );
    }
}

#[test]
fn fields_keep_the_order_in_which_they_were_typed() {
    check(r#"{"b": 1, "a": 2, "c": 3}"#, r#"{"b":1,"a":2,"c":3}"#, &[]);
}

#[test]
fn b13_of_two_fields_with_one_name_the_last_stays() {
    check(r#"{"a": 1, "a": 2}"#, r#"{"a":2}"#, &["/a"]);
    check(
        r#"{"a": 1, "b": 0, "a": 2, "c": 0, "a": 3}"#,
        r#"{"b":0,"c":0,"a":3}"#,
        &["/a"],
    );
    // Names are compared after their escapes are read, and exact in case.
    check(
        r#"{"a": 1, "\u0061": 2, "A": 3}"#,
        r#"{"a":2,"A":3}"#,
        &["/a"],
    );
}

#[test]
fn b13_holds_at_every_depth_and_names_the_place() {
    check(
        r#"{"x": [{}, {"a/b": 1, "a/b": 2}], "y": {"~": {"q": 1, "q": 2}, "~": {"r": 1, "r": 3}}}"#,
        r#"{"x":[{},{"a/b":2}],"y":{"~":{"r":3}}}"#,
        &["/x/1/a~1b", "/y/~0", "/y/~0/r"],
    );
}

#[test]
fn b12_depth_is_at_most_32() {
    let nested = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    assert!(compact_object(&nested(DEPTH_LIMIT)).is_ok());
    assert_eq!(
        error(&nested(DEPTH_LIMIT + 1)),
        JsonError::TooDeep {
            at: at(1, 5 * DEPTH_LIMIT + 1)
        }
    );
    // A bracket inside a string does not count.
    let quoted = format!("{{\"a\": \"\\\"{}\"}}", "[".repeat(100));
    assert!(compact_object(&quoted).is_ok());
    // Deeper than any stack would bear.
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
    assert!(matches!(error(&deep), JsonError::TooDeep { .. }));
}

#[test]
fn b12_size_is_at_most_64_kib() {
    let sized = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
    assert!(compact_object(&sized(SIZE_LIMIT)).is_ok());
    assert_eq!(
        error(&sized(SIZE_LIMIT + 1)),
        JsonError::TooLarge {
            bytes: SIZE_LIMIT + 1
        }
    );
}

#[test]
fn many_duplicates_take_no_long_time() {
    let fields: Vec<String> = (0..4_000).map(|n| format!("\"{}\":0", n % 2_000)).collect();
    let object = compact_object(&format!("{{{}}}", fields.join(","))).unwrap();
    assert_eq!(object.dropped.len(), 2_000);
}

#[test]
fn b23_syntax_errors_say_line_and_column() {
    for (typed, place) in [
        ("", at(1, 1)),
        ("{", at(1, 1)),
        ("{\"a\" 1}", at(1, 6)),
        ("{\n  \"a\": 1,\n}", at(3, 1)),
        ("{\n  \"ä\": tru }", at(2, 11)),
        ("{\"a\": 01}", at(1, 8)),
        ("{\"a\": 1} x", at(1, 10)),
        ("{'a': 1}", at(1, 2)),
        ("{\"a\": NaN}", at(1, 7)),
    ] {
        let JsonError::Syntax { at, .. } = error(typed) else {
            panic!("{typed}");
        };
        assert_eq!(at, place, "{typed}");
    }
}

#[test]
fn b23_a_raw_line_break_inside_a_string_is_not_json() {
    let typed = "{\n\"userSettings\" : {\n\"role\" : \"admin\",\n\"permissions\" : \"rw\",\n\"description\" : \"Very   \nclever\"\n}\n}";
    let error = error(typed);
    assert_eq!(
        error.to_string(),
        "This is not valid JSON: control character (\\u0000-\\u001F) found while parsing a string at \
         line 5, column 24. Write a line break inside a string as \\n and a tab as \\t."
    );
}

#[test]
fn b7_characters_that_xml_cannot_carry_are_refused_inside_json() {
    for (typed, code, place) in [
        ("{\"a\": \"\\u0000\"}", 0, at(1, 7)),
        ("{\n\"a\": [1, \"x\\u001b\"]}", 0x1b, at(2, 10)),
        ("{\"a\": \"\u{FFFF}\"}", 0xFFFF, at(1, 7)),
        ("{\"a\\u0007\": 1}", 7, at(1, 13)),
    ] {
        assert_eq!(error(typed), JsonError::Forbidden { code, at: place });
    }
    check(
        "{\"a\": \"\\t\\n\\r\\u00e9\\/\\ud83d\\ude00<&>'\"}",
        "{\"a\":\"\\t\\n\\ré/😀<&>'\"}",
        &[],
    );
}

#[test]
fn half_a_surrogate_pair_is_a_syntax_error_with_its_place() {
    for typed in ["{\n \"a\": [\"\\ud800\"]}", "{\n \"\\udc00\": 1}"] {
        let JsonError::Syntax { at, .. } = error(typed) else {
            panic!("{typed}");
        };
        assert_eq!(at.line, 2, "{typed}");
        assert!(at.column > 3, "{typed} {at}");
    }
}

#[test]
fn b29_fields_are_found_by_exact_name() {
    let raw = r#"{"a":{"b":[1, 2]},"é":"x","":null}"#;
    for (name, found) in [
        ("a", Some(r#"{"b":[1, 2]}"#)),
        ("é", Some("\"x\"")),
        ("", Some("null")),
        ("A", None),
        ("b", None),
    ] {
        assert_eq!(field_of(raw, name), found, "{name}");
    }
    assert_eq!(field_of(r#"{"\u0061": 1}"#, "a"), Some("1"));
    for no_object in ["[1]", "\"a\"", "1", ""] {
        assert_eq!(field_of(no_object, "a"), None);
    }
}

#[test]
fn b19_values_are_told_apart_by_shape() {
    for (raw, shape) in [
        ("null", Shape::Null),
        ("{}", Shape::Object),
        ("true", Shape::Plain("true".to_owned())),
        ("-1.50", Shape::Plain("-1.50".to_owned())),
        (r#""a\"b""#, Shape::Plain("a\"b".to_owned())),
        ("[1,{},[2]]", Shape::List(vec!["1", "{}", "[2]"])),
    ] {
        assert_eq!(shape_of(raw), Some(shape), "{raw}");
    }
    assert_eq!(shape_of(""), None);
}

#[test]
fn b3_indented_text_is_the_same_text_again() {
    let compact = r#"{"a":{"b":[1.50,"x, {\\\"y\\\":[]}",true],"c":{},"d":[]},"e":null}"#;
    let shown = indented(compact);
    assert_eq!(
        shown,
        "{\n  \"a\": {\n    \"b\": [\n      1.50,\n      \"x, {\\\\\\\"y\\\\\\\":[]}\",\n      true\n    ],\n    \
         \"c\": {},\n    \"d\": []\n  },\n  \"e\": null\n}"
    );
    check(&shown, compact, &[]);
    assert_eq!(indented("{}"), "{}");
}
