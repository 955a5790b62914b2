//! Inputs for documents: keys made for this run (none is ever stored), a usual assertion, frozen
//! times and ids.

use std::sync::OnceLock;

use chrono::{DateTime, Duration, Utc};
use vestibule::domain::attribute_mapping::NameFormat;
use vestibule::domain::connector::{
    EndpointBinding, NameIdFormat, SignatureAlgorithm, SignatureScope,
};
use vestibule::domain::release::ReleasedAttribute;
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::domain::verdict::Verdicts;
use vestibule::saml::assertion::{AssertionInput, AssertionTimes, AuthnStatement};
use vestibule::saml::authn_request::AuthnRequest;
use vestibule::saml::credentials::{KeyPairRequest, SigningCredential, generate};
use vestibule::saml::inbound::{InboundMessage, MessageKind};
use vestibule::saml::instant;
use vestibule::saml::name_id::NameId;
use vestibule::saml::received_request::receive;
use vestibule::saml::response::{FailureInput, Signing, issue};
use vestibule::saml::status::FailureStatus;
use vestibule::saml::urns::AC_PASSWORD_PROTECTED_TRANSPORT;

pub const IDP: &str = "https://idp.example/saml/metadata";
pub const SLO_URL: &str = "https://idp.example/saml/slo";
pub const SSO_URL: &str = "https://idp.example/saml/sso";
pub const SP: &str = "https://sp.example/metadata";
pub const ACS_URL: &str = "https://sp.example/acs";
pub const RESPONSE_ID: &str = "_response00000000000000000000000000";
pub const REQUEST_ID: &str = "_request000000000000000000000000000";

/// Every scope, for matrices.
pub const SCOPES: [SignatureScope; 3] = [
    SignatureScope::Assertion,
    SignatureScope::Response,
    SignatureScope::Both,
];

/// A key pair of this test run.
pub struct TestKey {
    pub credential: SigningCredential,
    /// PEM.
    pub certificate: String,
}

/// What is read out of an unsigned request that came in a form.
pub fn read_posted(xml: &[u8]) -> Option<AuthnRequest> {
    let inbound = InboundMessage {
        kind: MessageKind::Request,
        binding: EndpointBinding::HttpPost,
        xml: xml.to_vec(),
        relay_state: None,
        signature: None,
    };
    let received = receive(inbound).ok()?;
    Some(
        received
            .authenticate(&[], &mut Verdicts::default())
            .ok()?
            .into_request(),
    )
}

/// The key of an algorithm; made once per run.
pub fn key(algorithm: KeyAlgorithm) -> &'static TestKey {
    static KEYS: [OnceLock<TestKey>; 4] = [const { OnceLock::new() }; 4];
    let place = KeyAlgorithm::ALL
        .iter()
        .position(|one| *one == algorithm)
        .unwrap();
    KEYS[place].get_or_init(|| make_key(algorithm))
}

/// A key of its own, that nobody trusts.
pub fn make_key(algorithm: KeyAlgorithm) -> TestKey {
    let pair = generate(&KeyPairRequest {
        algorithm,
        common_name: "idp.example",
        serial: [7; 16],
        not_before: at("2020-01-01T00:00:00Z"),
        not_after: at("2099-01-01T00:00:00Z"),
    })
    .unwrap();
    TestKey {
        credential: SigningCredential::load(&pair.private_key, &pair.certificate).unwrap(),
        certificate: pair.certificate,
    }
}

/// The key that fits a signature algorithm.
pub fn key_for(algorithm: SignatureAlgorithm) -> &'static TestKey {
    match algorithm {
        SignatureAlgorithm::EcdsaSha256 => key(KeyAlgorithm::EcdsaP256),
        _ => key(KeyAlgorithm::Rsa2048),
    }
}

pub fn at(text: &str) -> DateTime<Utc> {
    instant::parse(text).unwrap()
}

/// The instant of all documents that nobody judges by a clock.
pub fn frozen() -> DateTime<Utc> {
    at("2026-11-01T12:00:00Z")
}

/// What an assertion borrows from.
#[derive(Clone)]
pub struct Fixture {
    pub issuer: String,
    pub audience: String,
    pub acs_url: String,
    pub in_response_to: Option<String>,
    pub name_id: NameId,
    pub issued_at: DateTime<Utc>,
    pub attributes: Vec<ReleasedAttribute>,
}

impl Fixture {
    /// A usual sign-on at `issued_at` with twelve attributes.
    pub fn usual(issued_at: DateTime<Utc>) -> Self {
        Self {
            issuer: IDP.to_owned(),
            audience: SP.to_owned(),
            acs_url: ACS_URL.to_owned(),
            in_response_to: Some(REQUEST_ID.to_owned()),
            name_id: NameId::from_source(NameIdFormat::EmailAddress, "jason@example.com").unwrap(),
            issued_at,
            attributes: twelve_attributes(),
        }
    }

    pub fn input(&self) -> AssertionInput<'_> {
        AssertionInput {
            id: "_assertion0000000000000000000000000",
            issuer: &self.issuer,
            audience: &self.audience,
            acs_url: &self.acs_url,
            in_response_to: self.in_response_to.as_deref(),
            name_id: &self.name_id,
            times: AssertionTimes {
                issued_at: self.issued_at,
                not_before: self.issued_at - Duration::seconds(60),
                not_on_or_after: self.issued_at + Duration::minutes(5),
            },
            authn: AuthnStatement {
                authn_instant: self.issued_at - Duration::minutes(2),
                session_index: "_session0000000000000000000000000",
                session_not_on_or_after: self.issued_at + Duration::hours(12),
                class_ref: AC_PASSWORD_PROTECTED_TRANSPORT,
            },
            attributes: &self.attributes,
        }
    }

    /// The signed response.
    pub fn issue(&self, algorithm: SignatureAlgorithm, scope: SignatureScope) -> String {
        let signing = Signing {
            credential: &key_for(algorithm).credential,
            algorithm,
            scope,
        };
        issue(RESPONSE_ID, &self.input(), signing, None)
            .unwrap()
            .xml
    }
}

/// A failure for the usual request.
pub fn failure(status: FailureStatus) -> FailureInput<'static> {
    FailureInput {
        response_id: RESPONSE_ID,
        issuer: IDP,
        acs_url: ACS_URL,
        in_response_to: Some(REQUEST_ID),
        issued_at: frozen(),
        status,
    }
}

/// An attribute as the release gives it.
pub fn attribute(name: &str, name_format: NameFormat, values: &[&str]) -> ReleasedAttribute {
    ReleasedAttribute {
        name: name.to_owned(),
        name_format,
        values: values.iter().map(|&value| value.to_owned()).collect(),
        origins: Vec::new(),
    }
}

fn twelve_attributes() -> Vec<ReleasedAttribute> {
    let mut attributes = vec![
        attribute(
            "https://aws.amazon.com/SAML/Attributes/Role",
            NameFormat::Uri,
            &[
                "arn:aws:iam::111122223333:role/Reader,arn:aws:iam::111122223333:saml-provider/Vestibule",
                "arn:aws:iam::111122223333:role/Writer,arn:aws:iam::111122223333:saml-provider/Vestibule",
            ],
        ),
        attribute("TeamName", NameFormat::Basic, &["team-b"]),
        attribute(
            "display",
            NameFormat::Unspecified,
            &["Jason \u{1F600} Lee & Sons <R&D>"],
        ),
        attribute("empty", NameFormat::Basic, &[""]),
    ];
    for number in 5..=12 {
        attributes.push(attribute(
            &format!("attribute{number}"),
            NameFormat::Basic,
            &["a value of some length that a directory would hold"],
        ));
    }
    attributes
}
