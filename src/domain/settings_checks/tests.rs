//! Which settings are warned about, and where.

use crate::domain::connector::{
    AcsBinding, AcsEndpoint, ConnectorSettings, NameIdFormat, SignatureAlgorithm, SignatureScope,
};
use crate::domain::connector_checks::{Check, SignedPart};
use crate::domain::connector_template::find;
use crate::domain::samples::settings;
use crate::domain::settings_checks::on_settings;

#[test]
fn settings_are_checked_whoever_the_user_is() {
    let pointers = |template: &str, change: fn(&mut ConnectorSettings)| {
        let mut settings = settings();
        change(&mut settings);
        let warnings = on_settings(&find(template).unwrap().checks, &settings);
        warnings.into_iter().map(|w| w.pointer).collect::<Vec<_>>()
    };
    assert_eq!(pointers("aws-iam", |_| {}), Vec::<String>::new());
    for entity_id in [
        "https://signin.aws.amazon.com/saml",
        "urn:amazon:webservices:cn-north-1",
    ] {
        let mut settings = settings();
        settings.sp_entity_id = entity_id.to_owned();
        assert_eq!(on_settings(&find("aws-iam").unwrap().checks, &settings), []);
    }
    assert_eq!(
        pointers("aws-iam", |s| s.sp_entity_id =
            "urn:Amazon:webservices".to_owned()),
        ["/spEntityId"]
    );
    assert_eq!(
        pointers("aws-iam", |s| s.signature_algorithm =
            SignatureAlgorithm::EcdsaSha256),
        ["/signatureAlgorithm"]
    );
    assert_eq!(
        pointers("aws-identity-center", |s| s.name_id.format =
            NameIdFormat::Persistent),
        ["/nameId/format"]
    );
}

#[test]
fn every_url_for_assertions_is_checked() {
    let checks = [Check::Acs {
        patterns: vec!["https://signin.aws.amazon.com/saml".to_owned()],
        expects: "the sign-in page".to_owned(),
    }];
    let mut settings = settings();
    assert_eq!(on_settings(&checks, &settings), []);
    settings.acs.push(AcsEndpoint {
        url: "https://signin.aws.amazon.com/saml/".to_owned(),
        binding: AcsBinding::HttpPost,
        index: Some(1),
        is_default: false,
    });
    let warnings = on_settings(&checks, &settings);
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].pointer, "/acsUrls/1/url");
    assert_eq!(
        warnings[0].detail,
        "The service provider expects the sign-in page, not “https://signin.aws.amazon.com/saml/”."
    );
}

#[test]
fn what_has_to_be_signed_is_signed_alone_or_with_the_rest() {
    for (part, sign, mentioned) in [
        (SignedPart::Assertion, SignatureScope::Assertion, None),
        (SignedPart::Assertion, SignatureScope::Both, None),
        (
            SignedPart::Assertion,
            SignatureScope::Response,
            Some("signed assertion"),
        ),
        (SignedPart::Response, SignatureScope::Response, None),
        (SignedPart::Response, SignatureScope::Both, None),
        (
            SignedPart::Response,
            SignatureScope::Assertion,
            Some("signed response"),
        ),
    ] {
        let mut settings = settings();
        settings.sign = sign;
        let warnings = on_settings(&[Check::Signed { part }], &settings);
        assert_eq!(warnings.len(), usize::from(mentioned.is_some()));
        for (warning, mentioned) in warnings.iter().zip(mentioned) {
            assert_eq!(warning.pointer, "/sign");
            assert!(warning.detail.contains(mentioned), "{warning:?}");
        }
    }
}
