//! What may happen once: of sixteen threads on two nodes, exactly one wins.

use std::sync::Barrier;
use std::thread;

use chrono::Duration;
use vestibule::domain::connector::Connector;
use vestibule::domain::ids::AccountId;
use vestibule::domain::logout::ParticipantState;
use vestibule::store::handle::Store;
use vestibule::store::issued_assertions::{self, IssuedAssertion};
use vestibule::store::leases::{self, LeaseRequest};
use vestibule::store::logout_participants::{self, Participant};
use vestibule::store::logouts::{self, Logout};
use vestibule::store::name_ids::{self, ProposedNameId};
use vestibule::store::one_time_tokens::{self, NewOneTimeToken};
use vestibule::store::passkey_ceremonies::{self, PasskeyCeremony};
use vestibule::store::passkeys::{self, StoredPasskey};
use vestibule::store::seen_requests::{self, Consumption, SeenRequest};
use vestibule::store::waiting_responses::{self, WaitingResponse};
use vestibule::store::{connectors, sign_in_failures};

use crate::store::databases::{Database, each_database};
use crate::store::samples::{self, at, id};

const THREADS: usize = 16;

/// Runs `work` at once on two nodes, eight threads each, and returns what came out.
fn race<T: Send>(database: &Database, work: impl Fn(&Store, usize) -> T + Sync) -> Vec<T> {
    let nodes = [database.open("node-1"), database.open("node-2")];
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|number| {
                let (nodes, start, work) = (&nodes, &start, &work);
                scope.spawn(move || {
                    start.wait();
                    work(&nodes[number % 2], number)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

fn connector(store: &Store) -> Connector {
    samples::write(store, |conn| {
        connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))
    })
}

fn consume(store: &Store, connector: &Connector, request: &str, family: &str) -> Consumption {
    let (connector, request, family) = (connector.id, request.to_owned(), family.to_owned());
    samples::write(store, move |conn| {
        seen_requests::consume(
            conn,
            SeenRequest {
                connector,
                request_id: &request,
                family: &family,
                now: at(0),
                expires_at: at(10),
            },
        )
    })
}

#[test]
fn fresh_once_a_request_is_answered_to_one_family() {
    each_database(|store| {
        let aws = connector(store);
        assert_eq!(consume(store, &aws, "_1", "a"), Consumption::Consumed);
        assert_eq!(consume(store, &aws, "_1", "a"), Consumption::SameFamily);
        assert_eq!(consume(store, &aws, "_1", "b"), Consumption::Foreign);
        assert_eq!(consume(store, &aws, "_2", "b"), Consumption::Consumed);
        let swept = |minutes| {
            samples::write(store, move |conn| {
                seen_requests::delete_expired(conn, at(minutes))
            })
        };
        assert_eq!((swept(9), swept(10)), (0, 2));
    });
}

#[test]
fn fresh_once_of_sixteen_sessions_one_consumes_a_request() {
    for database in Database::all() {
        let aws = connector(&database.open("first"));
        for round in 0..5 {
            let request = format!("_{round}");
            let outcomes = race(&database, |store, number| {
                consume(store, &aws, &request, &format!("family-{number}"))
            });
            let winners = outcomes
                .iter()
                .filter(|one| **one == Consumption::Consumed)
                .count();
            let losers = outcomes
                .iter()
                .filter(|one| **one == Consumption::Foreign)
                .count();
            assert_eq!((winners, losers), (1, THREADS - 1));
        }
    }
}

fn leave(store: &Store, connector: &Connector) {
    let waiting = WaitingResponse {
        handle_hash: b"handle".to_vec(),
        connector: connector.id,
        sealed: b"response".to_vec(),
        expires_at: at(1),
    };
    samples::write(store, move |conn| waiting_responses::insert(conn, &waiting));
}

fn take(
    store: &Store,
    connector: &Connector,
    handle: &'static [u8],
    minutes: i64,
) -> Option<Vec<u8>> {
    let connector = connector.id;
    samples::write(store, move |conn| {
        waiting_responses::take(conn, handle, connector, at(minutes))
    })
}

/// SAML Bindings 3.6.5.2, Profiles 4.1.3.5.
#[test]
fn a_waiting_response_is_for_one_connector_for_a_while() {
    each_database(|store| {
        let aws = connector(store);
        let other = samples::write(store, |conn| {
            connectors::insert(conn, &id("c-other"), &samples::settings("other"), at(0))
        });
        leave(store, &aws);
        assert_eq!(take(store, &other, b"handle", 0), None);
        assert_eq!(take(store, &aws, b"another", 0), None);
        assert_eq!(take(store, &aws, b"handle", 1), None);
        assert_eq!(take(store, &aws, b"handle", 0), Some(b"response".to_vec()));
        assert_eq!(take(store, &aws, b"handle", 0), None);
        leave(store, &aws);
        let swept = |minutes| {
            samples::write(store, move |conn| {
                waiting_responses::delete_expired(conn, at(minutes))
            })
        };
        assert_eq!((swept(0), swept(1)), (0, 1));
    });
}

#[test]
fn of_sixteen_who_fetch_a_response_one_gets_it() {
    for database in Database::all() {
        let first = database.open("first");
        let aws = connector(&first);
        for _ in 0..5 {
            leave(&first, &aws);
            let taken = race(&database, |store, _| take(store, &aws, b"handle", 0));
            assert_eq!(taken.iter().flatten().count(), 1);
        }
    }
}

fn ask(store: &Store) {
    let asked = PasskeyCeremony {
        token_hash: b"token".to_vec(),
        browser_hash: b"browser".to_vec(),
        purpose: "SECOND",
        sealed: b"state".to_vec(),
        expires_at: at(5),
    };
    samples::write(store, move |conn| passkey_ceremonies::insert(conn, &asked));
}

fn answer(store: &Store, browser: &'static [u8], purpose: &'static str) -> Option<Vec<u8>> {
    samples::write(store, move |conn| {
        passkey_ceremonies::take(conn, (b"token", browser, purpose), at(4))
    })
}

/// WebAuthn 7.2, 12: the challenge is that of this ceremony; FRESH-ONCE.
#[test]
fn a_question_to_a_passkey_is_answered_once_by_the_browser_that_was_asked() {
    for database in Database::all() {
        let first = database.open("first");
        ask(&first);
        assert_eq!(answer(&first, b"another", "SECOND"), None);
        assert_eq!(answer(&first, b"browser", "ALONE"), None);
        let answered = race(&database, |store, _| answer(store, b"browser", "SECOND"));
        assert_eq!(answered.iter().flatten().count(), 1);
    }
}

/// WebAuthn 6.1.1: a signature counter that was told twice is a sign of a copied key.
#[test]
fn of_sixteen_uses_of_a_passkey_with_one_counter_one_is_noted() {
    for database in Database::all() {
        let first = database.open("first");
        let passkey = StoredPasskey {
            credential_id: b"credential".to_vec(),
            public_id: id("p-1"),
            account: samples::user(&first, "jason").id.account(),
            name: "phone".to_owned(),
            document: "counter 1".to_owned(),
            created_at: at(0),
            last_used_at: None,
        };
        let new = passkey.clone();
        samples::write(&first, move |conn| passkeys::insert(conn, &new));
        let noted = race(&database, |store, _| {
            let before = passkey.clone();
            samples::write(store, move |conn| {
                passkeys::note_use(conn, &before, "counter 2", at(1))
            })
        });
        assert_eq!(noted.into_iter().filter(|noted| *noted).count(), 1);
    }
}

#[test]
fn a_passkey_counts_for_its_account_as_long_as_it_is_kept() {
    each_database(|store| {
        let account = samples::user(store, "jason").id.account();
        let other = samples::user(store, "mark").id.account();
        let new = StoredPasskey {
            credential_id: b"credential".to_vec(),
            public_id: id("p-1"),
            account,
            name: "phone".to_owned(),
            document: "counter 1".to_owned(),
            created_at: at(0),
            last_used_at: None,
        };
        samples::write(store, move |conn| passkeys::insert(conn, &new));
        let is_kept = |account| {
            samples::write(store, move |conn| {
                passkeys::is_kept(conn, account, &id("p-1"))
            })
        };
        assert!(is_kept(account));
        assert!(!is_kept(other));
        samples::write(store, move |conn| {
            passkeys::delete(conn, account, &id("p-1"))
        });
        assert!(!is_kept(account));
    });
}

fn token(store: &Store, account: AccountId) {
    samples::write(store, move |conn| {
        one_time_tokens::insert(
            conn,
            NewOneTimeToken {
                token_hash: b"hash",
                account,
                purpose: "setup",
                created_at: at(0),
                expires_at: at(30),
            },
        )
    });
}

#[test]
fn a_one_time_token_works_once_for_its_purpose_in_its_time() {
    each_database(|store| {
        let account = AccountId::new(samples::user(store, "jason").id.get());
        token(store, account);
        let find = |purpose: &'static str, minutes| {
            samples::read(store, move |conn| {
                one_time_tokens::find(conn, b"hash", &[purpose], at(minutes))
            })
        };
        let consume = |purpose: &'static str, minutes| {
            samples::write(store, move |conn| {
                one_time_tokens::consume(conn, b"hash", &[purpose], at(minutes))
            })
        };
        assert_eq!(find("setup", 29), Some(account));
        assert_eq!((find("reset", 1), find("setup", 30)), (None, None));
        assert_eq!((consume("reset", 1), consume("setup", 30)), (None, None));
        assert_eq!(consume("setup", 1), Some(account));
        assert_eq!((consume("setup", 1), find("setup", 1)), (None, None));
        let sweep = || samples::write(store, |conn| one_time_tokens::delete_expired(conn, at(30)));
        assert_eq!(sweep(), 1);
        token(store, account);
        let void = |purpose: &'static str| {
            samples::write(store, move |conn| {
                one_time_tokens::void(conn, account, &[purpose], at(2))
            })
        };
        assert_eq!((void("reset"), void("setup"), void("setup")), (0, 1, 0));
        assert_eq!(find("setup", 1), None);
        assert_eq!(sweep(), 1);
    });
}

#[test]
fn of_sixteen_uses_of_a_one_time_token_one_succeeds() {
    for database in Database::all() {
        let store = database.open("first");
        let account = AccountId::new(samples::user(&store, "jason").id.get());
        token(&store, account);
        let outcomes = race(&database, |store, _| {
            samples::write(store, |conn| {
                one_time_tokens::consume(conn, b"hash", &["setup"], at(1))
            })
        });
        assert_eq!(outcomes.into_iter().flatten().count(), 1);
    }
}

/// The one question of a logout that was put to the connector.
fn question(store: &Store, aws: &Connector) -> IssuedAssertion {
    let user = samples::user(store, "jason").id;
    let issued = samples::issued((aws.id, user), 0);
    let assertion = issued.clone();
    samples::write(store, move |conn| {
        issued_assertions::insert(conn, &assertion)?;
        let logout = Logout {
            id: "logout".to_owned(),
            user,
            asker: None,
            began_at: at(0),
            finished_at: None,
            expires_at: at(15),
        };
        logouts::insert(conn, b"browser", &logout)?;
        let participant = Participant {
            place: 0,
            assertion: assertion.clone(),
            state: ParticipantState::Waiting,
        };
        logout_participants::insert(conn, "logout", &participant)?;
        logout_participants::ask(conn, ("logout", 0), "_q")
    });
    issued
}

#[test]
fn fresh_once_of_sixteen_answers_to_a_logout_request_one_counts() {
    for database in Database::all() {
        let store = database.open("first");
        question(&store, &connector(&store));
        let states = [ParticipantState::Confirmed, ParticipantState::Refused];
        let outcomes = race(&database, |store, number| {
            samples::write(store, move |conn| {
                logout_participants::answer(conn, "_q", states[number % 2])
            })
        });
        assert_eq!(outcomes.into_iter().filter(|counted| *counted).count(), 1);
        let settled = race(&database, |store, _| {
            samples::write(store, |conn| logouts::finish(conn, "logout", at(1)))
        });
        assert_eq!(settled.into_iter().filter(|settled| *settled).count(), 1);
    }
}

#[test]
fn a_logout_belongs_to_its_browser_and_its_questions_to_their_assertions() {
    each_database(|store| {
        let issued = question(store, &connector(store));
        let found = |browser: &'static [u8], minutes| {
            samples::read(store, move |conn| {
                logouts::find(conn, ("logout", browser), at(minutes))
            })
        };
        assert!(found(b"browser", 14).is_some());
        assert_eq!((found(b"another", 1), found(b"browser", 15)), (None, None));
        let asked = |request: &'static str, minutes| {
            samples::read(store, move |conn| {
                logout_participants::find_asked(conn, request, at(minutes))
            })
        };
        assert_eq!(asked("_q", 14), Some(issued));
        assert_eq!((asked("_p", 1), asked("_q", 15)), (None, None));
        // Asked again, only the last question counts; once answered, none is put.
        let ask = |request: &'static str| {
            samples::write(store, move |conn| {
                logout_participants::ask(conn, ("logout", 0), request)
            })
        };
        let answer = |request: &'static str| {
            samples::write(store, move |conn| {
                logout_participants::answer(conn, request, ParticipantState::Partial)
            })
        };
        assert!(ask("_r"));
        let answered = (answer("_q"), answer("_r"), answer("_r"));
        assert_eq!(answered, (false, true, false));
        assert!(!ask("_s"));
        let list = samples::read(store, |conn| logout_participants::list(conn, "logout"));
        assert_eq!(list[0].state, ParticipantState::Partial);
        let news = |minutes| {
            samples::read(store, move |conn| {
                logouts::find_last_finished(conn, b"browser", at(minutes))
            })
        };
        assert_eq!(news(0), None);
        assert!(samples::write(store, |conn| logouts::finish(
            conn,
            "logout",
            at(2)
        )));
        assert_eq!(news(1).map(|one| one.id).as_deref(), Some("logout"));
        assert_eq!(news(2), None);
        let swept = |minutes| {
            samples::write(store, move |conn| {
                logouts::delete_expired(conn, at(minutes))
            })
        };
        assert_eq!((swept(14), swept(15)), (0, 1));
        let list = samples::read(store, |conn| logout_participants::list(conn, "logout"));
        assert_eq!(list, Vec::new());
    });
}

#[test]
fn a_persistent_name_id_is_kept_once_made() {
    for database in Database::all() {
        let store = database.open("first");
        let aws = connector(&store).id;
        let user = samples::user(&store, "jason").id;
        assert_eq!(
            samples::read(&store, |conn| name_ids::find(conn, user, aws)),
            None
        );
        let values = race(&database, |store, number| {
            samples::write(store, move |conn| {
                let value = format!("value-{number}");
                name_ids::keep(
                    conn,
                    ProposedNameId {
                        user,
                        connector: aws,
                        value: &value,
                        now: at(0),
                    },
                )
            })
        });
        assert!(values.iter().all(|value| *value == values[0]));
        let kept = samples::read(&store, |conn| name_ids::find(conn, user, aws));
        assert_eq!(kept.as_ref(), Some(&values[0]));
        let found = samples::read(&store, |conn| name_ids::find_user(conn, aws, &values[0]));
        assert_eq!(found, Some(user));
    }
}

#[test]
fn a_lease_has_one_holder_until_it_runs_out() {
    for database in Database::all() {
        let take = |store: &Store, holder: String, minutes: i64| {
            samples::write(store, move |conn| {
                leases::take(
                    conn,
                    LeaseRequest {
                        name: "nightly",
                        holder: &holder,
                        now: at(minutes),
                        until: at(minutes) + Duration::minutes(5),
                    },
                )
            })
        };
        let outcomes = race(&database, |store, number| {
            take(store, format!("h-{number}"), 0)
        });
        assert_eq!(outcomes.iter().filter(|taken| **taken).count(), 1);
        let winner = outcomes.iter().position(|taken| *taken).unwrap();
        let store = database.open("later");
        assert!(
            take(&store, format!("h-{winner}"), 4),
            "its holder prolongs it"
        );
        assert!(!take(&store, "another".to_owned(), 8));
        assert!(take(&store, "another".to_owned(), 9), "it has run out");
        let release = |holder: &'static str| {
            samples::write(&store, move |conn| leases::release(conn, "nightly", holder));
        };
        release("nobody");
        assert!(!take(&store, "third".to_owned(), 10));
        release("another");
        assert!(take(&store, "third".to_owned(), 10));
    }
}

/// ONE-DOOR: no failure is lost when many come at once.
#[test]
fn one_door_every_failure_is_counted() {
    for database in Database::all() {
        let record = |store: &Store, minutes| {
            samples::write(store, move |conn| {
                let forget_before = at(minutes) - Duration::minutes(30);
                sign_in_failures::record(conn, "account:jason", at(minutes), forget_before)
            })
        };
        let mut counts = race(&database, |store, _| record(store, 0));
        counts.sort_unstable();
        let expected: Vec<i64> = (1..=16).collect();
        assert_eq!(counts, expected);

        let store = database.open("later");
        samples::write(&store, |conn| {
            sign_in_failures::block(conn, "account:jason", at(3))
        });
        let found = samples::read(&store, |conn| sign_in_failures::find(conn, "account:jason"))
            .expect("remembered");
        assert_eq!((found.failures, found.blocked_until), (16, at(3)));
        assert_eq!(record(&store, 31), 1, "old failures do not count");
        let swept = |minutes| {
            samples::write(&store, move |conn| {
                sign_in_failures::delete_older(conn, at(minutes))
            })
        };
        assert_eq!((swept(31), swept(32)), (0, 1));
        record(&store, 0);
        samples::write(&store, |conn| {
            sign_in_failures::delete(conn, "account:jason")
        });
        assert_eq!(
            samples::read(&store, |conn| sign_in_failures::find(conn, "account:jason")),
            None
        );
    }
}
