//! Only what differs is shown, and nothing that differs is left out.

use super::{Difference, Overtaken};

#[test]
fn each_difference_is_shown_with_both_values() {
    let said = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    };
    let stored = said(&[("Name", "A"), ("Location", "Denver"), ("Gone", "x")]);
    let submitted = said(&[("Name", "A"), ("Location", "Chicago"), ("New", "y")]);
    let overtaken = Overtaken::between(&stored, &submitted, "/here");
    let difference = |label: &str, theirs: &str, mine: &str| Difference {
        label: label.to_owned(),
        theirs: theirs.to_owned(),
        mine: mine.to_owned(),
    };
    assert_eq!(
        overtaken.differences,
        [
            difference("Location", "Denver", "Chicago"),
            difference("Gone", "x", ""),
            difference("New", "", "y"),
        ]
    );
    assert_eq!(overtaken.reload, "/here");
}
