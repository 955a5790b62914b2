//! What AWS insists on, limit by limit, with the offending value.

use crate::domain::app_access::AccessPaths;
use crate::domain::attribute_mapping::{AttributeSource, NameFormat};
use crate::domain::attribute_release::{ReleaseInput, release};
use crate::domain::connector_checks::{matches_pattern, on_release};
use crate::domain::connector_template::find;
use crate::domain::release::{OriginKind, Release, ReleasedAttribute, ValueOrigin};
use crate::domain::samples::{mapped, user};

/// A release of one attribute per entry, each value from a mapping of its own.
fn released(attributes: &[(&str, &[&str])]) -> Release {
    let mut mapping = 0;
    let attributes = attributes.iter().map(|(name, values)| ReleasedAttribute {
        name: format!("https://aws.amazon.com/SAML/Attributes/{name}"),
        name_format: NameFormat::Uri,
        values: values.iter().map(ToString::to_string).collect(),
        origins: values
            .iter()
            .map(|value| {
                mapping += 1;
                ValueOrigin {
                    mapping: mapping - 1,
                    from: OriginKind::Constant,
                    group_name: None,
                    added_seq: None,
                    attribute: None,
                    path: None,
                    merged: vec![],
                    found: vec![],
                    steps: vec![],
                    values: vec![(*value).to_owned()],
                    overrode: vec![],
                }
            })
            .collect(),
    });
    Release {
        attributes: attributes.collect(),
        omitted: vec![],
    }
}

const ROLE: &str =
    "arn:aws:iam::123456789012:role/Admin,arn:aws:iam::123456789012:saml-provider/Vestibule";

/// Releases `attributes` to AWS and compares where a warning stands and what it mentions. Role and
/// RoleSessionName are added, mappings 0 and 1, unless they are among the attributes.
fn check(attributes: &[(&str, &[&str])], expected: &[(&str, &str)]) {
    let mut all: Vec<(&str, &[&str])> = vec![("Role", &[ROLE]), ("RoleSessionName", &["jason"])];
    all.retain(|(name, _)| attributes.iter().all(|(given, _)| given != name));
    all.extend_from_slice(attributes);
    compare(&released(&all), expected);
}

fn compare(release: &Release, expected: &[(&str, &str)]) {
    let warnings = on_release(&find("aws-iam").unwrap().checks, release, 1_000);
    assert_eq!(warnings.len(), expected.len(), "{warnings:?}");
    for (warning, (pointer, mentioned)) in warnings.iter().zip(expected) {
        assert_eq!(warning.pointer, *pointer, "{warning:?}");
        assert!(warning.detail.contains(mentioned), "{warning:?}");
    }
}

#[test]
fn a_good_release_to_aws_has_no_warning() {
    check(
        &[
            (
                "Role",
                &[
                    ROLE,
                    "arn:aws-us-gov:iam::000000000000:role/path/To/R,arn:aws-us-gov:iam::000000000000:saml-provider/p",
                ],
            ),
            ("RoleSessionName", &["jason.lee+x=y,z@example-1.com"]),
            ("SessionDuration", &["900"]),
            ("SourceIdentity", &["jason"]),
            ("PrincipalTag:Cost Center", &[""]),
            ("PrincipalTag:Städte", &["Zürich / Genève"]),
            ("TransitiveTagKeys", &["Cost Center", "Städte"]),
            ("Other", &["anything <&>"]),
        ],
        &[],
    );
}

#[test]
fn aws_needs_a_role_and_a_session_name() {
    compare(
        &Release::default(),
        &[
            ("/attributeMappings", "Attributes/Role."),
            ("/attributeMappings", "Attributes/RoleSessionName."),
        ],
    );
}

#[test]
fn each_role_is_a_role_and_a_provider() {
    for value in [
        "arn:aws:iam::123456789012:role/Admin",
        "arn:aws:iam::123456789012:saml-provider/V,arn:aws:iam::123456789012:role/Admin",
        "arn:aws:iam::12345678901:role/A,arn:aws:iam::123456789012:saml-provider/V",
        "arn:aws:iam::12345678901x:role/A,arn:aws:iam::123456789012:saml-provider/V",
        "arn:aws:iam::123456789012:role/,arn:aws:iam::123456789012:saml-provider/V",
        "arn:aws:iam::123456789012:role/A, arn:aws:iam::123456789012:saml-provider/V",
        "arn:aws-cn:iam::123456789012:role/A,arn:aws:iam::123456789012:saml-provider/V",
        "admin",
        "",
    ] {
        // The right value comes from mapping 1, the wrong one from mapping 2.
        let mentioned = &value[..value.len().min(20)];
        check(
            &[("Role", &[ROLE, value])],
            &[("/attributeMappings/2", mentioned)],
        );
    }
}

#[test]
fn a_session_name_has_2_to_64_characters_out_of_a_few() {
    for value in ["ab", &"x".repeat(64), "A9_.,+=@-"] {
        check(&[("RoleSessionName", &[value])], &[]);
    }
    for value in ["a", &"x".repeat(65), "Jason Lee", "jörg", "a/b", "a:b"] {
        check(
            &[("RoleSessionName", &[value])],
            &[("/attributeMappings/1", value)],
        );
        check(
            &[("SourceIdentity", &[value])],
            &[("/attributeMappings/2", value)],
        );
    }
    check(
        &[("RoleSessionName", &["jason", "mark"])],
        &[("/attributeMappings/1", "“jason”, “mark”")],
    );
}

#[test]
fn a_session_lasts_900_to_43200_seconds() {
    for value in ["900", "3600", "43200"] {
        check(&[("SessionDuration", &[value])], &[]);
    }
    for value in [
        "899",
        "43201",
        "",
        "1h",
        "+900",
        "900.0",
        "-900",
        "99999999999999999999999",
    ] {
        check(
            &[("SessionDuration", &[value])],
            &[("/attributeMappings/2", &format!("“{value}”"))],
        );
    }
}

#[test]
fn each_tag_is_an_attribute_with_one_short_value() {
    check(
        &[("PrincipalTag:team", &["a", "b"])],
        &[("/attributeMappings/2", "2 values")],
    );
    check(
        &[("PrincipalTag:team", &[&"x".repeat(257)])],
        &[("/attributeMappings/2", "xxx…")],
    );
    check(
        &[("PrincipalTag:team", &["a<b"])],
        &[("/attributeMappings/2", "“a<b”")],
    );
    for key in ["", &"k".repeat(129), "a#b"] {
        let name = format!("PrincipalTag:{key}");
        check(
            &[(&name, &["x"])],
            &[("/attributeMappings/2", "is not accepted")],
        );
    }
    let names: Vec<String> = (0..51).map(|n| format!("PrincipalTag:{n}")).collect();
    let tags: Vec<(&str, &[&str])> = names.iter().map(|n| (n.as_str(), &["x"][..])).collect();
    check(&tags, &[("/attributeMappings", "51 attributes")]);
    check(&tags[..50], &[]);
}

#[test]
fn transitive_keys_are_keys_of_tags_that_are_sent() {
    check(
        &[
            ("PrincipalTag:team", &["x"]),
            ("TransitiveTagKeys", &["team", "Team"]),
        ],
        &[("/attributeMappings/4", "“Team”")],
    );
}

#[test]
fn names_are_case_sensitive() {
    check(
        &[("role", &[ROLE])],
        &[("/attributeMappings/2", "upper and lower case")],
    );
    check(
        &[("principaltag:team", &["x"])],
        &[("/attributeMappings/2", "upper and lower case")],
    );
    check(&[("Rolé", &["x"]), ("P", &["x"])], &[]);
}

#[test]
fn a_warning_stands_at_the_mapping_that_gave_the_value() {
    let name = "https://aws.amazon.com/SAML/Attributes/Role";
    let constant =
        |name: &str, value: &str| mapped(name, AttributeSource::Constant(value.to_owned()));
    let mappings = [
        constant(
            "https://aws.amazon.com/SAML/Attributes/RoleSessionName",
            "jason",
        ),
        constant(name, ROLE),
        constant("x", "y"),
        constant(name, "wrong"),
    ];
    let release = release(ReleaseInput {
        user: &user("jason"),
        user_attributes: &[],
        group_attributes: &[],
        memberships: &AccessPaths::default(),
        mappings: &mappings,
    });
    compare(&release, &[("/attributeMappings/3", "“wrong”")]);
}

#[test]
fn c8_identity_center_takes_50000_characters() {
    let checks = &find("aws-identity-center").unwrap().checks;
    assert_eq!(on_release(checks, &Release::default(), 50_000), []);
    let warnings = on_release(checks, &Release::default(), 50_001);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].detail.contains("50001 characters"));
}

#[test]
fn patterns_fit_whole_values() {
    for (pattern, value, fits) in [
        ("", "", true),
        ("", "a", false),
        ("a", "a", true),
        ("a", "ab", false),
        ("*", "", false),
        ("*", "ab", true),
        ("a*c", "ac", false),
        ("a*c", "abc", true),
        ("a*c", "abcbc", true),
        ("a*c", "abcb", false),
        ("**", "a", false),
        ("#-#", "1-2", true),
        ("#", "x", false),
        ("#", "١", false),
        ("*#", "ab1", true),
    ] {
        assert_eq!(matches_pattern(pattern, value), fits, "{pattern} {value}");
    }
    // Would take for ever if it tried one split after the other.
    assert!(!matches_pattern(
        &"*a".repeat(20),
        &("a".repeat(20_000) + "b")
    ));
}
