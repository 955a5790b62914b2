//! Tokens, keys, settings, issued assertions, runs and mail.

use vestibule::domain::admin::AdminRole;
use vestibule::domain::signing_key::{KeyAlgorithm, KeyState, PrivateHalf};
use vestibule::store::api_tokens::{self, NewApiToken};
use vestibule::store::error::{StoreError, UniqueField};
use vestibule::store::handle::Store;
use vestibule::store::issued_assertions;
use vestibule::store::mail_outbox::{self, NewMail};
use vestibule::store::paging::PageRequest;
use vestibule::store::reconciliations::{self, Reconciliation};
use vestibule::store::signing_keys::{self, NewSigningKey};
use vestibule::store::{connectors, settings, user_groups};

use crate::store::databases::each_database;
use crate::store::samples::{self, at, id};

#[test]
fn api_tokens_are_found_by_hash_until_they_run_out() {
    each_database(|store| {
        let new = |name: &str, expires| NewApiToken {
            public_id: id(name),
            name: name.to_owned(),
            role: AdminRole::HelpDesk,
            is_limited: false,
            token_hash: name.as_bytes().to_vec(),
            prefix: format!("vst_{name}"),
            created_at: at(0),
            expires_at: expires,
        };
        let (short, long) = (new("short", Some(at(10))), new("long", None));
        let short = samples::write(store, move |conn| api_tokens::insert(conn, &short));
        let long = samples::write(store, move |conn| api_tokens::insert(conn, &long));
        let find = |hash: &'static [u8], minutes| {
            samples::read(store, move |conn| {
                api_tokens::find_live(conn, hash, at(minutes))
            })
        };
        assert_eq!(find(b"short", 9), Some(short.clone()));
        assert_eq!((find(b"short", 10), find(b"other", 0)), (None, None));
        let key = long.id;
        samples::write(store, move |conn| api_tokens::touch(conn, key, at(3)));
        assert_eq!(
            find(b"long", 99).and_then(|token| token.last_used_at),
            Some(at(3))
        );
        let names: Vec<_> = samples::read(store, api_tokens::list)
            .into_iter()
            .map(|token| token.name)
            .collect();
        assert_eq!(names, ["long", "short"]);
        let by_id = samples::read(store, |conn| {
            api_tokens::find_by_public_id(conn, &id("short"))
        });
        assert_eq!(by_id, Some(short));
        assert!(samples::write(store, move |conn| api_tokens::delete(
            conn, key
        )));
        assert!(!samples::write(store, move |conn| api_tokens::delete(
            conn, key
        )));
        assert_eq!(find(b"long", 0), None);
    });
}

fn key(store: &Store, name: &'static str, algorithm: KeyAlgorithm, state: KeyState) {
    samples::write(store, move |conn| {
        signing_keys::insert(
            conn,
            &NewSigningKey {
                public_id: id(name),
                algorithm,
                state,
                certificate: "-----BEGIN CERTIFICATE-----".to_owned(),
                private_half: PrivateHalf::Sealed(vec![0, 255, 7]),
                not_after: at(1000),
                created_at: at(0),
            },
        )
    });
}

#[test]
fn one_key_of_each_type_is_active() {
    each_database(|store| {
        key(store, "old", KeyAlgorithm::Rsa2048, KeyState::Active);
        key(store, "new", KeyAlgorithm::Rsa4096, KeyState::Next);
        key(store, "curve", KeyAlgorithm::EcdsaP256, KeyState::Active);
        let states = || -> Vec<(String, KeyState)> {
            samples::read(store, signing_keys::list)
                .into_iter()
                .map(|key| (key.public_id.to_string(), key.state))
                .collect()
        };
        let state = |name: &str, state| (name.to_owned(), state);
        let find = |name: &'static str| {
            samples::read(store, |conn| {
                signing_keys::find_by_public_id(conn, &id(name))
            })
            .expect("the key")
        };
        let new = find("new");
        assert_eq!(new.private_half, PrivateHalf::Sealed(vec![0, 255, 7]));
        assert_eq!((new.not_after, new.created_at), (at(1000), at(0)));
        assert!(samples::write(store, move |conn| signing_keys::activate(
            conn,
            &new,
            at(7)
        )));
        assert_eq!(
            states(),
            [
                state("old", KeyState::Next),
                state("new", KeyState::Active),
                state("curve", KeyState::Active)
            ]
        );
        let old = find("old");
        let old = old.id;
        let second: Result<_, StoreError> =
            store.write(move |conn| signing_keys::set_state(conn, old, KeyState::Active));
        assert!(matches!(
            second,
            Err(StoreError::NotUnique(UniqueField::ActiveKey))
        ));
        samples::write(store, move |conn| {
            signing_keys::set_state(conn, old, KeyState::Retired)
        });
        assert_eq!(states()[0], state("old", KeyState::Retired));
    });
}

#[test]
fn settings_are_replaced_and_forgotten() {
    each_database(|store| {
        for value in ["02:00", "03:00"] {
            samples::write(store, move |conn| settings::save(conn, "nightly_at", value));
        }
        let all = samples::read(store, settings::list);
        assert_eq!(
            all.into_iter().collect::<Vec<_>>(),
            [("nightly_at".to_owned(), "03:00".to_owned())]
        );
        samples::write(store, |conn| settings::delete(conn, "nightly_at"));
        assert_eq!(
            samples::read(store, |conn| settings::find(conn, "nightly_at")),
            None
        );
    });
}

#[test]
fn issued_assertions_are_found_for_logout() {
    each_database(|store| {
        let user = samples::user(store, "jason").id;
        let aws = samples::write(store, |conn| {
            connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))
        });
        let issued = |number: i64| samples::issued((aws.id, user), number);
        for number in 0..3 {
            let new = issued(number);
            samples::write(store, move |conn| issued_assertions::insert(conn, &new));
        }
        let found = samples::read(store, |conn| issued_assertions::find(conn, "_a1"));
        assert_eq!(found, Some(issued(1)));
        let family = samples::read(store, |conn| {
            issued_assertions::list_of_family(conn, "family")
        });
        assert_eq!(family, [issued(0), issued(1), issued(2)]);
        let session = samples::read(store, |conn| {
            issued_assertions::list_of_session(conn, aws.id, "_s0")
        });
        assert_eq!(session, [issued(0), issued(2)]);
        // What its service provider called over stays so, and nobody else's does.
        let end = |family: &'static str, minutes| {
            samples::write(store, move |conn| {
                issued_assertions::end(conn, (aws.id, family), at(minutes))
            })
        };
        assert_eq!(
            (end("other", 5), end("family", 6), end("family", 7)),
            (0, 3, 0)
        );
        let ended = samples::read(store, |conn| issued_assertions::find(conn, "_a1"));
        assert_eq!(ended.and_then(|one| one.ended_at), Some(at(6)));
        let twice: Result<(), StoreError> = {
            let again = issued(1);
            store.write(move |conn| issued_assertions::insert(conn, &again))
        };
        assert!(matches!(
            twice,
            Err(StoreError::NotUnique(UniqueField::Other))
        ));
        let swept = samples::write(store, |conn| {
            issued_assertions::delete_expired(conn, at(11))
        });
        assert_eq!(swept, 2);
    });
}

#[test]
fn a5_runs_are_recorded() {
    each_database(|store| {
        let run = |number: i64| Reconciliation {
            public_id: id(&format!("r-{number}")),
            cause: "nightly".to_owned(),
            started_at: at(number),
            finished_at: None,
            groups_checked: 0,
            additions: 0,
            removals: 0,
            repaired: 0,
        };
        for number in 0..3 {
            samples::write(store, move |conn| {
                reconciliations::insert(conn, &run(number))
            });
        }
        let mut ended = run(1);
        ended.finished_at = Some(at(9));
        (ended.groups_checked, ended.additions, ended.removals) = (5, 2, 1);
        ended.repaired = 4;
        let last = samples::read(store, reconciliations::last_finished);
        assert_eq!(last, None);
        let saved = ended.clone();
        assert!(samples::write(store, move |conn| reconciliations::save(
            conn, &saved
        )));
        assert!(!samples::write(store, move |conn| reconciliations::save(
            conn,
            &run(7)
        )));
        let first = samples::read(store, |conn| {
            reconciliations::list(conn, &PageRequest::first(2))
        });
        assert_eq!(first.items, [run(2), ended.clone()]);
        let next = PageRequest {
            limit: 2,
            after: first.next,
        };
        let rest = samples::read(store, |conn| reconciliations::list(conn, &next));
        assert_eq!((rest.items, rest.total), (vec![run(0)], 3));
        let last = samples::read(store, reconciliations::last_finished);
        assert_eq!(last, Some(ended));
        assert_eq!(samples::read(store, reconciliations::count_with_repairs), 1);
    });
}

#[test]
fn a15_mail_waits_until_it_is_sent() {
    each_database(|store| {
        let group = samples::group(store, "Writers").id;
        let mail = move |number: i64| NewMail {
            message_id: format!("<{number}@example.com>"),
            recipient: "ada@example.com".to_owned(),
            subject: "Review".to_owned(),
            text_body: "text".to_owned(),
            html_body: "<p>html".to_owned(),
            group: Some(group),
            created_at: at(number),
            next_attempt_at: at(number),
        };
        for number in 0..3 {
            samples::write(store, move |conn| mail_outbox::insert(conn, &mail(number)));
        }
        let due = |minutes, limit| {
            samples::read(store, move |conn| {
                mail_outbox::list_due(conn, at(minutes), limit)
            })
        };
        let first = due(1, 10);
        assert_eq!(
            first.iter().map(|one| one.mail.clone()).collect::<Vec<_>>(),
            [mail(0), mail(1)]
        );
        assert_eq!(due(9, 1).len(), 1);
        let (sent, failed) = (first[0].id, first[1].id);
        samples::write(store, move |conn| {
            mail_outbox::mark_sent(conn, sent, at(2))?;
            mail_outbox::mark_failed(conn, failed, at(20), "refused")
        });
        assert_eq!(due(9, 10).len(), 1);
        let waiting = due(20, 10);
        let again = waiting
            .iter()
            .find(|one| one.id == failed)
            .expect("tried again");
        assert_eq!(
            (again.attempts, again.last_error.as_deref()),
            (1, Some("refused"))
        );
        let of_group = samples::read(store, |conn| mail_outbox::list_of_group(conn, group, at(1)));
        assert_eq!(of_group.len(), 2);
        samples::write(store, move |conn| user_groups::delete(conn, group));
        assert_eq!(due(20, 10).len(), 2, "mail outlives its group");
    });
}
