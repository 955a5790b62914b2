//! What a row sends, and that a stored one comes back as it was.

use super::{MappingRow, field_choices};
use crate::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge, NameFormat};
use crate::domain::attribute_path::AttributePath;
use crate::domain::user::UserField;
use crate::service::connector_draft::SourceDraft;
use crate::web::console::submitted::Fields;

fn stored(source: AttributeSource) -> AttributeMapping {
    AttributeMapping {
        sp_attribute_name: "Role".to_owned(),
        name_format: NameFormat::Uri,
        source,
        merge: Merge::Newest,
        transformations: Vec::new(),
    }
}

#[test]
fn b27_the_drop_down_offers_every_user_field() {
    let choices = field_choices();
    assert_eq!(choices.len(), UserField::all().count());
    assert!(choices.contains(&("field:costCenter".to_owned(), "Cost Center")));
}

#[test]
fn b28_the_path_is_sent_with_that_choice_only() {
    let path = AttributePath::parse("otherInfo.role").unwrap();
    let mut row = MappingRow::from(&stored(AttributeSource::Custom(path)));
    let SourceDraft::Custom { path } = row.draft().source else {
        panic!("{row:?}");
    };
    assert_eq!(path, "otherInfo.role");
    row.source = "field:email".to_owned();
    let SourceDraft::UserField { field } = row.draft().source else {
        panic!("{row:?}");
    };
    assert_eq!(field, "email");
    assert_eq!(row.draft().name_format.as_deref(), Some("URI"));
}

#[test]
fn nothing_chosen_is_for_the_use_case_to_refuse() {
    let row = MappingRow {
        name: "Role".to_owned(),
        ..MappingRow::default()
    };
    assert!(!row.is_blank());
    let SourceDraft::UserField { field } = row.draft().source else {
        panic!("{row:?}");
    };
    assert_eq!(field, "");
    assert!(MappingRow::default().is_blank());
}

#[test]
fn rows_keep_their_order_whatever_their_numbers() {
    let pairs = [
        ("attribute-7-name", "b"),
        ("attribute-7-source", "GROUPS"),
        ("attribute-2-name", "a"),
        ("attribute-2-source", "CONSTANT"),
        ("attribute-2-constant", "prod"),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let rows = MappingRow::all(&Fields::new(pairs.to_vec()));
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
    assert_eq!(rows[1].said(), "a ← prod ()");
}
