//! What a schedule makes of a state, at the second before, at and after its dates.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::user::UserState::{self, Activated, Staged, Suspended};
use crate::domain::user_schedule::UserSchedule;

fn hour(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
}

fn schedule(activate: Option<i64>, suspend: Option<i64>) -> UserSchedule {
    UserSchedule {
        activate_at: activate.map(hour),
        suspend_at: suspend.map(hour),
    }
}

fn check(dates: (Option<i64>, Option<i64>), stored: UserState, expected: &[(i64, UserState)]) {
    let schedule = schedule(dates.0, dates.1);
    for (at, state) in expected {
        assert_eq!(
            schedule.state_at(stored, hour(*at)),
            *state,
            "{dates:?} at {at}"
        );
    }
}

#[test]
fn a_date_counts_at_its_instant() {
    check((None, None), Staged, &[(0, Staged), (99, Staged)]);
    check(
        (Some(5), None),
        Staged,
        &[(4, Staged), (5, Activated), (6, Activated)],
    );
    check(
        (None, Some(5)),
        Activated,
        &[(4, Activated), (5, Suspended)],
    );
    check(
        (Some(5), None),
        Suspended,
        &[(4, Suspended), (5, Activated)],
    );
}

#[test]
fn of_two_dates_that_have_come_the_later_one_counts() {
    let whole_stay = [(1, Staged), (2, Activated), (7, Activated), (8, Suspended)];
    check((Some(2), Some(8)), Staged, &whole_stay);
    let leave = [(1, Activated), (2, Suspended), (8, Activated)];
    check((Some(8), Some(2)), Activated, &leave);
    check((Some(2), Some(2)), Staged, &[(1, Staged), (2, Suspended)]);
}

#[test]
fn what_was_carried_out_is_gone() {
    let both = schedule(Some(2), Some(8));
    assert_eq!(both.to_come(hour(1)), both);
    assert_eq!(both.to_come(hour(2)), schedule(None, Some(8)));
    assert_eq!(both.to_come(hour(8)), UserSchedule::default());
}
