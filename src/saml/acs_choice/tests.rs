//! Requirement EXACT-ACS.

use super::*;

use crate::domain::connector::{CertificateUse, SpCertificate};
use crate::domain::samples::settings as sample;
use crate::saml::instant;
use crate::saml::urns::BINDING_REDIRECT;

const ARTIFACT: &str = "https://sp.example/artifact";
const PAOS: &str = "https://sp.example/paos";
const ACS: &str = "https://sp.example/acs";
const DEFAULT: &str = "https://sp.example/acs2";

fn endpoint(url: &str, binding: AcsBinding, index: u16, is_default: bool) -> AcsEndpoint {
    AcsEndpoint {
        url: url.to_owned(),
        binding,
        index: Some(index),
        is_default,
    }
}

/// An application that can sign, so that it can fetch.
fn registered() -> ConnectorSettings {
    ConnectorSettings {
        acs: vec![
            endpoint(PAOS, AcsBinding::Paos, 0, false),
            endpoint(ARTIFACT, AcsBinding::HttpArtifact, 3, false),
            endpoint(ACS, AcsBinding::HttpPost, 1, false),
            endpoint(DEFAULT, AcsBinding::HttpPost, 2, true),
        ],
        certificates: vec![certificate(CertificateUse::Signing)],
        ..sample()
    }
}

fn certificate(use_for: CertificateUse) -> SpCertificate {
    SpCertificate {
        pem: String::new(),
        use_for,
    }
}

fn request(url: Option<&str>, index: Option<u16>, binding: Option<&str>) -> AuthnRequest {
    AuthnRequest {
        id: "_1".to_owned(),
        issuer: "sp".to_owned(),
        issue_instant: instant::parse("2026-11-01T12:00:00Z").unwrap(),
        destination: None,
        acs_url: url.map(str::to_owned),
        acs_index: index,
        protocol_binding: binding.map(str::to_owned),
        force_authn: false,
        is_passive: false,
        name_id_policy: None,
        requested_authn_context: None,
        subject: None,
    }
}

fn check(url: Option<&str>, index: Option<u16>, expected: Result<&str, PageRefusal>) {
    let chosen = choose(&request(url, index, None), &registered(), Carrier::Browser);
    let chosen = chosen.map(|target| target.url);
    assert_eq!(chosen, expected.map(str::to_owned), "{url:?} {index:?}");
}

fn check_binding(binding: &str, carrier: Carrier, expected: &str) {
    let asked = request(None, None, Some(binding));
    let chosen = choose(&asked, &registered(), carrier).unwrap();
    assert_eq!(chosen.url, expected, "{binding} {carrier:?}");
}

#[test]
fn exact_acs_compares_octets() {
    check(Some(ACS), None, Ok(ACS));
    for other in [
        "https://sp.example/acs/",
        "https://sp.example/ACS",
        "https://SP.example/acs",
        "https://sp.example:443/acs",
        "https://sp.example/acs?x=1",
        "https://sp.example/acs#x",
        "https://sp.example/%61cs",
        "https://sp.example/acs ",
        "https://sp.example/x/../acs",
        "https://sp.example",
        "https://evil.example/acs",
        "",
        // Registered, but for another carrier.
        PAOS,
    ] {
        check(Some(other), None, Err(PageRefusal::AcsUrlNotRegistered));
    }
}

#[test]
fn exact_acs_knows_index_default_and_first() {
    check(None, Some(1), Ok(ACS));
    check(None, Some(3), Ok(ARTIFACT));
    check(None, Some(0), Err(PageRefusal::AcsIndexNotRegistered));
    check(None, Some(9), Err(PageRefusal::AcsIndexNotRegistered));
    check(None, None, Ok(DEFAULT));
    check(Some(ACS), Some(1), Err(PageRefusal::AcsUrlAndIndex));
    let mut changed = registered();
    changed.acs[3].is_default = false;
    // A browser posts wherever nothing else is asked for.
    assert_eq!(default_acs(&changed).unwrap().url, ACS);
    changed.acs.truncate(1);
    assert_eq!(default_acs(&changed), None);
}

/// SAML Core 3.4.1, ProtocolBinding.
#[test]
fn the_binding_that_is_asked_for_decides_among_what_fits() {
    let browser = Carrier::Browser;
    check_binding(BINDING_ARTIFACT, browser, ARTIFACT);
    check_binding(BINDING_POST, browser, DEFAULT);
    // None of it: the usual one, whose binding is then told to be another.
    check_binding(BINDING_REDIRECT, browser, DEFAULT);
    check_binding(BINDING_PAOS, browser, DEFAULT);
    check_binding(BINDING_PAOS, Carrier::EnhancedClient, PAOS);
    let mut twice = registered();
    twice.acs[1].url = ACS.to_owned();
    for (binding, expected) in [
        (BINDING_ARTIFACT, AcsBinding::HttpArtifact),
        (BINDING_POST, AcsBinding::HttpPost),
    ] {
        let asked = request(Some(ACS), None, Some(binding));
        assert_eq!(choose(&asked, &twice, browser).unwrap().binding, expected);
    }
}

/// SAML Profiles 4.1.3.5: only the service provider that a response was issued to may fetch it.
#[test]
fn nothing_waits_for_an_application_that_cannot_sign() {
    for certificates in [vec![], vec![certificate(CertificateUse::Encryption)]] {
        let settings = ConnectorSettings {
            certificates,
            ..registered()
        };
        let asked = request(Some(ARTIFACT), None, None);
        assert_eq!(
            choose(&asked, &settings, Carrier::Browser),
            Err(PageRefusal::AcsUrlNotRegistered)
        );
    }
}

#[test]
fn check_at_issue_asks_the_list_again() {
    let target = |url: &str, binding: AcsBinding| AcsTarget {
        url: url.to_owned(),
        binding,
    };
    for (url, binding) in [
        (ACS, AcsBinding::HttpPost),
        (ARTIFACT, AcsBinding::HttpArtifact),
        (PAOS, AcsBinding::Paos),
    ] {
        let target = target(url, binding);
        assert!(is_registered(&target, &registered()), "{url}");
        let mut none = registered();
        none.acs.clear();
        assert!(!is_registered(&target, &none), "{url}");
    }
    assert!(!is_registered(
        &target(ACS, AcsBinding::Paos),
        &registered()
    ));
}
