//! NO-CALL-OUT: each range that is somebody's own, at both of its ends, and its neighbours.

use super::*;

fn check(addresses: &[&str], expected: bool) {
    for text in addresses {
        let address: IpAddr = text.parse().unwrap();
        assert_eq!(is_public(address), expected, "{text}");
    }
}

#[test]
fn no_call_out_private_and_special_addresses_are_not_public() {
    check(
        &[
            "0.0.0.0",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
        ],
        false,
    );
}

#[test]
fn no_call_out_addresses_of_ipv6_that_are_not_global_unicast_are_not_public() {
    check(
        &[
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:93.184.216.34",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "100::1",
            "2001::1",
            "2001:1ff::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
        ],
        false,
    );
}

#[test]
fn the_neighbours_of_the_ranges_are_public() {
    check(
        &[
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:db7::1",
            "2003::1",
            "2606:4700::1111",
            "3ffe::1",
        ],
        true,
    );
}
