//! ONE-DOOR: the wait grows and is bounded.

use chrono::TimeDelta;

use crate::service::brake::{keys, keys_at, source_keys, wait_after};

#[test]
fn one_door_the_wait_doubles_up_to_a_quarter_of_an_hour() {
    for (excess, seconds) in [(0, 2), (1, 4), (2, 8), (8, 512), (9, 900), (1_000_000, 900)] {
        assert_eq!(wait_after(excess), TimeDelta::seconds(seconds), "{excess}");
    }
}

#[test]
fn one_door_an_account_is_counted_for_each_source_apart() {
    assert_ne!(keys("jason", "192.0.2.1")[0], keys("jason", "192.0.2.2")[0]);
    assert_eq!(keys("jason", "2001:db8::1"), keys("jason", "2001:db8::2"));
    assert_ne!(
        keys("jason", "2001:db8::1")[0],
        keys("jason", "2001:db8:0:1::1")[0]
    );
    // One network, whatever is asked for.
    assert_eq!(
        keys_at("forgot", "jason", "2001:db8::1"),
        keys_at("forgot", "jason", "2001:db8::2")
    );
    assert_eq!(source_keys("2001:db8::1")[0], keys("x", "2001:db8::2")[1]);
    assert!(!keys("secret typed as name", "192.0.2.1")[0].contains("secret"));
}
