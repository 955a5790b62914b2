use crate::domain::app_access::AccessReason;
use crate::domain::connector::{
    AcsEndpoint, Connector, ConnectorSettings, ConnectorStatus, EndpointBinding, NameIdChoice,
    NameIdFormat, SignatureAlgorithm, SignatureScope,
};
use crate::domain::ids::{ConnectorId, PublicId};
use crate::domain::samples::{bound, inherited, mapping, user};
use crate::domain::sign_on::{SignOnView, decide};
use crate::domain::user::{UserField, UserState};

fn view() -> SignOnView {
    SignOnView {
        user: user("jason"),
        connector: Connector {
            id: ConnectorId::new(1),
            public_id: PublicId::new("aws"),
            settings: ConnectorSettings {
                name: "AWS".to_owned(),
                slug: "aws".to_owned(),
                status: ConnectorStatus::Active,
                template: None,
                sp_entity_id: "urn:amazon:webservices".to_owned(),
                acs: vec![AcsEndpoint {
                    url: "https://signin.aws.amazon.com/saml".to_owned(),
                    binding: EndpointBinding::HttpPost,
                    index: None,
                    is_default: true,
                }],
                slo: vec![],
                certificates: vec![],
                want_authn_requests_signed: false,
                name_id: NameIdChoice {
                    source: UserField::Email,
                    format: NameIdFormat::EmailAddress,
                },
                sign: SignatureScope::Assertion,
                signature_algorithm: SignatureAlgorithm::RsaSha256,
                default_relay_state: String::new(),
                login_url: String::new(),
                mappings: vec![mapping("team", "TeamName"), mapping("x", "absent")],
                metadata_xml: None,
            },
            version: 1,
        },
        memberships: vec![bound(2), bound(1)],
        group_attributes: vec![
            inherited(1, 1, "TeamName", "team-a"),
            inherited(2, 2, "TeamName", "team-b"),
        ],
        user_attributes: vec![],
    }
}

#[test]
fn c2_one_function_decides_and_explains() {
    let decision = decide(&view());
    assert!(decision.access.is_allowed());
    let paths: Vec<_> = decision
        .access
        .paths
        .iter()
        .map(|p| &p.group_name)
        .collect();
    assert_eq!(paths, ["Team-A", "Team-B"]);
    assert_eq!(decision.release.attributes[0].values, ["team-b"]);
    assert_eq!(decision.release.omitted[0].mapping, 1);
}

#[test]
fn c2_a_refusal_still_shows_what_would_be_released() {
    let allowed = decide(&view()).release;
    let mut suspended = view();
    suspended.user.state = UserState::Suspended;
    let decision = decide(&suspended);
    assert_eq!(decision.access.reason, AccessReason::UserNotActive);
    assert_eq!(decision.release, allowed);

    let mut unbound = view();
    unbound.memberships.clear();
    let decision = decide(&unbound);
    assert_eq!(decision.access.reason, AccessReason::NotBound);
    assert_eq!(decision.release.attributes, []);
}
