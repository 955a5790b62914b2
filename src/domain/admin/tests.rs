//! The role matrix as a table, and the spellings of the roles.

use crate::domain::admin::AdminRole::{Administrator, HelpDesk, Manager, ReadOnly};
use crate::domain::admin::{Action, AdminRole, Denied, Object, authorize};

/// Who may, as letters: A(dministrator), M(anager), H(elp Desk), R(ead Only). The columns are
/// see, edit, delete, review, reset password, suspend, end sessions, erase.
const MATRIX: [(Object, [&str; 8]); 10] = [
    (
        Object::User,
        ["AMHR", "AM", "AM", "AM", "AMH", "AMH", "AMH", "A"],
    ),
    (
        Object::Group,
        ["AMR", "AM", "AM", "AM", "AM", "AM", "AM", "A"],
    ),
    (
        Object::Connector,
        ["AMR", "AM", "AM", "AM", "AM", "AM", "AM", "A"],
    ),
    (
        Object::Binding,
        ["AMR", "AM", "AM", "AM", "AM", "AM", "AM", "A"],
    ),
    (
        Object::Audit,
        ["AMR", "AM", "AM", "AM", "AM", "AM", "AM", "A"],
    ),
    (
        Object::Report,
        ["AMR", "AM", "AM", "AM", "AM", "AM", "AM", "A"],
    ),
    (
        Object::Administrator,
        ["AR", "A", "A", "A", "A", "A", "A", "A"],
    ),
    (Object::ApiToken, ["AR", "A", "A", "A", "A", "A", "A", "A"]),
    (
        Object::SigningKey,
        ["AR", "A", "A", "A", "A", "A", "A", "A"],
    ),
    (Object::Settings, ["AR", "A", "A", "A", "A", "A", "A", "A"]),
];

#[test]
fn a31_c5_the_role_matrix() {
    assert_eq!(MATRIX.map(|(object, _)| object), Object::ALL);
    for (object, row) in MATRIX {
        for (action, allowed) in Action::ALL.into_iter().zip(row) {
            for (role, letter) in AdminRole::ALL.into_iter().zip(['A', 'M', 'H', 'R']) {
                assert_eq!(
                    authorize(role, action, object),
                    if allowed.contains(letter) {
                        Ok(())
                    } else {
                        Err(Denied { role })
                    },
                    "{role:?} {action:?} {object:?}"
                );
            }
        }
    }
}

#[test]
fn roles_are_spelled_as_command_line_and_pages_have_them() {
    for (role, spelling, label) in [
        (Administrator, "administrator", "Administrator"),
        (Manager, "manager", "Manager"),
        (HelpDesk, "help-desk", "Help Desk"),
        (ReadOnly, "read-only", "Read Only"),
    ] {
        assert_eq!((role.as_str(), role.label()), (spelling, label));
        assert_eq!(AdminRole::parse(spelling), Some(role));
    }
    assert_eq!(AdminRole::parse("Administrator"), None);
    assert_eq!(
        Denied { role: HelpDesk }.to_string(),
        "the role Help Desk does not permit this"
    );
}
