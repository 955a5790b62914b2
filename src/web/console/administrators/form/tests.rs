//! What a form of a new administrator becomes.

use super::*;

#[test]
fn an_empty_password_asks_for_a_link() {
    let pairs = [
        ("username", "ada"),
        ("email", "ada@example.org"),
        ("role", "manager"),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form = AdministratorForm::from_fields(&Fields::new(pairs.to_vec()));
    let draft = form.draft("");
    assert_eq!(
        (draft.username.as_str(), draft.role.as_str()),
        ("ada", "manager")
    );
    assert_eq!(draft.password, None);
    assert_eq!(
        form.draft("four words").password.as_deref(),
        Some("four words")
    );
}

#[test]
fn a_new_administrator_begins_with_the_least_role() {
    assert_eq!(AdministratorForm::blank().role, "read-only");
    assert_eq!(roles()[0], ("administrator", "Administrator"));
}
