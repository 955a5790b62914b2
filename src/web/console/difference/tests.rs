//! Every field that differs is shown, with both values, and no other.

use super::{Change, between};

fn change(label: &str, which: &str, before: Option<&str>, after: Option<&str>) -> Change {
    Change {
        label: label.to_owned(),
        which: which.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    }
}

#[test]
fn c7_fields_that_differ_are_shown_in_the_order_of_the_page() {
    let before = r#"{"username":"jason","location":"Denver","userState":"ACTIVATED","email":"a@b.c",
        "attributes":[{"name":"n","type":"number","value":1.10},{"name":"s","type":"string","value":"x"}]}"#;
    let after = r#"{"username":"jason","location":"Chicago","userState":"SUSPENDED","email":"a@b.c",
        "attributes":[{"name":"n","type":"number","value":1.1},{"name":"j","type":"json","value":{"a":1}}]}"#;
    assert_eq!(
        between(Some(before), Some(after)),
        [
            change("Location", "", Some("Denver"), Some("Chicago")),
            change("User State", "", Some("Active"), Some("Suspended")),
            change(
                "Attribute",
                "n",
                Some("1.10 (number)"),
                Some("1.1 (number)")
            ),
            change("Attribute", "s", Some("x (string)"), None),
            change("Attribute", "j", None, Some(r#"{"a":1} (json)"#)),
        ]
    );
}

#[test]
fn c7_rules_mappings_and_lists_are_readable() {
    let before = r#"{"name":"G","membershipMethod":"STATIC","include":["a"],
        "memberQuery":{"filters":[{"field":"location","operator":"equals","values":["Denver"]}]}}"#;
    let after = r#"{"name":"G","membershipMethod":"DYNAMIC_AUTOMATED","include":["a","b"],
        "memberQuery":{"filters":[{"field":"location","operator":"equals","values":["Denver","Miami"]}]}}"#;
    assert_eq!(
        between(Some(before), Some(after)),
        [
            change("Membership Method", "", Some("Static"), Some("Dynamic")),
            change(
                "Rule",
                "",
                Some("Location equals “Denver”"),
                Some("Location equals “Denver” or “Miami”")
            ),
            change("Users to include", "", Some("a"), Some("a, b")),
        ]
    );
    let before =
        r#"{"attributeMappings":[{"spAttributeName":"x","source":"CONSTANT","detail":"1"}]}"#;
    let after =
        r#"{"attributeMappings":[{"spAttributeName":"x","source":"CONSTANT","detail":"2"}]}"#;
    assert_eq!(
        between(Some(before), Some(after)),
        [change(
            "Attribute mapping",
            "x",
            Some("CONSTANT, 1"),
            Some("CONSTANT, 2")
        )]
    );
}

#[test]
fn c7_what_appears_or_goes_has_one_value() {
    let text = r#"{"user":"id","username":"jason"}"#;
    assert_eq!(
        between(None, Some(text)),
        [change("Username", "", None, Some("jason"))]
    );
    assert_eq!(
        between(Some(text), None),
        [change("Username", "", Some("jason"), None)]
    );
    let attribute = r#"{"name":"team","type":"string","value":"a"}"#;
    assert_eq!(
        between(Some(attribute), None),
        [change("Attribute", "team", Some("a (string)"), None)]
    );
    assert_eq!(between(None, Some("no JSON")), []);
    assert_eq!(between(None, None), []);
}

#[test]
fn long_values_are_cut() {
    let text = format!(r#"{{"description":"{}"}}"#, "ä".repeat(500));
    let changes = between(None, Some(&text));
    let after = changes[0].after.as_deref().unwrap();
    assert_eq!(after.chars().count(), 401);
}
