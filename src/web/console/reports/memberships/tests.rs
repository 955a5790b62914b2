//! The choices are those of the product, in both languages.

use super::*;
use crate::web::language::Language;

#[test]
fn every_method_and_source_can_be_chosen() {
    let offered = |choices: &[(&str, &str)]| -> Vec<String> {
        choices[1..]
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect()
    };
    assert_eq!(
        offered(&METHODS),
        MembershipMethod::ALL.map(MembershipMethod::as_str)
    );
    assert_eq!(
        offered(&SOURCES),
        MembershipSource::ALL.map(MembershipSource::as_str)
    );
    for (_, label) in METHODS.iter().chain(&SOURCES) {
        assert_ne!(Language::German.say(label), *label);
    }
}

#[test]
fn a_choice_that_is_not_offered_narrows_nothing() {
    let address = "/admin/reports/memberships?method=NONSENSE&source=RULE&user=jason";
    let query = known(ListState::of_address(address, FILTERS).query());
    let names: Vec<&str> = query.filters.keys().map(String::as_str).collect();
    assert_eq!(names, ["source", "user"]);
}
