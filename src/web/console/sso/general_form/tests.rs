//! What the tab General sends, and what it leaves alone.

use super::GeneralForm;
use crate::service::patch::Field;
use crate::web::console::submitted::Fields;

#[test]
fn no_template_is_said_and_other_tabs_are_left_alone() {
    let pairs = [
        ("name", "Wiki"),
        ("slug", "wiki"),
        ("status", "INACTIVE"),
        ("template", ""),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form = GeneralForm::from_fields(&Fields::new(pairs.to_vec()));
    let draft = form.draft();
    assert_eq!(draft.status, Field::Set("INACTIVE".to_owned()));
    assert_eq!(draft.template, Field::Clear);
    assert_eq!(draft.login_url, Field::Set(String::new()));
    assert!(!draft.acs_urls.is_named() && !draft.attribute_mappings.is_named());
    let said = form.said();
    assert!(
        said.contains(&("Status".to_owned(), "INACTIVE".to_owned())),
        "{said:?}"
    );
}
