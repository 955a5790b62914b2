//! Ranges of network addresses, written as CIDR (RFC 4632): which hosts are meant. And the network that a single
//! address stands for when failures are counted. Never asks a name server.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The addresses that share their first bits with one. IPv4 is kept as IPv6 in its mapped form
/// (RFC 4291 2.5.5.2), so that one comparison serves both, whichever clothes an address comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    first: u128,
    /// From 0 to 128.
    length: u32,
}

/// Before the 32 bits of a mapped IPv4 address stand 96 others.
const BEFORE_V4: u32 = 96;

impl AddressRange {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address. Bits behind the prefix are not looked at.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let (before, most) = if address.is_ipv4() {
            (BEFORE_V4, 32)
        } else {
            (0, 128)
        };
        let length = match length {
            None => most,
            // Not "+8" and not "08", which somebody may have meant otherwise.
            Some(text)
                if text.len() > 1 && !text.starts_with(|c: char| ('1'..='9').contains(&c)) =>
            {
                return None;
            }
            Some(text) => text.parse().ok().filter(|length| *length <= most)?,
        };
        Some(Self {
            first: bits(address),
            length: before + length,
        })
    }

    /// Whether an address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let differing = bits(address) ^ self.first;
        // Shifted by all 128 bits nothing is left that could differ.
        differing.checked_shr(128 - self.length).unwrap_or_default() == 0
    }
}

/// As it is written; `parse` reads it back.
impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = Ipv6Addr::from_bits(self.first);
        let as_v4 = address
            .to_ipv4_mapped()
            .filter(|_| self.length >= BEFORE_V4);
        let (address, length, most) = match as_v4 {
            Some(address) => (IpAddr::V4(address), self.length - BEFORE_V4, 32),
            None => (IpAddr::V6(address), self.length, 128),
        };
        write!(f, "{address}")?;
        if length < most {
            write!(f, "/{length}")?;
        }
        Ok(())
    }
}

/// The network whose failures count together: an IPv4 address alone; of IPv6 the first 64 bits, since whoever has
/// one address of such a network has all of them (RFC 4291 2.5.4).
pub fn counted_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let interface = u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !interface))
        }
    }
}

const fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests;
