//! The form carries every field of a user, in the order of the how-to.

use super::{UserForm, fields};
use chrono::DateTime;

use crate::domain::samples;
use crate::domain::user::UserField;
use crate::service::patch::Field;
use crate::service::user_fields::parse;
use crate::web::console::submitted::Fields;

#[test]
fn a20_the_nine_stand_in_their_order_behind_the_identity() {
    let labels: Vec<&str> = fields().map(UserField::label).collect();
    assert_eq!(
        labels,
        [
            "Username",
            "Email",
            "First name",
            "Last name",
            "Display name",
            "Company",
            "Cost Center",
            "Department",
            "Description",
            "Employee Type",
            "Job Title",
            "Location",
            "Manager",
            "User State",
        ]
    );
}

#[test]
fn a_form_that_is_sent_unchanged_changes_nothing() {
    let mut user = samples::user("jason");
    user.directory.manager = "maria".to_owned();
    // To the millisecond, as REST can give it.
    user.schedule.activate_at = DateTime::from_timestamp_millis(1_798_761_600_123);
    user.schedule.suspend_at = DateTime::from_timestamp_millis(1_798_848_000_000);
    let form = UserForm::from_view(&user);
    let mut pairs: Vec<(String, String)> = form
        .carried()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    pairs.push(("version".to_owned(), user.version.to_string()));
    let sent = UserForm::from_fields(&Fields::new(pairs));
    assert_eq!(sent, form);
    let change = parse(sent.draft()).expect("valid");
    assert_eq!(change.applied_to(&user, DateTime::UNIX_EPOCH), user);
    assert!(!change.attributes.is_named());
    assert_eq!(form.manager(), "maria");
}

#[test]
fn a_new_user_is_active_and_without_a_password_unless_one_is_typed() {
    let form = UserForm::blank();
    assert_eq!(form.state(), "ACTIVATED");
    assert_eq!(form.draft().password, Field::Keep);
    assert!(
        form.said()
            .contains(&("User State".to_owned(), "Active".to_owned()))
    );
    let sent = Fields::new(vec![("password".to_owned(), "secret".to_owned())]);
    let draft = UserForm::from_fields(&sent).draft();
    assert_eq!(draft.password, Field::Set("secret".to_owned()));
}
