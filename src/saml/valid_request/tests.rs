//! Requirements FRESH-ONCE and EXACT-ACS, and the line between pages and statuses.

use super::*;

use crate::domain::access_conditions::AccessConditions;
use crate::domain::connector::{
    AcsBinding, AcsEndpoint, ConnectorStatus, NameIdChoice, NameIdFormat, SignatureAlgorithm,
    SignatureScope,
};
use crate::domain::encryption::EncryptionChoice;
use crate::domain::name_id_source::NameIdSource;
use crate::domain::user::UserField;
use crate::saml::authn_request::Comparison;
use crate::saml::instant;
use crate::saml::urns::{AC_SMARTCARD_PKI, BINDING_POST, BINDING_REDIRECT};

const SSO_URL: &str = "https://idp.example/saml/sso";
const ACS_URL: &str = "https://sp.example/acs";

fn settings() -> ConnectorSettings {
    ConnectorSettings {
        name: "SP".to_owned(),
        slug: "sp".to_owned(),
        status: ConnectorStatus::Active,
        template: None,
        sp_entity_id: "https://sp.example".to_owned(),
        acs: vec![AcsEndpoint {
            url: ACS_URL.to_owned(),
            binding: AcsBinding::HttpPost,
            index: Some(0),
            is_default: false,
        }],
        slo: Vec::new(),
        certificates: Vec::new(),
        want_authn_requests_signed: false,
        name_id: NameIdChoice {
            source: NameIdSource::Field(UserField::Email),
            format: NameIdFormat::EmailAddress,
        },
        sign: SignatureScope::Assertion,
        signature_algorithm: SignatureAlgorithm::RsaSha256,
        encryption: EncryptionChoice::NONE,
        require_mfa: false,
        conditions: AccessConditions::NONE,
        default_relay_state: String::new(),
        login_url: String::new(),
        mappings: Vec::new(),
        metadata_xml: None,
        metadata_url: None,
    }
}

fn request() -> AuthnRequest {
    AuthnRequest {
        id: "_1".to_owned(),
        issuer: "https://sp.example".to_owned(),
        issue_instant: instant::parse("2026-11-01T12:00:00Z").unwrap(),
        destination: Some(SSO_URL.to_owned()),
        acs_url: Some(ACS_URL.to_owned()),
        acs_index: None,
        protocol_binding: Some(BINDING_POST.to_owned()),
        force_authn: true,
        is_passive: false,
        name_id_policy: Some(NameIdPolicy {
            format: Some(NameIdFormat::Persistent.uri().to_owned()),
            allow_create: Some(true),
            sp_name_qualifier: None,
        }),
        requested_authn_context: None,
        subject: None,
    }
}

fn judge_at(request: AuthnRequest, now: &str) -> Result<ValidAuthnRequest, RequestRefusal> {
    let context = ValidationContext {
        now: instant::parse(now).unwrap(),
        sso_url: SSO_URL,
        carrier: Carrier::Browser,
    };
    validate(
        AuthenticRequest::assumed(request, false),
        &settings(),
        context,
        &mut Verdicts::default(),
    )
}

fn judge(request: AuthnRequest) -> Result<ValidAuthnRequest, RequestRefusal> {
    judge_at(request, "2026-11-01T12:00:00Z")
}

fn page(request: AuthnRequest, expected: PageRefusal) {
    let text = format!("{request:?}");
    assert_eq!(
        judge(request),
        Err(RequestRefusal::Page(expected)),
        "{text}"
    );
}

fn told(request: AuthnRequest, status: FailureStatus) {
    let text = format!("{request:?}");
    let refusal = StatusRefusal {
        status,
        acs: AcsTarget {
            url: ACS_URL.to_owned(),
            binding: AcsBinding::HttpPost,
        },
        request_id: "_1".to_owned(),
    };
    assert_eq!(
        judge(request),
        Err(RequestRefusal::Status(refusal)),
        "{text}"
    );
}

#[test]
fn a_valid_request_keeps_what_it_asks() {
    let valid = judge(request()).unwrap();
    assert_eq!(valid.id(), "_1");
    assert_eq!(valid.issuer(), "https://sp.example");
    assert_eq!(valid.acs().url, ACS_URL);
    assert!(valid.force_authn());
    assert!(!valid.is_passive());
    assert_eq!(valid.name_id_plan(&settings()), Ok(NameIdPlan::Persistent));
}

#[test]
fn fresh_once_allows_five_minutes_back_and_three_ahead() {
    for (now, expected) in [
        ("2026-11-01T12:05:00Z", None),
        ("2026-11-01T12:05:01Z", Some(PageRefusal::Expired)),
        ("2026-11-01T11:57:00Z", None),
        ("2026-11-01T11:56:59Z", Some(PageRefusal::FromTheFuture)),
    ] {
        let refusal = judge_at(request(), now).err();
        assert_eq!(refusal, expected.map(RequestRefusal::Page), "{now}");
    }
}

#[test]
fn fresh_once_wants_the_destination_to_be_ours_if_there_is_one() {
    for (destination, is_valid) in [
        (None, true),
        (Some(SSO_URL), true),
        (Some("https://idp.example/saml/sso/"), false),
        (Some("https://idp.example/saml/sso?x=1"), false),
        (Some("http://idp.example/saml/sso"), false),
        (Some("https://other.example/saml/sso"), false),
        (Some(""), false),
    ] {
        let sent = AuthnRequest {
            destination: destination.map(str::to_owned),
            ..request()
        };
        match is_valid {
            true => assert!(judge(sent).is_ok(), "{destination:?}"),
            false => page(sent, PageRefusal::WrongDestination),
        }
    }
}

/// SAML Bindings 3.4.5.2 and 3.5.5.2: a signed message names the URL that it is meant for.
#[test]
fn fresh_once_wants_a_signed_request_to_name_its_destination() {
    let request = AuthnRequest {
        destination: None,
        ..request()
    };
    let context = ValidationContext {
        now: request.issue_instant,
        sso_url: SSO_URL,
        carrier: Carrier::Browser,
    };
    let signed = AuthenticRequest::assumed(request, true);
    assert_eq!(
        validate(signed, &settings(), context, &mut Verdicts::default()),
        Err(RequestRefusal::Page(PageRefusal::NoDestination))
    );
}

#[test]
fn before_the_acs_url_is_verified_a_refusal_is_a_page() {
    let other = "https://other.example".to_owned();
    page(
        AuthnRequest {
            issuer: other.clone(),
            ..request()
        },
        PageRefusal::IssuerMismatch,
    );
    page(
        AuthnRequest {
            acs_url: Some(other.clone()),
            ..request()
        },
        PageRefusal::AcsUrlNotRegistered,
    );
    page(
        AuthnRequest {
            acs_url: None,
            acs_index: Some(7),
            ..request()
        },
        PageRefusal::AcsIndexNotRegistered,
    );
    page(
        AuthnRequest {
            acs_index: Some(0),
            ..request()
        },
        PageRefusal::AcsUrlAndIndex,
    );
    // A wish that cannot be met is not told to an address that is not verified.
    page(
        AuthnRequest {
            acs_url: Some(other),
            protocol_binding: Some(BINDING_REDIRECT.to_owned()),
            ..request()
        },
        PageRefusal::AcsUrlNotRegistered,
    );
}

#[test]
fn keys_from_store_refuses_an_unsigned_request_where_a_signed_one_is_wanted() {
    let strict = ConnectorSettings {
        want_authn_requests_signed: true,
        ..settings()
    };
    let context = ValidationContext {
        now: request().issue_instant,
        sso_url: SSO_URL,
        carrier: Carrier::Browser,
    };
    let judge = |is_signed| {
        validate(
            AuthenticRequest::assumed(request(), is_signed),
            &strict,
            context,
            &mut Verdicts::default(),
        )
    };
    assert_eq!(
        judge(false),
        Err(RequestRefusal::Page(PageRefusal::SignatureRequired))
    );
    assert!(judge(true).is_ok());
}

#[test]
fn wishes_that_cannot_be_met_are_told_by_status() {
    told(
        AuthnRequest {
            protocol_binding: Some(BINDING_REDIRECT.to_owned()),
            ..request()
        },
        FailureStatus::UnsupportedBinding,
    );
    told(
        AuthnRequest {
            subject: Some(RequestedSubject::Unsupported),
            ..request()
        },
        FailureStatus::RequestUnsupported,
    );
    told(
        AuthnRequest {
            name_id_policy: Some(NameIdPolicy {
                format: Some("urn:other".to_owned()),
                ..NameIdPolicy::default()
            }),
            ..request()
        },
        FailureStatus::InvalidNameIdPolicy,
    );
    told(
        AuthnRequest {
            requested_authn_context: Some(RequestedAuthnContext {
                comparison: Comparison::Exact,
                class_refs: vec![AC_SMARTCARD_PKI.to_owned()],
            }),
            ..request()
        },
        FailureStatus::NoAuthnContext,
    );
}

#[test]
fn a_kept_request_is_read_back_equal() {
    let sent = AuthnRequest {
        subject: Some(RequestedSubject::NameId {
            value: "\"ann\"\n".to_owned(),
            format: None,
            name_qualifier: Some("https://idp.example".to_owned()),
            sp_name_qualifier: None,
        }),
        requested_authn_context: Some(RequestedAuthnContext {
            comparison: Comparison::Minimum,
            class_refs: vec![crate::saml::urns::AC_PASSWORD.to_owned()],
        }),
        ..request()
    };
    let valid = judge(sent).unwrap();
    let text = valid.to_pending().unwrap();
    assert_eq!(ValidAuthnRequest::from_pending(&text).unwrap(), valid);
    for damaged in ["", "{}", &text[1..], &text.replace("\"id\"", "\"ID\"")] {
        assert!(
            ValidAuthnRequest::from_pending(damaged).is_err(),
            "{damaged}"
        );
    }
}
