//! Every sentence that comes from the domain is told in every language.

use crate::domain::app_access::AccessReason;
use crate::domain::membership::MembershipSource;
use crate::domain::release::OmissionReason;
use crate::domain::user::UserField;
use crate::web::language::Language;

#[test]
fn c2_the_reasons_are_told_in_german() {
    let access = [
        AccessReason::Allowed,
        AccessReason::NotBound,
        AccessReason::UserNotActive,
        AccessReason::ConnectorInactive,
        AccessReason::OutsideNetworks,
    ];
    let omissions = [
        OmissionReason::NoAttribute,
        OmissionReason::NoPath,
        OmissionReason::Object,
        OmissionReason::NothingLeft,
        OmissionReason::EmptyField,
    ];
    let sentences = access
        .map(AccessReason::sentence)
        .into_iter()
        .chain(omissions.map(OmissionReason::sentence));
    for sentence in sentences {
        assert_ne!(Language::German.say(sentence), sentence);
    }
}

#[test]
fn c2_causes_are_told_in_german() {
    let told = |cause: &str| Language::German.retell(cause);
    assert_eq!(told("added by root"), "hinzugefügt von root");
    assert_eq!(
        told("meets Location equals “Denver”, since root changed the user"),
        "erfüllt Location equals “Denver”, seit root den Benutzer geändert hat"
    );
    assert_eq!(
        told("stands in Users to include, member since root saved the group"),
        "steht unter „Einzuschließende Benutzer“, Mitglied, seit root die Gruppe gespeichert hat"
    );
}

#[test]
fn labels_of_fields_and_sources_are_in_the_catalogue() {
    let same = ["Name", "Manager"];
    let sources = MembershipSource::ALL
        .into_iter()
        .map(MembershipSource::label);
    for label in UserField::all().map(UserField::label).chain(sources) {
        let is_told = Language::German.say(label) != label || same.contains(&label);
        assert!(is_told, "{label}");
    }
}
