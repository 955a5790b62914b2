//! Which key signs, by cases: keys as (name, state, date for all), own dates, the hour asked about.

use chrono::TimeDelta;

use super::*;
use crate::domain::ids::PublicId;
use crate::domain::signing_key::{KeyAlgorithm, PrivateHalf};

fn hour(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hour)
}

fn key(id: i64, state: KeyState, signs_from: Option<i64>) -> SigningKey {
    SigningKey {
        id: SigningKeyId::new(id),
        public_id: PublicId::new(format!("key-{id}")),
        algorithm: KeyAlgorithm::Rsa2048,
        state,
        certificate: String::new(),
        private_half: PrivateHalf::Sealed(Vec::new()),
        not_after: hour(100_000),
        created_at: hour(0),
        signs_from: signs_from.map(hour),
        warned_days: None,
    }
}

fn own(key: i64, from: i64) -> OwnSwitch {
    OwnSwitch {
        connector: ConnectorId::new(1),
        key: SigningKeyId::new(key),
        signs_from: hour(from),
    }
}

const NEXT: KeyState = KeyState::Next;
const ACTIVE: KeyState = KeyState::Active;
const RETIRED: KeyState = KeyState::Retired;

#[track_caller]
fn check(keys: &[SigningKey], own: &[OwnSwitch], at: i64, expected: i64) {
    let signing = signing_key(keys, own, (true, hour(at))).unwrap();
    assert_eq!(signing.id, SigningKeyId::new(expected));
}

#[test]
fn the_active_key_signs_until_the_date_of_the_next() {
    let undecided = [key(1, ACTIVE, Some(0)), key(2, NEXT, None)];
    check(&undecided, &[], 50, 1);
    let dated = [key(1, ACTIVE, Some(0)), key(2, NEXT, Some(10))];
    check(&dated, &[], 9, 1);
    check(&dated, &[], 10, 2);
    check(&dated, &[], 50, 2);
}

#[test]
fn a_connector_goes_ahead_or_stays_behind() {
    let undecided = [key(1, ACTIVE, Some(0)), key(2, NEXT, None)];
    check(&undecided, &[own(2, 5)], 4, 1);
    check(&undecided, &[own(2, 5)], 5, 2);
    let dated = [key(1, ACTIVE, Some(0)), key(2, NEXT, Some(10))];
    check(&dated, &[own(2, 5)], 5, 2);
    check(&dated, &[own(2, 20)], 19, 1);
    check(&dated, &[own(2, 20)], 20, 2);
    // The same once the general switch is written down.
    let switched = [key(1, NEXT, Some(0)), key(2, ACTIVE, Some(10))];
    check(&switched, &[own(2, 20)], 19, 1);
    check(&switched, &[own(2, 20)], 20, 2);
    check(&switched, &[], 19, 2);
}

#[test]
fn going_ahead_once_is_not_staying_for_ever() {
    let third = [
        key(1, NEXT, Some(0)),
        key(2, NEXT, Some(10)),
        key(3, ACTIVE, Some(30)),
    ];
    check(&third, &[own(2, 5)], 31, 3);
}

#[test]
fn a_key_that_is_activated_again_signs_again_for_all() {
    let back = [key(1, ACTIVE, Some(12)), key(2, NEXT, Some(10))];
    check(&back, &[], 12, 1);
    check(&back, &[own(2, 5)], 12, 1);
}

#[test]
fn retired_keys_never_sign() {
    let keys = [key(1, RETIRED, Some(0)), key(2, ACTIVE, Some(10))];
    check(&keys, &[], 20, 2);
    // Who holds back longer than the former key lives gets the active one.
    check(&keys, &[own(2, 50)], 20, 2);
    check(&keys, &[own(1, 15)], 20, 2);
    assert_eq!(signing_key(&keys, &[], (false, hour(20))), None);
}

/// Two administrators, or a test, may activate in the same millisecond: the last one counts. And a
/// clock that is behind does not delay what was done by hand.
#[test]
fn the_active_key_wins_a_tie_and_waits_for_no_clock() {
    let tie = [key(1, ACTIVE, Some(10)), key(2, NEXT, Some(10))];
    check(&tie, &[], 10, 1);
    let ahead = [key(1, NEXT, Some(0)), key(2, ACTIVE, Some(10))];
    check(&ahead, &[], 9, 2);
}

#[test]
fn states_follow_the_dates() {
    let states = |at| -> Vec<KeyState> {
        let keys = vec![
            key(1, ACTIVE, Some(0)),
            key(2, NEXT, Some(10)),
            key(3, RETIRED, Some(5)),
        ];
        in_force(keys, hour(at))
            .iter()
            .map(|key| key.state)
            .collect()
    };
    assert_eq!(states(9), [ACTIVE, NEXT, RETIRED]);
    assert_eq!(states(10), [NEXT, ACTIVE, RETIRED]);
}
