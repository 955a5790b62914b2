//! When nothing is waited for any more, and what may be called complete.

use chrono::DateTime;

use super::ParticipantState::{Confirmed, Partial, Refused, Unreachable, Waiting};
use super::*;

fn over(states: &[ParticipantState], after_seconds: i64) -> bool {
    let began_at = DateTime::UNIX_EPOCH;
    let now = began_at + Duration::seconds(after_seconds);
    is_over(states.iter().copied(), (began_at, now))
}

#[test]
fn it_is_over_when_all_have_answered_or_after_ten_seconds() {
    assert!(!over(&[Waiting], 0));
    assert!(!over(&[Confirmed, Waiting], 9));
    assert!(over(&[Confirmed, Waiting], 10));
    assert!(over(&[Confirmed, Refused, Partial, Unreachable], 0));
    assert!(over(&[], 0));
}

/// SAML Core 3.7.3.2: anything but the confirmation of all is a partial logout.
#[test]
fn it_is_complete_only_if_everybody_confirmed() {
    assert!(is_complete([]));
    assert!(is_complete([Confirmed, Confirmed]));
    for other in [Waiting, Partial, Refused, Unreachable] {
        assert!(!is_complete([Confirmed, other]), "{other:?}");
    }
}

#[test]
fn only_a_confirmation_is_told_as_done() {
    for state in ParticipantState::ALL {
        assert_eq!(ParticipantState::parse(state.as_str()), Some(state));
        let is_told_as_done = state.label(true) == "Signed out.";
        assert_eq!(is_told_as_done, state == Confirmed, "{state:?}");
    }
}
