//! Which certificate's end counts when there are several.

use super::*;

use crate::domain::samples;
use crate::domain::signing_key::KeyAlgorithm;
use crate::saml::credentials::{KeyPairRequest, generate};
use crate::saml::instant;

const NOW: &str = "2026-11-01T00:00:00Z";

fn now() -> DateTime<Utc> {
    instant::parse(NOW).unwrap()
}

fn ending(use_for: CertificateUse, days: i64) -> SpCertificate {
    let pair = generate(&KeyPairRequest {
        algorithm: KeyAlgorithm::EcdsaP256,
        common_name: "sp.example",
        serial: [3; 16],
        not_before: DateTime::UNIX_EPOCH,
        not_after: now() + TimeDelta::days(days),
    });
    SpCertificate {
        pem: pair.unwrap().certificate,
        use_for,
    }
}

fn fewest(certificates: &[(CertificateUse, i64)]) -> Option<i64> {
    let certificates = certificates.iter();
    let settings = ConnectorSettings {
        certificates: certificates
            .map(|(use_for, days)| ending(*use_for, *days))
            .collect(),
        ..samples::settings()
    };
    fewest_days(&settings, now())
}

#[test]
fn what_ends_within_sixty_days_is_told_and_nothing_later() {
    use CertificateUse::{Both, Signing};
    assert_eq!(fewest(&[]), None);
    assert_eq!(fewest(&[(Both, 61)]), None);
    assert_eq!(fewest(&[(Both, 60)]), Some(60));
    assert_eq!(fewest(&[(Signing, 7)]), Some(7));
    assert_eq!(fewest(&[(Signing, -3)]), Some(-1));
}

/// SAML Metadata 2.4.1.1: a key without `use` is for both, so it takes a later one of each to replace it.
#[test]
fn what_has_been_replaced_is_not_told() {
    use CertificateUse::{Both, Encryption, Signing};
    assert_eq!(fewest(&[(Signing, 5), (Signing, 400)]), None);
    assert_eq!(fewest(&[(Signing, 5), (Both, 400)]), None);
    assert_eq!(fewest(&[(Signing, 5), (Encryption, 400)]), Some(5));
    assert_eq!(fewest(&[(Both, 5), (Signing, 400)]), Some(5));
    assert_eq!(
        fewest(&[(Both, 5), (Signing, 400), (Encryption, 300)]),
        None
    );
    assert_eq!(fewest(&[(Signing, 5), (Signing, 20)]), Some(20));
}
