//! What the form of a group sends to the use cases.

use super::GroupForm;
use crate::domain::membership::MembershipSource;
use crate::domain::user_group::MembershipMethod;
use crate::service::group_fields::NO_ATTRIBUTES;
use crate::service::patch::Field;
use crate::web::console::attribute_rows::AttributeRow;
use crate::web::console::submitted::Fields;
use crate::web::console::user_groups::conditions::ConditionRow;
use crate::web::language::Language;

fn form(pairs: &[(&str, &str)]) -> GroupForm {
    let pairs = pairs.iter();
    GroupForm::of_fields(&Fields::new(
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    ))
}

#[test]
fn a1_a51_a_static_group_names_neither_rule_nor_exemptions() {
    let draft = form(&[("name", "Team"), ("review", "yes"), ("include", "someone")]).draft();
    assert_eq!(draft.membership_method, Field::Set("STATIC".to_owned()));
    assert!(!draft.member_query.is_named());
    assert!(!draft.member_query_exemptions.is_named());
    assert_eq!(draft.member_suggestions_notify, Field::Set(false));
    assert!(draft.attributes.is_named());
}

#[test]
fn a14_a15_the_boxes_choose_method_and_mail() {
    let sent = |pairs: &[(&str, &str)]| {
        let draft = form(&[&[("membership", "dynamic")], pairs].concat()).draft();
        let method = draft.membership_method.into_set().unwrap();
        (method, draft.member_suggestions_notify == Field::Set(true))
    };
    assert_eq!(sent(&[]), ("DYNAMIC_AUTOMATED".to_owned(), false));
    // A box beneath the review box says nothing without it.
    assert_eq!(
        sent(&[("notify", "yes")]),
        ("DYNAMIC_AUTOMATED".to_owned(), false)
    );
    assert_eq!(
        sent(&[("review", "yes"), ("notify", "yes")]),
        ("DYNAMIC_REVIEW_REQUIRED".to_owned(), true)
    );
}

#[test]
fn a44_exemptions_are_sent_whole() {
    let draft = form(&[
        ("membership", "dynamic"),
        ("include", "jason"),
        ("exclude", "mark"),
        ("exclude", "stacy"),
    ])
    .draft();
    let exemptions = draft.member_query_exemptions.into_set().unwrap();
    assert_eq!(exemptions.include, Field::Set(vec!["jason".to_owned()]));
    assert_eq!(
        exemptions.exclude,
        Field::Set(vec!["mark".to_owned(), "stacy".to_owned()])
    );
}

#[test]
fn what_is_compared_with_somebody_elses_values_has_the_labels_of_the_page() {
    let labels = |form: GroupForm| {
        let said = form.said().into_iter();
        said.map(|(label, _)| label).collect::<Vec<_>>()
    };
    let basic = ["Group Name", "Description", "Method", "Second factor"];
    assert_eq!(labels(GroupForm::blank()), basic);
    assert_eq!(
        labels(form(&[
            ("membership", "dynamic"),
            ("attribute-0-name", "Team")
        ])),
        [
            &basic[..],
            &["Rule", "Users to include", "Users to exclude", "Team"]
        ]
        .concat()
    );
}

/// Labels that stand in code and not in templates.
#[test]
fn every_label_has_a_german_word() {
    let labels = MembershipMethod::ALL
        .map(MembershipMethod::label)
        .into_iter()
        .chain(ConditionRow::attributes().map(|(_, label)| label))
        .chain(ConditionRow::operators().map(|(_, label)| label))
        .chain(ConditionRow::states().map(|(_, label)| label))
        .chain(AttributeRow::kinds().map(|(_, label)| label))
        .chain(MembershipSource::ALL.map(MembershipSource::label))
        .chain(["or", "nor", "joins", "leaves", "stays", NO_ATTRIBUTES])
        .chain(["Users to be added", "Users to be removed"])
        .chain([
            "Group Name",
            "Method",
            "Users to include",
            "Users to exclude",
        ]);
    // Written the same in both languages.
    let same = ["Manager", "String"];
    for label in labels.filter(|label| !same.contains(label)) {
        assert_ne!(Language::German.say(label), label);
    }
}
