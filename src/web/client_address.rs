//! Who asks, by network address: the peer of the connection, or whom trusted proxies name before themselves. What a
//! stranger writes into a header is never believed: entries of `X-Forwarded-For` are read from the right, and each
//! counts only if a trusted host wrote it. `Forwarded` (RFC 7239) and `X-Forwarded-Proto` are not read at all: the
//! base URL says how this service is reached.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, X_FORWARDED_FOR};
use actix_web::web::Data;

use crate::domain::address_range::AddressRange;
use crate::service::environment::Environment;

const HEADER: HeaderName = X_FORWARDED_FOR;

/// The address of a request's client; `None` where there is no connection, as in tests.
pub fn of(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let proxies = match request.app_data::<Data<Environment>>() {
        Some(env) => env.proxies.as_slice(),
        None => &[],
    };
    let mut named = Vec::new();
    for line in request.headers().get_all(HEADER) {
        // A line that is no text breaks the row of names there.
        named.extend(line.to_str().unwrap_or("?").split(','));
    }
    Some(behind(peer, proxies, &named))
}

/// Goes from the peer to the left, hop by hop, as long as the one that names the next is trusted.
fn behind(peer: IpAddr, trusted: &[AddressRange], named: &[&str]) -> IpAddr {
    let mut client = peer;
    for name in named.iter().rev() {
        if !trusted.iter().any(|range| range.contains(client)) {
            break;
        }
        match address(name.trim()) {
            Some(next) => client = next,
            None => break,
        }
    }
    client
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address: Option<IpAddr> = bare.unwrap_or(text).parse().ok();
    let with_port = || text.parse().ok().map(|socket: SocketAddr| socket.ip());
    address
        .or_else(with_port)
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests;
