//! What issuing costs: one signed response with a twelve-attribute assertion against one bare
//! RSA-2048 signature, in CPU time of this thread, in interleaved rounds. Exits with 1 if the ratio
//! of the medians is above the budget.

#[path = "measure/against_signature.rs"]
mod against_signature;
#[path = "measure/comparison.rs"]
mod comparison;
mod measure;

use std::process::ExitCode;

use chrono::{DateTime, Duration, Utc};
use openssl::pkey::PKey;
use vestibule::domain::attribute_mapping::NameFormat;
use vestibule::domain::connector::{NameIdFormat, SignatureAlgorithm, SignatureScope};
use vestibule::domain::release::ReleasedAttribute;
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::assertion::{AssertionInput, AssertionTimes, AuthnStatement};
use vestibule::saml::credentials::{KeyPairRequest, SigningCredential, generate};
use vestibule::saml::name_id::NameId;
use vestibule::saml::response::{Signing, issue};
use vestibule::saml::urns::AC_PASSWORD_PROTECTED_TRANSPORT;

use crate::against_signature::{NAME, bare_signature};
use crate::comparison::Comparison;

fn main() -> anyhow::Result<ExitCode> {
    let now = DateTime::UNIX_EPOCH + Duration::days(20_000);
    let pair = generate(&KeyPairRequest {
        algorithm: KeyAlgorithm::Rsa2048,
        common_name: "idp.example",
        serial: [7; 16],
        not_before: now,
        not_after: now + Duration::days(365),
    })?;
    let credential = SigningCredential::load(&pair.private_key, &pair.certificate)?;
    let key = PKey::private_key_from_pkcs8(&pair.private_key)?;
    let name_id = NameId::from_source(NameIdFormat::EmailAddress, "jason@example.com")?;
    let attributes = twelve_attributes();
    let input = assertion_input(now, &name_id, &attributes);
    let signing = Signing {
        credential: &credential,
        algorithm: SignatureAlgorithm::RsaSha256,
        scope: SignatureScope::Assertion,
    };

    let comparison = Comparison {
        name: "issuing a 12-attribute signed assertion",
        bare_name: NAME,
        budget: 1.10,
        operations: 200,
    };
    comparison.run(bare_signature(&key)?, || {
        let response = issue("_response000000000000000000000000", &input, signing, None)?;
        anyhow::ensure!(response.assertion_chars > 3_000);
        Ok(())
    })
}

fn assertion_input<'a>(
    now: DateTime<Utc>,
    name_id: &'a NameId,
    attributes: &'a [ReleasedAttribute],
) -> AssertionInput<'a> {
    AssertionInput {
        id: "_assertion00000000000000000000000",
        issuer: "https://idp.example/saml/metadata",
        audience: "https://sp.example/metadata",
        acs_url: "https://sp.example/acs",
        in_response_to: Some("_request0000000000000000000000000"),
        name_id,
        times: AssertionTimes {
            issued_at: now,
            not_before: now - Duration::seconds(60),
            not_on_or_after: now + Duration::minutes(5),
        },
        authn: AuthnStatement {
            authn_instant: now,
            session_index: "_session000000000000000000000000",
            session_not_on_or_after: now + Duration::hours(12),
            class_ref: AC_PASSWORD_PROTECTED_TRANSPORT,
        },
        attributes,
    }
}

fn twelve_attributes() -> Vec<ReleasedAttribute> {
    (1..=12)
        .map(|number| ReleasedAttribute {
            name: format!("https://sp.example/attributes/name{number}"),
            name_format: NameFormat::Uri,
            values: vec!["a value of some length, with R&D and <angles>".to_owned()],
            origins: Vec::new(),
        })
        .collect()
}
