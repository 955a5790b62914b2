//! A stored step comes back as it was, and every kind has its words.

use crate::domain::match_pattern::MatchPattern;
use crate::domain::samples;
use crate::domain::transformation::{KeepTest, Transformation};
use crate::domain::value_template::ValueTemplate;
use crate::service::connector_draft::{
    ConnectorDraft, MappingDraft, SourceDraft, TransformationDraft,
};
use crate::service::connector_settings;
use crate::service::patch::Field;
use crate::web::api::mapping_steps::TransformationJson;
use crate::web::console::sso::step_row::StepRow;
use crate::web::console::submitted::Fields;

/// One step of every kind.
fn every_kind() -> Vec<Transformation> {
    let text = || "x".to_owned();
    let mut all = vec![
        Transformation::Lower,
        Transformation::Upper,
        Transformation::Before(text()),
        Transformation::After(text()),
        Transformation::Split(text()),
        Transformation::Join(text()),
        Transformation::Replace {
            find: text(),
            with: "y".to_owned(),
        },
        Transformation::Match(MatchPattern::parse("a(b)", "$1").unwrap()),
        Transformation::Template(ValueTemplate::parse("{value}!").unwrap()),
        Transformation::Default(text()),
    ];
    all.extend(KeepTest::ALL.map(|test| Transformation::Keep { test, text: text() }));
    all
}

#[test]
fn every_step_comes_back_through_the_form_as_it_was_stored() {
    for step in every_kind() {
        let row = StepRow::from(&step);
        let pairs = [
            ("attribute-3-step-5-kind", row.kind.clone()),
            ("attribute-3-step-5-first", row.texts[0].clone()),
            ("attribute-3-step-5-second", row.texts[1].clone()),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value));
        let read = StepRow::all(&Fields::new(pairs.to_vec()), "attribute-3");
        assert_eq!(read, std::slice::from_ref(&row));
        let json = serde_json::to_value(TransformationJson::from(&step));
        let draft: TransformationDraft = serde_json::from_value(json.unwrap()).unwrap();
        assert_eq!(format!("{:?}", row.draft()), format!("{draft:?}"));
        for (place, (name, _)) in step.texts().into_iter().enumerate() {
            assert_eq!(row.pointer(&place), name, "{row:?}");
            assert!(row.said().contains(&format!("“{}”", row.texts[place])));
        }
    }
}

#[test]
fn every_kind_has_the_words_that_explanations_use() {
    let choices = StepRow::choices();
    for step in every_kind() {
        let row = StepRow::from(&step);
        let label = choices
            .iter()
            .find(|(kind, _)| *kind == row.kind)
            .unwrap()
            .1;
        assert_eq!(label, step.label());
    }
    assert_eq!(choices.len(), every_kind().len());
}

#[test]
fn what_no_drop_down_offers_is_for_the_use_case_to_refuse() {
    let row = StepRow {
        kind: "SHOUT".to_owned(),
        ..StepRow::default()
    };
    let draft = ConnectorDraft {
        attribute_mappings: Field::Set(vec![MappingDraft {
            sp_attribute_name: "Role".to_owned(),
            name_format: None,
            source: SourceDraft::Groups {},
            merge: None,
            transformations: Some(vec![row.draft()]),
        }]),
        ..ConnectorDraft::default()
    };
    let present = samples::settings();
    let now = chrono::DateTime::UNIX_EPOCH;
    let refused = connector_settings::settle(draft, Some(&present), now);
    let fault = refused.unwrap_err();
    assert!(format!("{fault:?}").contains("/attributeMappings/0/transformations/0/test"));
}
