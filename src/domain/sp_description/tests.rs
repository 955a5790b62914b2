//! Which name is offered, and which attributes are still to be mapped.

use super::*;

use crate::domain::samples;

fn names(names: &[(&str, &str)]) -> SpDescription {
    let display_names = names.iter().map(|(language, text)| Localized {
        language: (*language).to_owned(),
        text: (*text).to_owned(),
    });
    SpDescription {
        display_names: display_names.collect(),
        ..SpDescription::default()
    }
}

fn asked(name: &str, is_required: bool) -> RequestedAttribute {
    RequestedAttribute {
        name: name.to_owned(),
        name_format: NameFormat::Uri,
        friendly_name: String::new(),
        is_required,
        values: Vec::new(),
    }
}

#[test]
fn the_english_name_is_offered_before_the_one_without_a_language_and_the_first() {
    let offered = |given: &[(&str, &str)]| names(given).offered_name().map(str::to_owned);
    assert_eq!(offered(&[]), None);
    assert_eq!(offered(&[("de", "Lexikon")]), Some("Lexikon".to_owned()));
    assert_eq!(
        offered(&[("de", "Lexikon"), ("", "Wiki")]),
        Some("Wiki".to_owned())
    );
    assert_eq!(
        offered(&[("de", "Lexikon"), ("", "W"), ("en-GB", "The Wiki")]),
        Some("The Wiki".to_owned())
    );
}

#[test]
fn what_a_row_gives_already_is_not_offered_and_required_ones_come_first() {
    let description = SpDescription {
        requested_attributes: vec![
            asked("urn:a", false),
            asked("urn:b", true),
            asked("urn:c", true),
        ],
        ..SpDescription::default()
    };
    let row = samples::mapping("urn:c", "team");
    let mappings = [row];
    let offered = description.unmapped(&given(&mappings));
    let names: Vec<(usize, &str)> = offered
        .iter()
        .map(|(place, one)| (*place, one.name.as_str()))
        .collect();
    assert_eq!(names, [(1, "urn:b"), (0, "urn:a")]);
}
