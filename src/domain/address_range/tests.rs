//! Ranges by their edges, and what counts as one source.

use crate::domain::address_range::{AddressRange, counted_network};

fn check(range: &str, address: &str, expected: bool) {
    let found = AddressRange::parse(range)
        .unwrap()
        .contains(address.parse().unwrap());
    assert_eq!(found, expected, "{address} in {range}");
}

#[test]
fn a_range_holds_what_shares_its_prefix() {
    check("10.0.0.0/8", "10.255.255.255", true);
    check("10.0.0.0/8", "11.0.0.0", false);
    check("127.0.0.1/8", "127.9.9.9", true);
    check("192.0.2.7", "192.0.2.7", true);
    check("192.0.2.7", "192.0.2.8", false);
    check("192.0.2.7/32", "192.0.2.6", false);
    check("0.0.0.0/0", "203.0.113.9", true);
    check("0.0.0.0/0", "2001:db8::1", false);
    check("::/0", "2001:db8::1", true);
    check("2001:db8::/32", "2001:db8:ffff::1", true);
    check("2001:db8::/32", "2001:db9::1", false);
    check("::1", "::1", true);
    // An IPv4 peer of a socket that listens on IPv6.
    check("10.0.0.0/8", "::ffff:10.1.2.3", true);
    check("::ffff:10.0.0.0/104", "10.1.2.3", true);
}

#[test]
fn it_is_written_as_it_is_read() {
    for text in [
        "10.0.0.0/8",
        "192.0.2.7",
        "0.0.0.0/0",
        "::/0",
        "2001:db8::/32",
        "::1",
    ] {
        assert_eq!(AddressRange::parse(text).unwrap().to_string(), text);
    }
    let mapped = AddressRange::parse("::ffff:10.0.0.0/104").unwrap();
    assert_eq!(mapped.to_string(), "10.0.0.0/8");
}

#[test]
fn what_is_no_range_is_refused() {
    for text in [
        "",
        "10",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "::/129",
        "10.0.0/8",
        "proxy.example.com",
        "10.0.0.0/8/8",
        " 10.0.0.0/8",
        "[::1]",
    ] {
        assert_eq!(AddressRange::parse(text), None, "{text}");
    }
}

#[test]
fn ipv6_counts_by_its_first_64_bits() {
    for (address, network) in [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ] {
        let found = counted_network(address.parse().unwrap());
        assert_eq!(found.to_string(), network, "{address}");
    }
}
