//! Rule A5: when a run is due.

use jiff::civil::time;

use super::*;

fn instant(rfc3339: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(rfc3339).unwrap().into()
}

fn check((hour, minute, zone): (i8, i8, &str), now: &str, due: &str) {
    let schedule = Schedule {
        at: time(hour, minute, 0, 0),
        zone: TimeZone::get(zone).unwrap(),
    };
    assert_eq!(schedule.last_due(instant(now)), Some(instant(due)), "{now}");
}

#[test]
fn a5_a_run_is_due_at_its_time_of_day_in_its_zone() {
    let utc = (2, 0, "UTC");
    check(utc, "2026-11-25T02:00:00Z", "2026-11-25T02:00:00Z");
    check(utc, "2026-11-25T01:59:59Z", "2026-11-24T02:00:00Z");
    check(utc, "2026-11-25T23:59:59Z", "2026-11-25T02:00:00Z");
    let denver = (2, 0, "America/Denver");
    check(denver, "2026-11-25T08:59:59Z", "2026-11-24T09:00:00Z");
    check(denver, "2026-11-25T09:00:00Z", "2026-11-25T09:00:00Z");
    check(denver, "2026-07-01T08:00:00Z", "2026-07-01T08:00:00Z");
    check(
        (23, 30, "Pacific/Auckland"),
        "2026-11-25T12:00:00Z",
        "2026-11-25T10:30:00Z",
    );
}

#[test]
fn a5_a_time_that_is_skipped_or_comes_twice_is_due_once() {
    let berlin = (2, 30, "Europe/Berlin");
    // On 2026-03-29 the clocks go from 02:00 to 03:00: the run is at 03:30 summer time.
    check(berlin, "2026-03-29T01:29:59Z", "2026-03-28T01:30:00Z");
    check(berlin, "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z");
    // On 2026-10-25 they go from 03:00 to 02:00: the first 02:30 counts.
    check(berlin, "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z");
    check(berlin, "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z");
}
