//! Accounts, passwords, administrators.

use vestibule::domain::admin::AdminRole;
use vestibule::domain::ids::AccountId;
use vestibule::domain::session::AccountKind;
use vestibule::domain::user::UserState;
use vestibule::domain::user_schedule::UserSchedule;
use vestibule::store::accounts::{self, AccountHolder};
use vestibule::store::administrators::{self, NewAdministrator};
use vestibule::store::error::{StoreError, UniqueField};
use vestibule::store::users;

use crate::store::databases::each_database;
use crate::store::samples::{self, at, id};

fn ada() -> NewAdministrator {
    NewAdministrator {
        public_id: id("a-ada"),
        username: "Ada".to_owned(),
        email: "ada@example.com".to_owned(),
        role: AdminRole::Manager,
        created_at: at(0),
    }
}

#[test]
fn a_sign_in_name_finds_either_kind_ignoring_case() {
    each_database(|store| {
        let jason = samples::user(store, "Jason");
        let ada = samples::write(store, |conn| administrators::insert(conn, &ada()));

        let found = samples::read(store, |conn| accounts::find_by_username(conn, "jASON"))
            .expect("the user");
        assert_eq!(found.password_hash, None);
        assert_eq!(found.account.username, "Jason");
        assert_eq!(found.account.public_id, jason.public_id);
        let (user, state) = (jason.id, UserState::Activated);
        assert_eq!(
            found.account.holder,
            AccountHolder::User {
                id: user,
                state,
                schedule: UserSchedule::default(),
            }
        );

        let found = samples::read(store, |conn| accounts::find_by_username(conn, "ADA"))
            .expect("the administrator");
        assert_eq!(found.account.holder.kind(), AccountKind::Administrator);
        let (admin, role) = (ada.id, AdminRole::Manager);
        assert_eq!(
            found.account.holder,
            AccountHolder::Administrator { id: admin, role }
        );
        assert!(samples::read(store, |conn| accounts::find_by_username(conn, "bob")).is_none());
    });
}

#[test]
fn names_are_unique_over_both_kinds() {
    each_database(|store| {
        samples::user(store, "ada");
        let refused = store.write(|conn| administrators::insert(conn, &ada()));
        assert!(matches!(
            refused,
            Err(StoreError::NotUnique(UniqueField::Username))
        ));
    });
}

#[test]
fn a_password_is_set_and_taken_away() {
    each_database(|store| {
        let account = AccountId::new(samples::user(store, "jason").id.get());
        let hash_of = |store| {
            samples::read(store, |conn| accounts::find_by_username(conn, "jason"))
                .expect("the user")
                .password_hash
        };
        let set = |hash: Option<&'static str>| {
            samples::write(store, move |conn| {
                accounts::set_password(conn, account, hash, at(5))
            })
        };
        assert!(set(Some("$argon2id$one")));
        assert_eq!(hash_of(store).as_deref(), Some("$argon2id$one"));
        assert!(set(None));
        assert_eq!(hash_of(store), None);
        let nobody = samples::write(store, |conn| {
            accounts::set_password(conn, AccountId::new(77), None, at(5))
        });
        assert!(!nobody);
    });
}

#[test]
fn administrators_are_kept_and_are_no_users() {
    each_database(|store| {
        let mut ada = samples::write(store, |conn| administrators::insert(conn, &ada()));
        assert_eq!(
            samples::read(store, |conn| administrators::find(conn, ada.id)),
            Some(ada.clone())
        );
        assert!(
            samples::read(store, |conn| users::find_by_public_id(conn, &ada.public_id)).is_none()
        );
        ada.role = AdminRole::ReadOnly;
        ada.email = "ada@example.org".to_owned();
        let saved = ada.clone();
        assert!(samples::write(store, move |conn| administrators::save(
            conn, &saved
        )));
        assert_eq!(samples::read(store, administrators::list), [ada.clone()]);
        let count = |role| {
            samples::read(store, move |conn| {
                administrators::count_with_role(conn, role)
            })
        };
        assert_eq!(
            (count(AdminRole::ReadOnly), count(AdminRole::Manager)),
            (1, 0)
        );

        assert!(samples::write(store, move |conn| administrators::delete(
            conn, ada.id
        )));
        assert!(samples::read(store, administrators::list).is_empty());
        samples::user(store, "ada");
    });
}
