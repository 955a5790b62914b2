//! xs:dateTime as it is met, and as we write it.

use super::*;

#[test]
fn instants_are_written_in_whole_seconds_with_z() {
    let instant = parse("2026-11-01T12:00:59.999+01:30").unwrap();
    assert_eq!(format(instant), "2026-11-01T10:30:59Z");
}

#[test]
fn instants_are_read_with_blanks_around_them() {
    let instant = parse(" 2026-11-01T12:00:00Z\n").unwrap();
    assert_eq!(format(instant), "2026-11-01T12:00:00Z");
    for bad in ["", "2026-13-01T12:00:00Z", "2026-11-01 12", "1730462400"] {
        assert_eq!(parse(bad), None, "{bad}");
    }
}
