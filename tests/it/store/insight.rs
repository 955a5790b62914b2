//! What dashboard, reports and audit ask: counts by day, what waits, who reaches an application.

use chrono::{DateTime, Utc};
use vestibule::domain::membership_change::SuggestionOp;
use vestibule::store::audit_events::{self, AuditFilter};
use vestibule::store::handle::Store;
use vestibule::store::mail_outbox::{self, NewMail};
use vestibule::store::paging::PageRequest;
use vestibule::store::suggestions::{self, NewSuggestion};
use vestibule::store::{app_bindings, app_users, beginnings, connectors};

use crate::store::databases::each_database;
use crate::store::samples::{self, at, event, id};

fn happened(store: &Store, kind: &str, when: DateTime<Utc>) {
    let mut new = event(&format!("{kind} {when}"));
    new.kind = kind.to_owned();
    new.at = when;
    samples::write(store, move |conn| audit_events::insert(conn, &new));
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn events_of_a_kind_are_counted_between_two_instants() {
    each_database(|store| {
        for when in [
            "2026-11-20T23:59:59.999Z",
            "2026-11-21T00:00:00Z",
            "2026-11-21T23:59:59.999Z",
            "2026-11-22T00:00:00Z",
        ] {
            happened(store, "assertion.issued", utc(when));
        }
        happened(store, "sign_on.denied", utc("2026-11-21T10:00:00Z"));
        let day = (utc("2026-11-21T00:00:00Z"), utc("2026-11-22T00:00:00Z"));
        let count =
            |kind: &'static str| samples::read(store, |conn| audit_events::count(conn, kind, day));
        assert_eq!(count("assertion.issued"), 2);
        assert_eq!(count("sign_on.denied"), 1);
        assert_eq!(count("sign_on.failed"), 0);
    });
}

#[test]
fn the_audit_is_searched_by_the_names_of_actor_and_object() {
    each_database(|store| {
        for (number, (actor, object)) in [("Maria", "jason"), ("root", "100% Denver"), ("max", "x")]
            .into_iter()
            .enumerate()
        {
            let mut new = event(&format!("e-{number}"));
            new.actor.name = actor.to_owned();
            new.object.name = object.to_owned();
            samples::write(store, move |conn| audit_events::insert(conn, &new));
        }
        let found = |q: &str| {
            let filter = AuditFilter {
                q: Some(q.to_owned()),
                ..AuditFilter::default()
            };
            let list = |conn: &mut _| audit_events::list(conn, &filter, &PageRequest::first(9));
            let page = samples::read(store, list);
            let ids: Vec<String> = page
                .items
                .into_iter()
                .map(|event| event.event.public_id)
                .collect();
            assert_eq!(i64::try_from(ids.len()).unwrap(), page.total);
            ids
        };
        assert_eq!(found("mar"), ["e-0"]);
        assert_eq!(found("JASON"), ["e-0"]);
        assert_eq!(found("0% d"), ["e-1"]);
        assert_eq!(found("a"), ["e-2", "e-0"]);
        assert_eq!(found("100_"), [""; 0]);
    });
}

#[test]
fn c1_the_users_of_an_application_come_with_the_memberships_that_bind_them() {
    each_database(|store| {
        let names = ["stacy", "mark", "jason", "maria"];
        let [stacy, mark, jason, _maria] = names.map(|name| samples::user(store, name));
        let [writers, readers, others] =
            ["Writers", "Readers", "Others"].map(|name| samples::group(store, name));
        for (user, group) in [
            (&stacy, &writers),
            (&stacy, &readers),
            (&stacy, &others),
            (&jason, &readers),
            (&mark, &others),
        ] {
            samples::join(store, user, group);
        }
        let aws = samples::write(store, move |conn| {
            let aws = connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))?;
            app_bindings::bind(conn, aws.id, writers.id)?;
            app_bindings::bind(conn, aws.id, readers.id)?;
            Ok(aws.id)
        });
        let page = |q: Option<&str>, page: PageRequest| {
            let (users, next) = samples::read(store, |conn| app_users::list(conn, (aws, q), &page));
            let told: Vec<(String, Vec<String>)> = users
                .into_iter()
                .map(|bound| {
                    let groups = bound.memberships.iter().map(|one| one.group_name.clone());
                    let mut groups: Vec<String> = groups.collect();
                    groups.sort();
                    (bound.user.username, groups)
                })
                .collect();
            (told, next)
        };
        let of_jason = ("jason".to_owned(), vec!["Readers".to_owned()]);
        let of_stacy = (
            "stacy".to_owned(),
            vec!["Readers".to_owned(), "Writers".to_owned()],
        );
        let (first, next) = page(None, PageRequest::first(1));
        assert_eq!(first, std::slice::from_ref(&of_jason));
        let (second, end) = page(
            None,
            PageRequest {
                limit: 1,
                after: next,
            },
        );
        assert_eq!((second, end), (vec![of_stacy.clone()], None));
        assert_eq!(page(Some("STA"), PageRequest::first(9)).0, [of_stacy]);
        let count = |q: Option<&str>| samples::read(store, |conn| app_users::count(conn, aws, q));
        assert_eq!((count(None), count(Some("jas"))), (2, 1));
    });
}

#[test]
fn a33_what_waits_for_review_is_counted_over_all_groups() {
    each_database(|store| {
        let [stacy, mark] = ["stacy", "mark"].map(|name| samples::user(store, name).id);
        let [writers, readers] = ["Writers", "Readers"].map(|name| samples::group(store, name).id);
        for (group, user) in [(writers, stacy), (writers, mark), (readers, mark)] {
            let new = NewSuggestion {
                group,
                user,
                op: SuggestionOp::Add,
                epoch: 1,
                cause: String::new(),
                since: at(0),
            };
            samples::write(store, move |conn| suggestions::insert(conn, &new));
        }
        let waiting = || samples::read(store, suggestions::count_all_pending);
        assert_eq!(waiting(), (3, 2));
        samples::write(store, move |conn| {
            suggestions::reject(conn, readers, mark, at(1))
        });
        assert_eq!(waiting(), (2, 1));
    });
}

#[test]
fn mail_waits_until_it_is_sent() {
    each_database(|store| {
        for number in 0..3 {
            let new = NewMail {
                message_id: format!("<{number}@localhost>"),
                recipient: "ada@example.org".to_owned(),
                subject: "Subject".to_owned(),
                text_body: "Text".to_owned(),
                html_body: "<p>Text</p>".to_owned(),
                group: None,
                created_at: at(0),
                next_attempt_at: at(0),
            };
            samples::write(store, move |conn| mail_outbox::insert(conn, &new));
        }
        let due = samples::read(store, |conn| mail_outbox::list_due(conn, at(1), 9));
        let first = due[0].id;
        samples::write(store, move |conn| {
            mail_outbox::mark_sent(conn, first, at(1))
        });
        assert_eq!(samples::read(store, mail_outbox::count_waiting), 2);
    });
}

#[test]
fn what_an_installation_has_is_known_without_counting() {
    each_database(|store| {
        let have = || {
            let have = samples::read(store, beginnings::find);
            [
                have.user,
                have.group,
                have.connector,
                have.binding,
                have.member,
            ]
        };
        assert_eq!(have(), [false; 5]);
        let user = samples::user(store, "jason");
        let group = samples::group(store, "Writers");
        assert_eq!(have(), [true, true, false, false, false]);
        samples::join(store, &user, &group);
        samples::write(store, move |conn| {
            let aws = connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))?;
            app_bindings::bind(conn, aws.id, group.id)
        });
        assert_eq!(have(), [true; 5]);
    });
}
