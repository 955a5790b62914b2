//! What each way asks for, and what it sends.

use super::{NewForm, Way};
use crate::service::patch::Field;
use crate::web::console::submitted::Fields;

fn typed(pairs: &[(&str, &str)]) -> NewForm {
    let pairs = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    NewForm::from_fields(&Fields::new(pairs.collect()))
        .unwrap()
        .unwrap()
}

#[test]
fn each_way_asks_only_for_what_it_needs() {
    let asks = |word: &str| {
        let form = NewForm::fresh(Way::parse(word).unwrap()).unwrap();
        (form.takes_metadata, form.takes_endpoints, form.entity_id)
    };
    let none = String::new();
    assert_eq!(asks("metadata"), (true, false, none.clone()));
    assert_eq!(asks("hand"), (false, true, none.clone()));
    assert_eq!(asks("aws-identity-center"), (true, true, none));
    assert_eq!(
        asks("aws-iam"),
        (false, true, "urn:amazon:webservices".to_owned())
    );
    assert_eq!(
        asks("slack"),
        (true, true, "https://slack.com".to_owned()),
        "its URL has a placeholder, so metadata is welcome"
    );
    assert!(Way::parse("nothing").is_none());
}

#[test]
fn only_templates_with_placeholders_ask_for_replacing_them() {
    let has = |word: &str| {
        let form = NewForm::fresh(Way::parse(word).unwrap()).unwrap();
        form.has_placeholder()
    };
    assert!(has("slack") && has("zoom"));
    assert!(!has("aws-iam") && !has("dropbox") && !has("hand"));
}

/// What metadata says cannot be said besides it, so the template's own texts step back.
#[test]
fn what_stands_as_the_template_has_it_is_left_out() {
    let form = [
        ("way", "slack"),
        ("name", "Slack"),
        ("sp-entity-id", "https://slack.com"),
        ("acs-url", "https://YOUR-WORKSPACE.slack.com/sso/saml"),
        ("metadata", "<x/>"),
    ];
    let draft = typed(&form).draft();
    assert!(!draft.sp_entity_id.is_named() && !draft.acs_urls.is_named());
    assert!(draft.metadata_xml.is_named());

    let mut form = form;
    form[3].1 = "https://example.slack.com/sso/saml";
    let acs = typed(&form).draft().acs_urls.into_set().unwrap();
    assert_eq!(acs[0].url, "https://example.slack.com/sso/saml");
}

#[test]
fn an_empty_field_is_left_to_template_or_metadata() {
    let draft = typed(&[("way", "aws-iam"), ("name", "AWS"), ("sp-entity-id", " ")]).draft();
    assert_eq!(draft.name, Field::Set("AWS".to_owned()));
    assert_eq!(draft.template, Field::Set("aws-iam".to_owned()));
    assert!(!draft.sp_entity_id.is_named() && !draft.acs_urls.is_named());
    assert!(!draft.metadata_xml.is_named());

    let draft = typed(&[("way", "metadata"), ("name", "Wiki"), ("metadata", "<x/>")]).draft();
    assert_eq!(draft.metadata_xml, Field::Set("<x/>".to_owned()));
    assert!(!draft.template.is_named());
}

#[test]
fn the_one_url_of_a_new_application_is_its_default() {
    let form = typed(&[
        ("way", "hand"),
        ("name", "Wiki"),
        ("acs-url", "https://wiki/acs"),
    ]);
    let acs = form.draft().acs_urls.into_set().unwrap();
    assert_eq!(acs.len(), 1);
    assert_eq!(acs[0].url, "https://wiki/acs");
    assert_eq!(acs[0].is_default, Some(true));
}
