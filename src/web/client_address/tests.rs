//! Whom a request is counted for: what proxies wrote, and what a stranger wrote.

use std::net::IpAddr;

use crate::domain::address_range::AddressRange;
use crate::web::client_address::behind;

/// `trusted` and `header`: lists with commas.
fn check(peer: &str, trusted: &str, (header, expected): (&str, &str)) {
    let peer: IpAddr = peer.parse().unwrap();
    let ranges = trusted.split(',').filter(|text| !text.is_empty());
    let ranges: Vec<AddressRange> = ranges
        .map(|text| AddressRange::parse(text).unwrap())
        .collect();
    let named: Vec<&str> = header.split(',').collect();
    let found = behind(peer, &ranges, &named).to_string();
    assert_eq!(
        found, expected,
        "{peer} with {header:?}, trusting {trusted:?}"
    );
}

#[test]
fn a_header_counts_only_from_a_trusted_peer() {
    check("198.51.100.1", "", ("203.0.113.9", "198.51.100.1"));
    check(
        "198.51.100.1",
        "10.0.0.0/8",
        ("203.0.113.9", "198.51.100.1"),
    );
    check("10.0.0.1", "10.0.0.0/8", ("203.0.113.9", "203.0.113.9"));
}

#[test]
fn a_stranger_cannot_write_an_address_before_its_own() {
    // The browser at 203.0.113.9 sent "1.1.1.1"; the proxy put the browser's address behind it.
    check(
        "10.0.0.1",
        "10.0.0.0/8",
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
    );
    check(
        "10.0.0.1",
        "10.0.0.0/8",
        ("10.0.0.7, 203.0.113.9", "203.0.113.9"),
    );
    // Two hops, both trusted.
    check(
        "10.0.0.1",
        "10.0.0.0/8",
        ("1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
    );
    check(
        "10.0.0.1",
        "10.0.0.1",
        ("203.0.113.9, 10.0.0.2", "10.0.0.2"),
    );
}

#[test]
fn where_the_row_breaks_the_last_one_known_is_taken() {
    check("10.0.0.1", "10.0.0.0/8", ("", "10.0.0.1"));
    check("10.0.0.1", "10.0.0.0/8", ("unknown", "10.0.0.1"));
    check(
        "10.0.0.1",
        "10.0.0.0/8",
        ("203.0.113.9, _hidden, 10.0.0.2", "10.0.0.2"),
    );
    check("10.0.0.1", "10.0.0.0/8", ("10.0.0.3, 10.0.0.2", "10.0.0.3"));
}

#[test]
fn addresses_come_with_and_without_ports() {
    check("::1", "::1", ("203.0.113.9:4711", "203.0.113.9"));
    check("::1", "::1", ("[2001:db8::1]:4711", "2001:db8::1"));
    check("::1", "::1", ("[2001:db8::1]", "2001:db8::1"));
    check("::1", "::1", ("2001:db8::1", "2001:db8::1"));
    check("::1", "::1", ("::ffff:203.0.113.9", "203.0.113.9"));
}
