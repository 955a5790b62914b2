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
        ("networks", "10.0.0.0/8,\n 2001:db8::7\n"),
        ("max-age", "an hour"),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form = GeneralForm::from_fields(&Fields::new(pairs.to_vec()));
    let draft = form.draft();
    assert_eq!(draft.status, Field::Set("INACTIVE".to_owned()));
    assert_eq!(draft.template, Field::Clear);
    assert_eq!(draft.login_url, Field::Set(String::new()));
    assert!(!draft.acs_urls.is_named() && !draft.attribute_mappings.is_named());
    let conditions = draft.access_conditions.into_set().unwrap();
    let networks = ["10.0.0.0/8", "2001:db8::7"].map(str::to_owned);
    assert_eq!(conditions.networks, Field::Set(networks.to_vec()));
    assert_eq!(conditions.sign_in_max_age_minutes, Field::Set(0));
    assert_eq!(conditions.help_url, Field::Set(String::new()));
    let said = form.said();
    assert!(
        said.contains(&("Status".to_owned(), "INACTIVE".to_owned())),
        "{said:?}"
    );
}
