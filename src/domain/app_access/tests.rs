//! Who gets in and by which groups, as a table.

use crate::domain::app_access::AccessReason::{
    Allowed, ConnectorInactive, NotBound, UserNotActive,
};
use crate::domain::app_access::{AccessPaths, AccessReason, BoundMembership, decide};
use crate::domain::connector::ConnectorStatus::{self, Active, Inactive};
use crate::domain::samples::bound;
use crate::domain::user::UserState::{self, Activated, Staged, Suspended};

fn check(
    user: UserState,
    connector: ConnectorStatus,
    memberships: Vec<BoundMembership>,
    reason: AccessReason,
) {
    let decision = decide(user, connector, AccessPaths::new(memberships));
    assert_eq!(decision.reason, reason, "{user:?} {connector:?}");
    assert_eq!(decision.is_allowed(), reason == Allowed);
}

#[test]
fn c1_access_needs_an_active_user_an_active_connector_and_a_bound_group() {
    check(Activated, Active, vec![bound(1)], Allowed);
    check(Activated, Active, vec![], NotBound);
    check(Activated, Inactive, vec![bound(1)], ConnectorInactive);
    check(Activated, Inactive, vec![], ConnectorInactive);
    for state in [Staged, Suspended] {
        for connector in [Active, Inactive] {
            check(state, connector, vec![bound(1)], UserNotActive);
            check(state, connector, vec![], UserNotActive);
        }
    }
}

#[test]
fn c2_the_decision_names_the_groups_in_alphabetical_order() {
    let named = |key, name: &str| BoundMembership {
        group_name: name.to_owned(),
        ..bound(key)
    };
    let memberships = vec![named(1, "beta"), named(2, "Zeta"), named(3, "Alpha")];
    let paths = AccessPaths::new(memberships);
    for state in [Activated, Suspended] {
        let decision = decide(state, Active, paths.clone());
        let names: Vec<_> = decision.paths.iter().map(|path| &path.group_name).collect();
        assert_eq!(names, ["Alpha", "beta", "Zeta"]);
    }
}

#[test]
fn reasons_are_spelled_as_the_api_has_them() {
    for (reason, spelling) in [
        (Allowed, "ALLOWED"),
        (NotBound, "NOT_BOUND"),
        (UserNotActive, "USER_NOT_ACTIVE"),
        (ConnectorInactive, "CONNECTOR_INACTIVE"),
    ] {
        assert_eq!(reason.as_str(), spelling);
    }
}
