//! Requirement EXACT-ACS.

use super::*;

use crate::saml::instant;

fn endpoint(
    url: &str,
    binding: EndpointBinding,
    index: Option<u16>,
    is_default: bool,
) -> AcsEndpoint {
    AcsEndpoint {
        url: url.to_owned(),
        binding,
        index,
        is_default,
    }
}

fn registered() -> Vec<AcsEndpoint> {
    vec![
        endpoint(
            "https://sp.example/redirect",
            EndpointBinding::HttpRedirect,
            Some(0),
            false,
        ),
        endpoint(
            "https://sp.example/acs",
            EndpointBinding::HttpPost,
            Some(1),
            false,
        ),
        endpoint(
            "https://sp.example/acs2",
            EndpointBinding::HttpPost,
            Some(2),
            true,
        ),
    ]
}

fn check(url: Option<&str>, index: Option<u16>, expected: Result<&str, PageRefusal>) {
    let request = AuthnRequest {
        id: "_1".to_owned(),
        issuer: "sp".to_owned(),
        issue_instant: instant::parse("2026-11-01T12:00:00Z").unwrap(),
        destination: None,
        acs_url: url.map(str::to_owned),
        acs_index: index,
        protocol_binding: None,
        force_authn: false,
        is_passive: false,
        name_id_policy: None,
        requested_authn_context: None,
        subject: None,
    };
    assert_eq!(
        choose(&request, &registered()),
        expected,
        "{url:?} {index:?}"
    );
}

#[test]
fn exact_acs_compares_octets() {
    check(
        Some("https://sp.example/acs"),
        None,
        Ok("https://sp.example/acs"),
    );
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
        // Registered, but not for responses.
        "https://sp.example/redirect",
    ] {
        check(Some(other), None, Err(PageRefusal::AcsUrlNotRegistered));
    }
}

#[test]
fn exact_acs_knows_index_default_and_first() {
    check(None, Some(1), Ok("https://sp.example/acs"));
    check(None, Some(0), Err(PageRefusal::AcsIndexNotRegistered));
    check(None, Some(9), Err(PageRefusal::AcsIndexNotRegistered));
    check(None, None, Ok("https://sp.example/acs2"));
    check(
        Some("https://sp.example/acs"),
        Some(1),
        Err(PageRefusal::AcsUrlAndIndex),
    );
    let mut without_default = registered();
    without_default[2].is_default = false;
    assert_eq!(
        default_acs(&without_default),
        Some("https://sp.example/acs")
    );
    assert_eq!(default_acs(&registered()[..1]), None);
}

#[test]
fn check_at_issue_asks_the_list_again() {
    assert!(is_registered("https://sp.example/acs", &registered()));
    assert!(!is_registered("https://sp.example/redirect", &registered()));
    assert!(!is_registered("https://sp.example/acs", &[]));
}
