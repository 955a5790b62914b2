//! Normalisation, lengths, characters, folding, slugs.

use crate::domain::text::{
    TextError, bounded, check_characters, directory_field, fold, is_slug, is_xml_char, normalize,
    quoted, slug_from,
};

#[test]
fn a20_fields_are_kept_in_nfc() {
    assert_eq!(normalize("Zu\u{0308}rich"), "Zürich");
    assert_eq!(
        directory_field("Zu\u{0308}rich").as_deref(),
        Ok("Z\u{fc}rich")
    );
}

#[test]
fn a20_fields_hold_at_most_512_characters() {
    // Characters are counted after normalisation, and bytes are not.
    assert!(directory_field(&"ü".repeat(512)).is_ok());
    assert!(directory_field(&"u\u{0308}".repeat(512)).is_ok());
    assert_eq!(
        directory_field(&"a".repeat(513)),
        Err(TextError::TooLong {
            limit: 512,
            actual: 513
        })
    );
}

#[test]
fn a24_nothing_is_trimmed() {
    assert_eq!(directory_field("  Miami ").as_deref(), Ok("  Miami "));
}

#[test]
fn b7_characters_that_xml_cannot_carry_are_refused() {
    for allowed in [
        '\t',
        '\n',
        '\r',
        ' ',
        '<',
        '&',
        '\u{7f}',
        '\u{85}',
        '\u{2028}',
        '\u{D7FF}',
        '\u{E000}',
        '\u{FEFF}',
        '\u{FFFD}',
        '\u{10000}',
        '\u{1F600}',
        '\u{1FFFF}',
        '\u{10FFFF}',
    ] {
        assert!(is_xml_char(allowed), "{allowed:?}");
    }
    for refused in [
        '\0', '\u{1}', '\u{8}', '\u{b}', '\u{1f}', '\u{FFFE}', '\u{FFFF}',
    ] {
        assert!(!is_xml_char(refused), "{refused:?}");
    }
    let error = check_characters("ab\u{1}c").unwrap_err();
    assert_eq!(
        error,
        TextError::Forbidden {
            code: 1,
            position: 3
        }
    );
    assert_eq!(
        error.to_string(),
        "Character 3 is U+0001, which a SAML assertion cannot carry. Remove it."
    );
    assert!(bounded("a\u{FFFF}", 9).is_err());
}

#[test]
fn folding_ignores_case_and_composition() {
    for (left, right) in [
        ("Jason", "jASON"),
        ("ÄRGER", "a\u{0308}rger"),
        ("İ", "i\u{0307}"),
        ("ΣΑΣ", "σας"),
    ] {
        assert_eq!(fold(left), fold(right), "{left} {right}");
    }
    assert_ne!(fold("Straße"), fold("Strasse"));
}

#[test]
fn slugs_come_from_names() {
    for (name, slug) in [
        ("AWS", "aws"),
        ("AWS (production) #2", "aws-production-2"),
        ("  Büro — Zürich ", "buro-zurich"),
        ("日本", "connector"),
        ("", "connector"),
        (
            &"ab ".repeat(40),
            "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a",
        ),
    ] {
        assert_eq!(slug_from(name), slug);
        assert!(is_slug(slug), "{slug}");
    }
    for wrong in ["", "-a", "a-", "A", "a b", "a_b", "ü", &"a".repeat(65)] {
        assert!(!is_slug(wrong), "{wrong}");
    }
}

#[test]
fn quoted_values_are_short_and_visible() {
    assert_eq!(quoted("a\nb"), "“a b”");
    assert_eq!(quoted(&"x".repeat(80)), format!("“{}”", "x".repeat(80)));
    assert_eq!(quoted(&"x".repeat(81)), format!("“{}…”", "x".repeat(80)));
}
