//! Sessions and waiting requests.

use std::sync::{Arc, Barrier};
use std::thread;

use chrono::{Duration, TimeDelta};
use vestibule::domain::ids::{AccountId, PublicId};
use vestibule::domain::session::{AccountKind, AuthenticationMethod, Session};
use vestibule::domain::user::UserState;
use vestibule::domain::user_schedule::UserSchedule;
use vestibule::store::accounts::{self, AccountHolder};
use vestibule::store::handle::Store;
use vestibule::store::issued_assertions;
use vestibule::store::pending_requests::{self, PendingRequest};
use vestibule::store::sessions::{self, SessionRecord};
use vestibule::store::{connectors, users};

use crate::store::databases::{Database, each_database};
use crate::store::samples::{self, at, id};

fn record(account: i64, name: &str) -> SessionRecord {
    SessionRecord {
        session: Session {
            public_id: PublicId::new(name),
            family: "family".to_owned(),
            account: AccountId::new(account),
            account_kind: AccountKind::User,
            created_at: at(0),
            ends_at: at(0) + TimeDelta::hours(12),
            idle: TimeDelta::hours(8),
            last_seen_at: at(0),
            authenticated_at: at(0),
            method: AuthenticationMethod::Password,
            csrf_secret: "secret".to_owned(),
        },
        address: "127.0.0.1".to_owned(),
        user_agent: "a browser".to_owned(),
    }
}

fn begin(store: &Store, token: &'static [u8], new: SessionRecord) {
    samples::write(store, move |conn| sessions::insert(conn, token, &new));
}

/// A sign-on that is being written down holds its session: whoever ends it, on another node, waits and
/// finds the assertion among those that have to be told. Once the session is gone nothing is issued.
#[test]
fn logout_own_misses_no_assertion_that_is_being_issued() {
    for database in Database::all() {
        let nodes = [database.open("node-1"), database.open("node-2")];
        let user = samples::user(&nodes[0], "jason").id;
        let aws = samples::write(&nodes[0], |conn| {
            connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))
        });
        begin(&nodes[0], b"hash", record(user.get(), "s-1"));
        let issued = samples::issued((aws.id, user), 0);
        let is_held = Arc::new(Barrier::new(2));
        let held = thread::scope(|scope| {
            let (node, is_held, issued) = (&nodes[0], Arc::clone(&is_held), issued.clone());
            let ending = {
                let (node, is_held) = (&nodes[1], Arc::clone(&is_held));
                scope.spawn(move || {
                    is_held.wait();
                    samples::write(node, |conn| {
                        let ended = sessions::delete_of_family(conn, "family")?;
                        Ok((ended, issued_assertions::list_of_family(conn, "family")?))
                    })
                })
            };
            let held = samples::write(node, move |conn| {
                let held = sessions::hold(conn, &PublicId::new("s-1"))?;
                is_held.wait();
                issued_assertions::insert(conn, &issued)?;
                Ok(held)
            });
            (held, ending.join().unwrap())
        });
        assert_eq!(held, (true, (vec![PublicId::new("s-1")], vec![issued])));
        let again = samples::write(&nodes[0], |conn| {
            sessions::hold(conn, &PublicId::new("s-1"))
        });
        assert!(!again);
    }
}

#[test]
fn a_session_is_found_with_its_account() {
    each_database(|store| {
        let mut user = samples::user(store, "jason");
        let new = record(user.id.get(), "s-1");
        begin(store, b"hash", new.clone());
        let find = |token: &'static [u8], minutes| {
            samples::read(store, move |conn| {
                sessions::find_live(conn, token, at(minutes))
            })
        };
        let live = find(b"hash", 1).expect("live");
        assert_eq!(live.session, new.session);
        assert_eq!(live.account.username, "jason");
        assert!(find(b"other", 1).is_none());

        // Rule C6: the state is read with the session.
        user.state = UserState::Suspended;
        let suspended = user.clone();
        samples::write(store, move |conn| users::save(conn, &suspended, at(1)));
        assert_eq!(
            find(b"hash", 2).expect("still a session").account.holder,
            AccountHolder::User {
                id: user.id,
                state: UserState::Suspended,
                schedule: UserSchedule::default(),
            }
        );
        samples::write(store, move |conn| users::delete(conn, user.id));
        assert!(find(b"hash", 2).is_none());
    });
}

#[test]
fn a_session_runs_out_idle_and_absolutely() {
    each_database(|store| {
        let user = samples::user(store, "jason").id.get();
        begin(store, b"hash", record(user, "s-1"));
        let is_live = |minutes| {
            samples::read(store, |conn| {
                sessions::find_live(conn, b"hash", at(minutes))
            })
            .is_some()
        };
        let touch = |minutes| {
            samples::write(store, move |conn| {
                sessions::touch(conn, b"hash", at(minutes))
            });
        };
        assert!(is_live(8 * 60 - 1) && !is_live(8 * 60));
        touch(7 * 60);
        touch(1);
        assert!(is_live(8 * 60), "touching never goes back in time");
        touch(11 * 60);
        assert!(is_live(12 * 60 - 1) && !is_live(12 * 60));
        let swept = |minutes| {
            samples::write(store, move |conn| {
                sessions::delete_expired(conn, at(minutes))
            })
        };
        assert_eq!((swept(12 * 60 - 1), swept(12 * 60)), (0, 1));
    });
}

#[test]
fn sessions_are_listed_and_ended() {
    each_database(|store| {
        let user = samples::user(store, "jason").id.get();
        let other = samples::user(store, "mark").id.get();
        for (token, account, name) in [
            (b"1".as_slice(), user, "s-1"),
            (b"2".as_slice(), user, "s-2"),
            (b"3".as_slice(), user, "s-3"),
            (b"4".as_slice(), other, "s-4"),
        ] {
            begin(store, token, record(account, name));
        }
        let (user, other) = (AccountId::new(user), AccountId::new(other));
        let listed = || -> Vec<String> {
            let account = samples::read(store, |conn| accounts::find(conn, user)).expect("account");
            samples::read(store, |conn| {
                sessions::list_of_account(conn, &account, at(1))
            })
            .iter()
            .map(|record| record.session.public_id.to_string())
            .collect()
        };
        assert_eq!(listed(), ["s-1", "s-2", "s-3"]);
        let end = |account, name: &'static str| {
            samples::write(store, move |conn| {
                sessions::delete_by_public_id(conn, account, &id(name))
            })
        };
        assert!(end(user, "s-1"));
        assert!(!end(user, "s-4"), "another account's session is not ended");
        assert!(samples::write(store, |conn| sessions::delete(conn, b"2")));
        assert!(!samples::write(store, |conn| sessions::delete(conn, b"2")));
        assert_eq!(listed(), ["s-3"]);
        let ended = samples::write(store, move |conn| sessions::delete_of_account(conn, user));
        assert_eq!(ended, 1);
        let left = samples::read(store, |conn| sessions::find_live(conn, b"4", at(1)));
        assert_eq!(left.map(|live| live.account.id), Some(other));
    });
}

#[test]
fn a_waiting_request_belongs_to_one_browser() {
    each_database(|store| {
        let aws = samples::write(store, |conn| {
            connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))
        });
        let waiting = PendingRequest {
            id: "request".to_owned(),
            browser_hash: b"browser".to_vec(),
            connector: aws.id,
            body: "{}".to_owned(),
            created_at: at(0),
            expires_at: at(0) + Duration::minutes(15),
        };
        let new = waiting.clone();
        samples::write(store, move |conn| pending_requests::insert(conn, &new));
        let find = |browser: &'static [u8], minutes| {
            samples::read(store, move |conn| {
                pending_requests::find(conn, "request", browser, at(minutes))
            })
        };
        assert_eq!(find(b"browser", 14), Some(waiting));
        assert_eq!(find(b"another", 14), None);
        assert_eq!(find(b"browser", 15), None);
        let swept = |minutes| {
            samples::write(store, move |conn| {
                pending_requests::delete_expired(conn, at(minutes))
            })
        };
        assert_eq!((swept(14), swept(15)), (0, 1));
        assert!(!samples::write(store, |conn| pending_requests::delete(
            conn, "request"
        )));
    });
}
