//! The fingerprint by which people tell certificates apart.

use openssl::sha::sha256;

/// SHA-256 of a certificate in DER, in pairs of hexadecimal digits with colons.
pub fn of(der: &[u8]) -> String {
    let pairs: Vec<String> = sha256(der)
        .iter()
        .map(|octet| format!("{octet:02X}"))
        .collect();
    pairs.join(":")
}
