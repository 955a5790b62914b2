//! What is a life of a session, and what is none.

use chrono::TimeDelta;

use crate::service::session_life::{parse, write};

#[test]
fn hours_and_minutes_within_the_bounds_are_lives() {
    for (text, minutes) in [("8h", 480), ("5m", 5), ("90m", 90), ("720h", 43_200)] {
        assert_eq!(parse(text), Some(TimeDelta::minutes(minutes)), "{text}");
    }
    for text in [
        "",
        "h",
        "8",
        "4m",
        "0h",
        "-8h",
        "+8h",
        "721h",
        "8 h",
        "8s",
        "1.5h",
        "8h8",
        "é",
        "99999999999999999999h",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn a_life_is_written_as_it_is_read() {
    for text in ["8h", "90m", "12h", "5m"] {
        assert_eq!(parse(text).map(write).as_deref(), Some(text));
    }
    assert_eq!(parse("120m").map(write).as_deref(), Some("2h"));
}
