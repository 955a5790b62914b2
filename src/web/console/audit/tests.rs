//! Days become instants, and the choices are said in German.

use super::*;
use crate::web::language::Language;

#[test]
fn days_are_whole_and_what_is_no_day_is_left_out() {
    let filters = |query: &str| {
        let list = ListState::of_address(&format!("/admin/audit?{query}"), FILTERS);
        let filters = in_instants(list.query()).filters;
        filters.into_iter().collect::<Vec<_>>()
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        filters("from=2026-11-30&to=2026-11-30&kind=user.created"),
        [
            pair("from", "2026-11-30T00:00:00Z"),
            pair("kind", "user.created"),
            pair("to", "2026-12-01T00:00:00Z"),
        ]
    );
    assert_eq!(filters("from=yesterday&to=2026-02-30"), []);
}

#[test]
fn kinds_of_objects_are_said_in_german() {
    for (_, label) in OBJECTS {
        // One word is the same in both languages.
        assert!(
            Language::German.say(label) != *label || *label == "Administrator",
            "{label}"
        );
    }
}
