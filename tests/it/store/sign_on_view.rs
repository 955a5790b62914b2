//! The read model of a sign-on.

use vestibule::domain::app_access::AccessReason;
use vestibule::domain::connector::Connector;
use vestibule::domain::custom_attribute::AttributeKind;
use vestibule::domain::ids::{ConnectorId, UserId};
use vestibule::domain::membership::MembershipSource;
use vestibule::domain::user_group::{MembershipMethod, UserGroup};
use vestibule::store::handle::Store;
use vestibule::store::{app_bindings, connectors, custom_attributes, sign_on_view, user_groups};

use crate::store::databases::each_database;
use crate::store::samples::{self, at, attribute, id, text};

fn connector(store: &Store, name: &'static str) -> Connector {
    samples::write(store, move |conn| {
        connectors::insert(conn, &id(name), &samples::settings(name), at(0))
    })
}

fn bind(store: &Store, connector: &Connector, group: &UserGroup) {
    let (connector, group) = (connector.id, group.id);
    samples::write(store, move |conn| {
        app_bindings::bind(conn, connector, group)
    });
}

/// Rules B1, B9: groups that bind the user to this application, and none besides.
#[test]
fn b9_only_groups_that_connect_the_user_to_the_application_are_read() {
    each_database(|store| {
        let aws = connector(store, "aws");
        let other = connector(store, "other");
        let user = samples::user(store, "jason");
        let bound = samples::group(store, "Bound");
        let not_member = samples::group(store, "NotMember");
        let not_bound = samples::group(store, "NotBound");
        bind(store, &aws, &bound);
        bind(store, &aws, &not_member);
        bind(store, &other, &not_bound);
        samples::join(store, &user, &bound);
        samples::join(store, &user, &not_bound);
        for group in [bound.id, not_member.id, not_bound.id] {
            samples::write(store, move |conn| {
                custom_attributes::replace_of_group(
                    conn,
                    group,
                    &[
                        text("TeamName", "t"),
                        text("unmapped", "u"),
                        text("teamname", "v"),
                    ],
                )
            });
        }
        let own = user.id;
        samples::write(store, move |conn| {
            let json = attribute("otherInfo", AttributeKind::Json, r#"{"team":"x"}"#);
            custom_attributes::replace_of_user(conn, own, &[json, text("unmapped", "u")])
        });

        let view = samples::read(store, |conn| sign_on_view::load(conn, user.id, aws.id))
            .expect("the view");
        assert_eq!(view.user, user);
        let mut without_document = aws.clone();
        without_document.settings.metadata_xml = None;
        assert_eq!(view.connector, without_document);
        let [membership] = &view.memberships[..] else {
            panic!("{:?}", view.memberships);
        };
        assert_eq!(membership.group, bound.id);
        assert_eq!(membership.group_name, "Bound");
        assert_eq!(membership.group_public_id, bound.public_id);
        assert_eq!(membership.source, MembershipSource::Direct);
        assert_eq!(membership.since, at(1));
        let [from_group] = view.group_attributes.as_slice() else {
            panic!("{:?}", view.group_attributes);
        };
        assert_eq!(from_group.attribute, text("TeamName", "t"));
        assert_eq!(
            (from_group.group, from_group.group_is_dynamic),
            (bound.id, false)
        );
        let names: Vec<_> = view
            .user_attributes
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["otherInfo"]);
        assert_eq!(view.decide().access.reason, AccessReason::Allowed);
    });
}

/// Rule B4: the attributes of a group that became dynamic are read, marked as such.
#[test]
fn b4_a_dynamic_group_is_marked() {
    each_database(|store| {
        let aws = connector(store, "aws");
        let user = samples::user(store, "jason");
        let mut group = samples::group(store, "Team");
        bind(store, &aws, &group);
        samples::join(store, &user, &group);
        group.method = MembershipMethod::DynamicAutomated;
        samples::write(store, move |conn| {
            custom_attributes::insert_of_group(conn, group.id, &text("TeamName", "t"))?;
            user_groups::save(conn, &group, at(1))
        });
        let view = samples::read(store, |conn| sign_on_view::load(conn, user.id, aws.id))
            .expect("the view");
        assert!(view.group_attributes[0].group_is_dynamic);
    });
}

#[test]
fn a_stranger_to_either_side_has_no_view() {
    each_database(|store| {
        let aws = connector(store, "aws");
        let user = samples::user(store, "jason");
        let load = |user, connector| {
            samples::read(store, move |conn| sign_on_view::load(conn, user, connector))
        };
        assert!(load(UserId::new(77), aws.id).is_none());
        assert!(load(user.id, ConnectorId::new(77)).is_none());
        let view = load(user.id, aws.id).expect("a view without access");
        assert!(view.memberships.is_empty());
        assert_eq!(view.decide().access.reason, AccessReason::NotBound);
    });
}

#[test]
fn a_draft_without_mappings_reads_no_attributes() {
    each_database(|store| {
        let mut draft = connector(store, "aws");
        let user = samples::user(store, "jason");
        let group = samples::group(store, "Team");
        bind(store, &draft, &group);
        samples::join(store, &user, &group);
        draft.settings.mappings.clear();
        let view = samples::read(store, |conn| {
            sign_on_view::load_with(conn, user.clone(), draft.clone())
        });
        assert_eq!(
            (view.memberships.len(), view.group_attributes.len()),
            (1, 0)
        );
        assert_eq!(view.connector, draft);
    });
}

#[test]
fn the_portal_lists_what_a_user_reaches() {
    each_database(|store| {
        let (aws, zoom, slack) = (
            connector(store, "aws"),
            connector(store, "zoom"),
            connector(store, "slack"),
        );
        let user = samples::user(store, "jason");
        let (one, two) = (samples::group(store, "One"), samples::group(store, "Two"));
        bind(store, &aws, &one);
        bind(store, &aws, &two);
        bind(store, &zoom, &two);
        bind(store, &slack, &samples::group(store, "Three"));
        samples::join(store, &user, &one);
        samples::join(store, &user, &two);
        let reached: Vec<(String, usize)> =
            samples::read(store, |conn| sign_on_view::load_all_for_user(conn, user.id))
                .into_iter()
                .map(|one| (one.connector.settings.name, one.memberships.len()))
                .collect();
        assert_eq!(reached, [("aws".to_owned(), 2), ("zoom".to_owned(), 1)]);
    });
}
