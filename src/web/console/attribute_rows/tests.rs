//! Rows of attributes between the store, the form and the draft.

use askama::Template;

use super::AttributeRows;
use crate::domain::custom_attribute::{
    AttributeKind, AttributeName, CustomAttribute, CustomAttributeValue,
};
use crate::service::attribute_drafts::parse_list;
use crate::service::error::ServiceError;
use crate::web::console::faults::Faults;
use crate::web::console::submitted::Fields;
use crate::web::filters;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let pairs = pairs.iter();
    Fields::new(
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

fn attribute(name: &str, kind: AttributeKind, text: &str) -> CustomAttribute {
    CustomAttribute {
        name: AttributeName::parse(name).unwrap(),
        value: CustomAttributeValue::parse(kind, text).unwrap().value,
    }
}

#[test]
fn b3_what_is_stored_is_shown_and_saved_again_unchanged() {
    let stored = vec![
        attribute(
            "TeamName",
            AttributeKind::String,
            "<b> & \"quoted\"\nsecond line",
        ),
        attribute("Level", AttributeKind::Number, "-1.50"),
        attribute("Lead", AttributeKind::Boolean, "true"),
        attribute("info", AttributeKind::Json, r#"{"a":{"b":1.50}}"#),
    ];
    let rows = AttributeRows::of_stored(&stored);
    assert_eq!(rows.0[3].value, "{\n  \"a\": {\n    \"b\": 1.50\n  }\n}");
    let (parsed, warnings) = parse_list(rows.drafts(), "/attributes").unwrap();
    assert_eq!(parsed, stored);
    assert!(warnings.is_empty());
}

#[test]
fn b14_several_rows_are_sent_in_their_order_with_line_breaks_as_typed() {
    let form = fields(&[
        ("attribute-4-name", "B"),
        ("attribute-4-type", "string"),
        ("attribute-4-value", "one\r\ntwo"),
        ("attribute-1-name", "A"),
        ("attribute-1-type", "json"),
        ("attribute-1-value", "{"),
        ("attribute-1-stored", "yes"),
    ]);
    let rows = AttributeRows::of_fields(&form);
    let said = rows.said();
    assert_eq!(said[0], ("B".to_owned(), "one\ntwo".to_owned()));
    assert_eq!(said[1], ("A".to_owned(), "{".to_owned()));
    assert!(!rows.0[0].is_stored);
    assert!(rows.0[1].is_stored);
    let broken = parse_list(rows.drafts(), "/attributes").unwrap_err();
    assert_eq!(broken[0].pointer, "/attributes/1/value");
}

#[test]
fn b15_buttons_add_and_remove_rows_and_save_nothing() {
    let form = |button| {
        fields(&[
            ("do", button),
            ("attribute-4-name", "B"),
            ("attribute-1-name", "A"),
        ])
    };
    let numbers = |button| {
        let rows = AttributeRows::of_fields(&form(button));
        rows.0.iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers("attribute-add"), [4, 1, 5]);
    assert_eq!(numbers("attribute-remove:4"), [1]);
    assert_eq!(numbers("attribute-remove:9"), [4, 1]);
    assert!(AttributeRows::is_button(&form("attribute-type")));
    assert!(!AttributeRows::is_button(&form("save")));
    let first = AttributeRows::of_fields(&fields(&[("do", "attribute-add")]));
    assert_eq!((first.0[0].number, first.0[0].kind.as_str()), (0, "string"));
}

#[derive(Template)]
#[template(
    source = "{% import \"console/attributes.html\" as parts %}{% call parts::rows(rows, faults, advice) %}{% endcall %}{% call parts::facts(rows) %}{% endcall %}",
    ext = "html"
)]
struct Part<'a> {
    rows: &'a AttributeRows,
    faults: &'a Faults,
    advice: &'a str,
}

#[test]
fn b16_a_row_shows_its_type_name_and_value_and_what_is_wrong_with_them() {
    let rows = AttributeRows::of_fields(&fields(&[
        ("attribute-7-name", "<i>"),
        ("attribute-7-type", "number"),
        ("attribute-7-value", "1000000000"),
    ]));
    let broken = parse_list(rows.drafts(), "/attributes").unwrap_err();
    let faults = Faults::of(&ServiceError::Invalid(broken));
    let page = |advice| {
        let part = Part {
            rows: &rows,
            faults: &faults,
            advice,
        };
        part.render().unwrap()
    };
    let open = page("");
    assert!(open.contains(r#"<option value="number" selected>Number</option>"#));
    assert!(open.contains(r#"value="&#60;i&#62;""#), "{open}");
    assert!(open.contains("Use a String instead."));
    assert!(open.contains("add new custom attribute"));
    let closed = page("Set it on the user.");
    assert!(!closed.contains("add new custom attribute"));
    assert!(closed.contains("Set it on the user."));
}
