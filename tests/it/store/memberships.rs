//! Memberships and bindings.

use vestibule::domain::ids::GroupId;
use vestibule::domain::membership::MembershipSource;
use vestibule::domain::user::{User, UserState};
use vestibule::domain::user_group::MembershipMethod;
use vestibule::store::app_bindings;
use vestibule::store::connectors;
use vestibule::store::member_list;
use vestibule::store::memberships::{self, NewMembership};
use vestibule::store::paging::PageRequest;
use vestibule::store::{custom_attributes, user_groups, users};

use crate::store::databases::each_database;
use crate::store::samples::{self, at, id, text};

#[test]
fn a10_a_membership_knows_source_since_when_and_cause() {
    each_database(|store| {
        let user = samples::user(store, "jason");
        let group = samples::group(store, "Writers");
        let new = NewMembership {
            user: user.id,
            group: group.id,
            source: MembershipSource::Rule,
            since: at(7),
            cause: "event-7".to_owned(),
        };
        let add = move |conn: &mut _| memberships::add(conn, &new);
        assert!(samples::write(store, add.clone()));
        assert!(!samples::write(store, add), "adding again changes nothing");

        let groups = samples::read(store, |conn| memberships::list_groups_of(conn, user.id));
        let [only] = groups.as_slice() else {
            panic!("{groups:?}");
        };
        assert_eq!(only.group_name, "Writers");
        assert_eq!(only.group_public_id, group.public_id);
        assert_eq!(only.method, MembershipMethod::Static);
        assert_eq!(only.source, MembershipSource::Rule);
        assert_eq!((only.since, only.cause.as_str()), (at(7), "event-7"));

        for source in MembershipSource::ALL {
            let changed = samples::write(store, move |conn| {
                memberships::set_source(conn, user.id, group.id, source)
            });
            assert!(changed);
            let found = samples::read(store, |conn| memberships::find(conn, user.id, group.id));
            assert_eq!(found, Some(source));
            let of_user = samples::read(store, |conn| memberships::of_user(conn, user.id));
            assert_eq!(of_user, [(group.id, source)]);
            let of_group = samples::read(store, |conn| memberships::of_group(conn, group.id));
            assert_eq!(of_group, [(user.id, source)]);
        }
        let remove = move |conn: &mut _| memberships::remove(conn, user.id, group.id);
        assert!(samples::write(store, remove));
        assert!(!samples::write(store, remove));
        assert_eq!(
            samples::read(store, |conn| memberships::find(conn, user.id, group.id)),
            None
        );
    });
}

#[test]
fn a46_members_are_listed_in_alphabetical_order() {
    each_database(|store| {
        let group = samples::group(store, "Writers");
        let other = samples::group(store, "Readers");
        for name in ["stacy", "Jason", "mark"] {
            let user = samples::user(store, name);
            samples::join(store, &user, &group);
        }
        let stranger = samples::user(store, "anna");
        samples::join(store, &stranger, &other);
        let page = |q: Option<&str>, page: &PageRequest| {
            samples::read(store, |conn| member_list::list(conn, group.id, q, page))
        };
        let first = page(None, &PageRequest::first(2));
        let names: Vec<_> = first
            .items
            .iter()
            .map(|member| member.username.as_str())
            .collect();
        assert_eq!((names, first.total), (vec!["Jason", "mark"], 3));
        let rest = page(
            None,
            &PageRequest {
                limit: 2,
                after: first.next,
            },
        );
        let [last] = rest.items.as_slice() else {
            panic!("{rest:?}");
        };
        assert_eq!(last.username, "stacy");
        assert_eq!(last.display_name, "Display stacy");
        assert_eq!(last.user_public_id, id("u-stacy"));
        assert_eq!((last.source, last.since), (MembershipSource::Direct, at(1)));
        assert_eq!(last.cause, "event-1");
        assert_eq!(rest.next, None);
        let found = page(Some("JAS"), &PageRequest::first(10));
        assert_eq!((found.items.len(), found.total), (1, 1));
        let count = samples::read(store, |conn| memberships::count(conn, group.id));
        assert_eq!(count, 3);
    });
}

#[test]
fn memberships_go_with_user_and_group() {
    each_database(|store| {
        let (jason, mark) = (samples::user(store, "jason"), samples::user(store, "mark"));
        let (a, b) = (samples::group(store, "A"), samples::group(store, "B"));
        for user in [&jason, &mark] {
            for group in [&a, &b] {
                samples::join(store, user, group);
            }
        }
        samples::write(store, move |conn| users::delete(conn, jason.id));
        samples::write(store, move |conn| user_groups::delete(conn, a.id));
        let left = samples::read(store, |conn| memberships::of_group(conn, b.id));
        assert_eq!(left, [(mark.id, MembershipSource::Direct)]);
        let left = samples::read(store, |conn| memberships::of_user(conn, mark.id));
        assert_eq!(left, [(b.id, MembershipSource::Direct)]);
    });
}

#[test]
fn groups_are_bound_to_connectors_and_back() {
    each_database(|store| {
        let (writers, readers) = (
            samples::group(store, "Writers"),
            samples::group(store, "Readers"),
        );
        let aws = samples::write(store, |conn| {
            connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))
        });
        samples::write(store, move |conn| {
            custom_attributes::replace_of_group(
                conn,
                writers.id,
                &[text("TeamName", "a"), text("Badge", "b")],
            )?;
            custom_attributes::insert_of_group(conn, readers.id, &text("TeamName", "c"))
        });
        let (connector, group) = (aws.id, writers.id);
        let bind = move |conn: &mut _| app_bindings::bind(conn, connector, group);
        assert!(samples::write(store, bind));
        assert!(!samples::write(store, bind));
        samples::write(store, move |conn| {
            app_bindings::bind(conn, connector, readers.id)
        });

        let groups = samples::read(store, |conn| app_bindings::list_groups(conn, connector));
        let names: Vec<_> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, ["Readers", "Writers"]);
        let bound = samples::read(store, |conn| app_bindings::list_connectors(conn, group));
        assert_eq!(bound.len(), 1);
        assert_eq!(
            (bound[0].slug.as_str(), &bound[0].public_id),
            ("aws", &id("c-aws"))
        );
        // Rule B28: names on the groups bound to this application.
        let names = samples::read(store, |conn| {
            custom_attributes::names_on_groups_of(conn, connector)
        });
        assert_eq!(names, ["Badge", "TeamName"]);

        let unbind = move |conn: &mut _| app_bindings::unbind(conn, connector, group);
        assert!(samples::write(store, unbind));
        assert!(!samples::write(store, unbind));
        assert!(samples::read(store, |conn| app_bindings::list_connectors(conn, group)).is_empty());
    });
}

#[test]
fn whom_a_binding_lets_in_is_counted_once_and_only_if_active() {
    each_database(|store| {
        let group = |name| samples::group(store, name);
        let (writers, readers, bound) = (group("Writers"), group("Readers"), group("Bound"));
        for (name, groups) in [
            ("jason", vec![&writers]),
            ("stacy", vec![&writers, &readers]),
            ("mark", vec![&writers, &bound]),
            ("gone", vec![&readers]),
        ] {
            let user = samples::user(store, name);
            for group in groups {
                samples::join(store, &user, group);
            }
            if name == "gone" {
                let suspended = User {
                    state: UserState::Suspended,
                    ..user
                };
                samples::write(store, move |conn| users::save(conn, &suspended, at(9)));
            }
        }
        let count = |groups: &[GroupId], others: &[GroupId]| {
            samples::read(store, |conn| {
                memberships::count_active_beyond(conn, groups, others)
            })
        };
        assert_eq!(count(&[writers.id, readers.id], &[]), 3);
        assert_eq!(count(&[writers.id, readers.id], &[bound.id]), 2);
        assert_eq!(count(&[readers.id], &[writers.id]), 0);
        assert_eq!(count(&[], &[bound.id]), 0);
    });
}
