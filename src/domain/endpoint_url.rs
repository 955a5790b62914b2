//! Which URLs may be registered as endpoints of a service provider (EXACT-ACS), and what loopback
//! is. The text itself is kept and compared byte for byte; a parsed form is only looked at here.

use url::{Host, Url};

/// A URL has at most this many characters.
pub const URL_LIMIT: usize = 2048;

/// Why a URL cannot be an endpoint. Each message is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointUrlError {
    #[error("Enter a whole URL, such as https://sp.example.com/saml/acs.")]
    NotAUrl,
    #[error("The URL has {actual} characters. Shorten it to at most {URL_LIMIT}.")]
    TooLong { actual: usize },
    #[error("A URL cannot contain blanks or control characters. Remove them or write them as %20.")]
    Blank,
    #[error(
        "Use https. Plain http is possible for localhost, 127.0.0.0/8 and [::1] only, because \
         anybody on the way could read the assertion."
    )]
    NotHttps,
    #[error("Remove the name or password before the @ of the URL.")]
    UserInfo,
    #[error("Remove the # and what follows it: an endpoint has no fragment.")]
    Fragment,
}

/// Checks the text of an endpoint's URL: https, or http on loopback.
pub fn check(text: &str) -> Result<(), EndpointUrlError> {
    let actual = text.chars().count();
    if actual > URL_LIMIT {
        return Err(EndpointUrlError::TooLong { actual });
    }
    // The parser would silently drop them, and the text is compared byte for byte.
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(EndpointUrlError::Blank);
    }
    let Ok(url) = Url::parse(text) else {
        return Err(EndpointUrlError::NotAUrl);
    };
    let host = url.host().ok_or(EndpointUrlError::NotAUrl)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        _ => return Err(EndpointUrlError::NotHttps),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointUrlError::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(EndpointUrlError::Fragment);
    }
    Ok(())
}

/// `localhost`, 127.0.0.0/8 and `[::1]`: what never leaves the machine.
pub fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests;
