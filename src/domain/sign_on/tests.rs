//! One function decides and explains, refusals included.

use crate::domain::app_access::{AccessPaths, AccessReason};
use crate::domain::connector::{Connector, ConnectorSettings};
use crate::domain::ids::{ConnectorId, PublicId};
use crate::domain::samples::{bound, inherited, mapping, settings, user};
use crate::domain::sign_on::SignOnView;
use crate::domain::user::UserState;

fn view() -> SignOnView {
    SignOnView {
        user: user("jason"),
        connector: Connector {
            id: ConnectorId::new(1),
            public_id: PublicId::new("aws"),
            settings: ConnectorSettings {
                mappings: vec![mapping("team", "TeamName"), mapping("x", "absent")],
                ..settings()
            },
            version: 1,
        },
        memberships: AccessPaths::new(vec![bound(2), bound(1)]),
        group_asks_for_mfa: false,
        group_attributes: vec![
            inherited(1, 1, "TeamName", "team-a"),
            inherited(2, 2, "TeamName", "team-b"),
        ],
        user_attributes: vec![],
    }
}

#[test]
fn c2_one_function_decides_and_explains() {
    let decision = view().decide();
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
    let allowed = view().decide().release;
    let mut suspended = view();
    suspended.user.state = UserState::Suspended;
    let decision = suspended.decide();
    assert_eq!(decision.access.reason, AccessReason::UserNotActive);
    assert_eq!(decision.release, allowed);

    let mut unbound = view();
    unbound.memberships = AccessPaths::default();
    let decision = unbound.decide();
    assert_eq!(decision.access.reason, AccessReason::NotBound);
    assert_eq!(decision.release.attributes, []);
}
