//! Rows that come and go, and what the form sends.

use super::SsoForm;
use crate::service::error::ServiceError;
use crate::service::patch::Field;
use crate::web::console::submitted::Fields;
use crate::web::language::Language;

fn typed(pairs: &[(&str, &str)]) -> SsoForm {
    let pairs = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    SsoForm::from_fields(&Fields::new(pairs.collect()))
}

#[test]
fn rows_are_added_and_removed_by_their_buttons() {
    let mut form = typed(&[
        ("acs-0-url", "https://a/acs"),
        ("acs-1-url", "https://b/acs"),
    ]);
    assert!(form.edit(("add-attribute", "")));
    assert!(form.edit(("remove-acs", "0")));
    assert!(form.edit(("remove-acs", "9")));
    assert!(!form.edit(("save", "")));
    assert_eq!(form.acs.len(), 1);
    assert_eq!(form.acs[0].url, "https://b/acs");
    assert_eq!(form.attributes.len(), 1);
    form.tidy();
    assert_eq!((form.acs.len(), form.attributes.len()), (1, 0));
}

#[test]
fn the_marked_row_is_the_default() {
    let form = typed(&[("default-acs", "1"), ("acs-0-url", "a"), ("acs-1-url", "b")]);
    let defaults: Vec<bool> = form.acs.iter().map(|row| row.is_default).collect();
    assert_eq!(defaults, [false, true]);
}

#[test]
fn an_index_that_is_no_number_is_told_at_its_place() {
    let form = typed(&[
        ("acs-0-url", "a"),
        ("acs-1-url", "b"),
        ("acs-1-index", "two"),
    ]);
    let Err(ServiceError::Invalid(broken)) = form.draft() else {
        panic!("taken");
    };
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].pointer, "/acsUrls/1/index");
}

#[test]
fn what_the_form_does_not_show_is_not_named() {
    let draft = typed(&[("sp-entity-id", "urn:x")]).draft().unwrap();
    assert_eq!(draft.sp_entity_id, Field::Set("urn:x".to_owned()));
    assert_eq!(draft.want_authn_requests_signed, Field::Set(false));
    assert!(!draft.name.is_named() && !draft.slug.is_named() && !draft.status.is_named());
    assert!(!draft.template.is_named() && !draft.login_url.is_named());
    assert!(!draft.metadata_xml.is_named() && !draft.metadata_url.is_named());
}

/// The labels are said in the table of what somebody else changed, where no template names them.
#[test]
fn every_label_of_the_comparison_is_translated() {
    for (label, _) in typed(&[]).said() {
        assert_ne!(Language::German.say(&label), label);
    }
}
