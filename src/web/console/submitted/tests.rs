//! What can be asked of the fields of a form.

use super::Fields;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let pairs = pairs.iter();
    Fields::new(
        pairs
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect(),
    )
}

#[test]
fn a_name_may_come_never_once_or_often() {
    let form = fields(&[("name", "A"), ("include", "1"), ("include", "2")]);
    assert_eq!(form.text("name"), "A");
    assert_eq!(form.text("gone"), "");
    assert_eq!(form.all("include").collect::<Vec<_>>(), ["1", "2"]);
    assert!(form.has("name"));
    assert!(!form.has("gone"));
}

#[test]
fn rows_are_numbered_and_keep_their_order() {
    let form = fields(&[
        ("row-2-name", "a"),
        ("row-0-name", "b"),
        ("row-2-value", "c"),
        ("row-x-name", "no number"),
        ("rows-1-name", "another prefix"),
        ("row-7", "d"),
    ]);
    assert_eq!(form.rows("row"), [2, 0, 7]);
}

#[test]
fn a_button_has_a_word_and_perhaps_an_argument() {
    assert_eq!(fields(&[("do", "save")]).button(), ("save", ""));
    assert_eq!(fields(&[("do", "remove:3")]).button(), ("remove", "3"));
    assert_eq!(fields(&[]).button(), ("", ""));
}

#[test]
fn a_version_is_a_number_or_nothing() {
    assert_eq!(fields(&[("version", "7")]).version(), Some(7));
    assert_eq!(fields(&[("version", "x")]).version(), None);
    assert_eq!(fields(&[]).version(), None);
}
