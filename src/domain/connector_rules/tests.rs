//! Valid settings changed in one place, and the pointers that must be told.

use crate::domain::attribute_mapping::{AttributeSource, NameFormat};
use crate::domain::connector::{
    AcsBinding, AcsEndpoint, CertificateUse, ConnectorSettings, EndpointBinding, SloEndpoint,
    SpCertificate,
};
use crate::domain::connector_rules::{
    CERTIFICATE_LIMIT, CONSTANT_LIMIT, ENDPOINT_LIMIT, MAPPING_LIMIT, PEM_LIMIT, RELAY_STATE_LIMIT,
};
use crate::domain::samples::{mapped, mapping, settings};

/// Changes valid settings and compares the places that are wrong then.
fn check(change: impl FnOnce(&mut ConnectorSettings), pointers: &[&str]) {
    let mut settings = settings();
    change(&mut settings);
    let broken = settings.check();
    let found: Vec<_> = broken.iter().map(|v| v.pointer.as_str()).collect();
    assert_eq!(found, pointers, "{broken:?}");
    for violation in &broken {
        assert!(violation.detail.ends_with('.'), "{violation:?}");
    }
}

fn acs(url: &str, index: Option<u16>, is_default: bool) -> AcsEndpoint {
    AcsEndpoint {
        url: url.to_owned(),
        binding: AcsBinding::HttpPost,
        index,
        is_default,
    }
}

const URL: &str = "https://sp.example.com/acs";

#[test]
fn valid_settings_break_nothing() {
    check(|_| {}, &[]);
    check(
        |s| {
            s.acs = vec![
                acs(URL, Some(0), false),
                acs(URL, Some(1), true),
                acs(URL, None, false),
            ];
            s.login_url = "https://sp.example.com/#/start".to_owned();
            s.mappings = vec![
                mapping("a", "x.y"),
                mapping("a", "z"),
                mapped("b", AttributeSource::Constant(String::new())),
            ];
        },
        &[],
    );
}

#[test]
fn names_and_slugs_are_bounded() {
    check(|s| s.name = "  ".to_owned(), &["/name"]);
    check(|s| s.name = "n".repeat(129), &["/name"]);
    check(|s| s.name = "a\0".to_owned(), &["/name"]);
    for slug in ["", "A", "a/b", "-a", "a b"] {
        check(|s| s.slug = slug.to_owned(), &["/slug"]);
    }
}

#[test]
fn an_entity_id_has_1_to_1024_characters() {
    check(|s| s.sp_entity_id = "x".repeat(1024), &[]);
    for entity_id in ["", &"x".repeat(1025), " urn:x", "urn:x\n", "urn:\u{1}"] {
        check(|s| s.sp_entity_id = entity_id.to_owned(), &["/spEntityId"]);
    }
}

#[test]
fn exact_acs_every_url_is_https_or_loopback() {
    check(|s| s.acs.clear(), &["/acsUrls"]);
    check(
        |s| {
            s.acs = vec![
                acs("http://localhost:8081/acs", None, false),
                acs("http://sp.example.com/acs", None, false),
                acs("https://sp.example.com/acs#x", None, false),
            ];
        },
        &["/acsUrls/1/url", "/acsUrls/2/url"],
    );
}

#[test]
fn indexes_are_unique_and_one_url_is_the_default() {
    check(
        |s| s.acs = vec![acs(URL, Some(1), true), acs(URL, Some(1), true)],
        &["/acsUrls/1/index", "/acsUrls/1/isDefault"],
    );
    check(
        |s| s.acs = vec![acs(URL, None, false); ENDPOINT_LIMIT + 1],
        &["/acsUrls"],
    );
}

#[test]
fn logout_urls_follow_the_same_rule() {
    let slo = |url: &str, response_url: Option<&str>| SloEndpoint {
        url: url.to_owned(),
        binding: EndpointBinding::HttpRedirect,
        response_url: response_url.map(str::to_owned),
    };
    check(
        |s| {
            s.slo = vec![
                slo("http://127.0.0.1:1/slo", Some("ftp://x/slo")),
                slo("slo", None),
            ];
        },
        &["/sloUrls/0/responseUrl", "/sloUrls/1/url"],
    );
}

#[test]
fn certificates_are_bounded() {
    let certificate = |bytes: usize| SpCertificate {
        pem: "x".repeat(bytes),
        use_for: CertificateUse::Both,
    };
    check(
        |s| s.certificates = vec![certificate(1); CERTIFICATE_LIMIT + 1],
        &["/spCertificates"],
    );
    check(
        |s| s.certificates = vec![certificate(1), certificate(PEM_LIMIT + 1)],
        &["/spCertificates/1"],
    );
}

#[test]
fn bounded_input_relay_state_and_login_url() {
    check(
        |s| s.default_relay_state = "ü".repeat(RELAY_STATE_LIMIT / 2),
        &[],
    );
    check(
        |s| s.default_relay_state = "ü".repeat(RELAY_STATE_LIMIT / 2) + "x",
        &["/defaultRelayState"],
    );
    check(
        |s| s.default_relay_state = "\u{1}".to_owned(),
        &["/defaultRelayState"],
    );
    for url in ["javascript:alert(1)", "http://sp.example.com", "sp"] {
        check(|s| s.login_url = url.to_owned(), &["/loginUrl"]);
    }
}

#[test]
fn c3_one_name_with_two_formats_is_refused() {
    check(
        |s| {
            s.mappings = vec![
                mapping("a", "x"),
                mapping("A", "x"),
                mapping("a", "y"),
                mapping("a", "z"),
            ];
            s.mappings[1].name_format = NameFormat::Uri;
            s.mappings[2].name_format = NameFormat::Uri;
        },
        &["/attributeMappings/2/nameFormat"],
    );
}

#[test]
fn b26_a_mapping_has_a_name() {
    check(
        |s| {
            s.mappings = vec![
                mapping("a", "x"),
                mapping(" ", "x"),
                mapping("a\u{FFFF}", "x"),
            ];
        },
        &[
            "/attributeMappings/1/spAttributeName",
            "/attributeMappings/2/spAttributeName",
        ],
    );
    check(
        |s| s.mappings = vec![mapping(&"n".repeat(513), "x")],
        &["/attributeMappings/0/spAttributeName"],
    );
    check(
        |s| s.mappings = vec![mapping("a", "x"); MAPPING_LIMIT + 1],
        &["/attributeMappings"],
    );
}

#[test]
fn b7_constants_hold_what_xml_can_carry() {
    let constant = |value: String| mapped("a", AttributeSource::Constant(value));
    check(
        |s| s.mappings = vec![constant("<&\"'>\n😀".to_owned())],
        &[],
    );
    for value in ["\u{8}".to_owned(), "x".repeat(CONSTANT_LIMIT + 1)] {
        check(
            |s| s.mappings = vec![constant(value)],
            &["/attributeMappings/0/source/value"],
        );
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    check(
        |s| {
            s.name.clear();
            s.slug.clear();
            s.sp_entity_id.clear();
            s.acs.clear();
        },
        &["/name", "/slug", "/spEntityId", "/acsUrls"],
    );
}
