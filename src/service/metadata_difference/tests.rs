//! Each kind of difference, and that equal things make none.

use super::*;

use crate::domain::connector::AcsBinding;
use crate::domain::encryption::EncryptionAlgorithm;
use crate::domain::samples;

fn acs(url: &str, index: u16, is_default: bool) -> AcsEndpoint {
    AcsEndpoint {
        url: url.to_owned(),
        binding: AcsBinding::HttpPost,
        index: Some(index),
        is_default,
    }
}

fn with_acs(acs: Vec<AcsEndpoint>) -> ConnectorSettings {
    ConnectorSettings {
        acs,
        ..samples::settings()
    }
}

fn told(changes: &[Change]) -> Vec<(&'static str, &'static str)> {
    changes
        .iter()
        .map(|change| (change.subject.as_str(), change.kind()))
        .collect()
}

fn nothing() -> SpDescription {
    SpDescription::default()
}

#[test]
fn equal_settings_differ_in_nothing() {
    let settings = with_acs(vec![acs("https://a.example", 1, true)]);
    let changes = between((&settings, &nothing()), (&settings, &nothing()));
    assert_eq!(changes, Vec::new());
}

/// SAML Metadata 2.4.4: index and isDefault belong to the endpoint.
#[test]
fn an_endpoint_with_another_index_is_one_that_changed() {
    let before = with_acs(vec![
        acs("https://a.example", 1, true),
        acs("https://b.example", 2, false),
    ]);
    let after = with_acs(vec![
        acs("https://a.example", 7, true),
        acs("https://c.example", 2, false),
    ]);
    let changes = between((&before, &nothing()), (&after, &nothing()));
    let expected = [
        ("acsUrls", "CHANGED"),
        ("acsUrls", "ADDED"),
        ("acsUrls", "REMOVED"),
    ];
    assert_eq!(told(&changes), expected);
    assert_eq!(
        changes[0].after,
        Some(Said::Acs(acs("https://a.example", 7, true)))
    );
}

#[test]
fn another_order_is_told_since_the_first_that_fits_is_taken() {
    let (one, two) = (
        acs("https://a.example", 1, false),
        acs("https://b.example", 2, false),
    );
    let before = with_acs(vec![one.clone(), two.clone()]);
    let after = with_acs(vec![two, one]);
    let changes = between((&before, &nothing()), (&after, &nothing()));
    assert_eq!(told(&changes), [("acsUrls/order", "CHANGED")]);
}

#[test]
fn choices_and_words_are_told_apart() {
    let before = samples::settings();
    let mut after = before.clone();
    after.want_authn_requests_signed = !before.want_authn_requests_signed;
    after.encryption.algorithm = EncryptionAlgorithm::Aes128Cbc;
    let said = SpDescription {
        want_assertions_signed: true,
        name_id_formats: vec!["urn:f".to_owned()],
        display_names: vec![Localized {
            language: "en".to_owned(),
            text: "Wiki".to_owned(),
        }],
        ..SpDescription::default()
    };
    let changes = between((&before, &nothing()), (&after, &said));
    let (settings, words): (Vec<Change>, Vec<Change>) = changes
        .into_iter()
        .partition(|change| change.subject.is_setting());
    let expected = [
        ("wantAuthnRequestsSigned", "CHANGED"),
        ("encryptionAlgorithm", "CHANGED"),
    ];
    assert_eq!(told(&settings), expected);
    let expected = [
        ("WantAssertionsSigned", "CHANGED"),
        ("NameIDFormat", "ADDED"),
        ("DisplayName", "ADDED"),
    ];
    assert_eq!(told(&words), expected);
}
