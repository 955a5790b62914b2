//! Exemptions and suggestions.

use vestibule::domain::exemption::{ExemptionEffect, Exemptions};
use vestibule::domain::ids::UserId;
use vestibule::domain::membership_change::SuggestionOp;
use vestibule::store::error::StoreError;
use vestibule::store::paging::PageRequest;
use vestibule::store::suggestions::{self, NewSuggestion};
use vestibule::store::{exemptions, users};

use crate::store::databases::each_database;
use crate::store::samples::{self, at};

#[test]
fn exemptions_are_replaced_whole() {
    each_database(|store| {
        let group = samples::group(store, "Writers").id;
        let (stacy, jason) = (
            samples::user(store, "stacy").id,
            samples::user(store, "jason").id,
        );
        let replace = |include: Vec<UserId>, exclude: Vec<UserId>| {
            let wanted = Exemptions::new(include, exclude).unwrap();
            let new = wanted.clone();
            samples::write(store, move |conn| exemptions::replace(conn, group, &new));
            assert_eq!(
                samples::read(store, |conn| exemptions::of_group(conn, group)),
                wanted
            );
        };
        replace(vec![stacy], vec![jason]);
        replace(vec![jason, stacy], vec![]);
        let of_user = samples::read(store, |conn| exemptions::of_user(conn, jason));
        assert_eq!(of_user, [(group, ExemptionEffect::Include)]);
        // Rule A46: in alphabetical order.
        let names: Vec<_> = samples::read(store, |conn| exemptions::list(conn, group))
            .into_iter()
            .map(|one| one.username)
            .collect();
        assert_eq!(names, ["jason", "stacy"]);

        samples::write(store, move |conn| users::delete(conn, jason));
        let left = samples::read(store, |conn| exemptions::of_group(conn, group));
        assert_eq!(left, Exemptions::new([stacy], []).unwrap());
        let gone = Exemptions::new([jason], []).unwrap();
        let refused: Result<(), StoreError> =
            store.change_rules(move |conn| exemptions::replace(conn, group, &gone));
        assert!(matches!(refused, Err(StoreError::ParentGone)));
        assert_eq!(
            samples::read(store, |conn| exemptions::of_group(conn, group)),
            left,
            "a refused change leaves the former list"
        );
    });
}

#[test]
fn a36_a_suggestion_is_applied_once_or_rejected_and_remembered() {
    each_database(|store| {
        let group = samples::group(store, "Writers").id;
        let people: Vec<UserId> = ["mark", "jason", "stacy"]
            .map(|name| samples::user(store, name).id)
            .to_vec();
        for (user, op) in
            people
                .iter()
                .zip([SuggestionOp::Add, SuggestionOp::Remove, SuggestionOp::Add])
        {
            let new = NewSuggestion {
                group,
                user: *user,
                op,
                epoch: 4,
                cause: "event-1".to_owned(),
                since: at(1),
            };
            samples::write(store, move |conn| suggestions::insert(conn, &new));
        }
        let page = PageRequest::first(2);
        let pending = samples::read(store, |conn| {
            suggestions::list_pending(conn, (group, None), None, &page)
        });
        let shown: Vec<_> = pending
            .items
            .iter()
            .map(|one| (one.username.as_str(), one.op, one.since, one.cause.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("jason", SuggestionOp::Remove, at(1), "event-1"),
                ("mark", SuggestionOp::Add, at(1), "event-1")
            ]
        );
        assert_eq!(pending.total, 3);
        for (op, q, total) in [
            (Some(SuggestionOp::Add), None, 2),
            (Some(SuggestionOp::Remove), None, 1),
            (None, Some("STACY"), 1),
            (Some(SuggestionOp::Remove), Some("stacy"), 0),
        ] {
            let found = samples::read(store, |conn| {
                suggestions::list_pending(conn, (group, op), q, &page)
            });
            assert_eq!(found.total, total, "{op:?} {q:?}");
        }

        let (mark, jason) = (people[0], people[1]);
        let take = move |conn: &mut _| suggestions::take_pending(conn, group, mark);
        assert_eq!(samples::write(store, take), Some(SuggestionOp::Add));
        assert_eq!(samples::write(store, take), None);
        let reject = move |conn: &mut _| suggestions::reject(conn, group, jason, at(2));
        assert_eq!(samples::write(store, reject), Some(SuggestionOp::Remove));
        assert_eq!(samples::write(store, reject), None);
        let taken = samples::write(store, move |conn| {
            suggestions::take_pending(conn, group, jason)
        });
        assert_eq!(taken, None, "a rejected one cannot be accepted");
        let count = || samples::read(store, |conn| suggestions::count_pending(conn, group));
        assert_eq!(count(), 1);
        let of_user = samples::read(store, |conn| suggestions::of_user(conn, jason));
        assert!(of_user[0].1.rejected);
        let of_group = samples::read(store, |conn| suggestions::of_group(conn, group));
        assert_eq!(of_group.len(), 2);
        assert!(samples::write(store, move |conn| suggestions::delete(
            conn, group, jason
        )));
        let dropped = samples::write(store, move |conn| suggestions::delete_of_group(conn, group));
        assert_eq!((dropped, count()), (1, 0));
    });
}
