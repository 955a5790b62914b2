//! URLs that may be registered, and all shapes that may not.

use crate::domain::endpoint_url::EndpointUrlError::{
    self, Blank, Fragment, NotAUrl, NotHttps, TooLong, UserInfo,
};
use crate::domain::endpoint_url::{URL_LIMIT, check};

#[test]
fn exact_acs_takes_https_or_http_on_loopback() {
    for url in [
        "https://sp.example.com/acs",
        "https://sp.example.com:8443/acs?app=7&x=%2f",
        "HTTPS://SP.example.com",
        "https://127.0.0.1/acs",
        "http://localhost/acs",
        "http://localhost:8081/acs",
        "http://127.0.0.1:8081/acs",
        "http://127.9.8.7/acs",
        "http://[::1]:8081/acs",
        "https://bücher.example/acs",
    ] {
        assert_eq!(check(url), Ok(()), "{url}");
    }
}

#[test]
fn exact_acs_refuses_everything_else() {
    let cases: [(&str, EndpointUrlError); 21] = [
        ("", NotAUrl),
        ("sp.example.com/acs", NotAUrl),
        ("/acs", NotAUrl),
        ("https://", NotAUrl),
        ("mailto:a@example.com", NotAUrl),
        ("data:text/html,x", NotAUrl),
        ("javascript:alert(1)", NotAUrl),
        ("http://sp.example.com/acs", NotHttps),
        ("http://localhost.example.com/acs", NotHttps),
        ("http://128.0.0.1/acs", NotHttps),
        ("http://[::2]/acs", NotHttps),
        ("http://0.0.0.0/acs", NotHttps),
        ("ftp://localhost/acs", NotHttps),
        ("https://a:b@sp.example.com/acs", UserInfo),
        ("https://a@sp.example.com/acs", UserInfo),
        ("http://localhost@sp.example.com/acs", NotHttps),
        ("https://sp.example.com/acs#x", Fragment),
        (" https://sp.example.com/acs", Blank),
        ("https://sp.example.com/acs\n", Blank),
        ("https://sp.example.com/a cs", Blank),
        ("https://sp.exa\tmple.com/acs", Blank),
    ];
    for (url, error) in cases {
        assert_eq!(check(url), Err(error), "{url:?}");
    }
    let long = format!("https://sp.example.com/{}", "a".repeat(URL_LIMIT));
    assert!(matches!(check(&long), Err(TooLong { .. })));
}
