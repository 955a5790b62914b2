//! Rule C5 with scopes.

use super::*;

fn limited() -> RoleScope {
    RoleScope::Groups(vec![ScopedGroup {
        id: GroupId::new(1),
        public_id: PublicId::new("g"),
        name: "Team-A".to_owned(),
    }])
}

/// A scope takes away and never gives.
#[test]
fn c5_a_limited_role_may_nothing_that_the_role_may_not() {
    for role in AdminRole::ALL {
        for action in Action::ALL {
            for object in Object::ALL {
                let free = reach(role, false, (action, object));
                assert_eq!(free.is_ok(), authorize(role, action, object).is_ok());
                assert!(!matches!(free, Ok(Reach::ThisGroup | Reach::ThisUser)));
                let bound = reach(role, true, (action, object));
                assert!(
                    bound.is_err() || free.is_ok(),
                    "{role:?} {action:?} {object:?}"
                );
            }
        }
    }
}

#[test]
fn c5_a_limited_role_acts_on_its_groups_or_their_members_and_on_nothing_else() {
    for role in AdminRole::ALL {
        for action in Action::ALL
            .into_iter()
            .filter(|action| *action != Action::See)
        {
            for object in Object::ALL {
                let expected = match (role, object) {
                    (AdminRole::Manager, Object::Group) if action != Action::Delete => {
                        Some(Reach::ThisGroup)
                    }
                    (AdminRole::HelpDesk, Object::User) => Some(Reach::ThisUser),
                    _ => None,
                };
                let expected = expected.filter(|_| authorize(role, action, object).is_ok());
                let found = reach(role, true, (action, object)).ok();
                assert_eq!(found, expected, "{role:?} {action:?} {object:?}");
            }
        }
    }
}

#[test]
fn c5_a_scope_without_groups_holds_none() {
    let empty = RoleScope::Groups(Vec::new());
    assert!(empty.is_limited() && !empty.holds(&PublicId::new("g")));
    assert!(limited().holds(&PublicId::new("g")) && !limited().holds(&PublicId::new("h")));
    assert!(RoleScope::Everywhere.holds(&PublicId::new("h")));
}
