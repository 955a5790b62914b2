//! The Redirect binding: what it reads is what was sent, within the caps.

use super::*;

const XML: &[u8] = b"<samlp:AuthnRequest/>";

fn query(xml: &[u8]) -> String {
    let url = request_url("https://idp.example/saml/sso", xml, Some("a b&c=d")).unwrap();
    url.split_once('?').unwrap().1.to_owned()
}

#[test]
fn a_request_url_is_read_back_unchanged() {
    let request = decode_request(&query(XML)).unwrap();
    assert_eq!(request.binding, EndpointBinding::HttpRedirect);
    assert_eq!(request.xml, XML);
    assert_eq!(request.relay_state.as_deref(), Some("a b&c=d"));
}

#[test]
fn an_endpoint_keeps_its_own_query() {
    let url = request_url("https://idp.example/sso?tenant=7", XML, None).unwrap();
    assert!(url.starts_with("https://idp.example/sso?tenant=7&SAMLRequest="));
    assert!(!url.contains("RelayState"));
}

/// A header takes ASCII only, and such a URL can be registered.
#[test]
fn an_endpoint_with_other_letters_is_written_so_that_a_header_takes_it() {
    let url = request_url("https://sp.example/straße?ä=ö", XML, None).unwrap();
    let expected = "https://sp.example/stra%C3%9Fe?%C3%A4=%C3%B6&SAMLRequest=";
    assert!(url.starts_with(expected), "{url}");
}

#[test]
fn bounded_input_inflate_stops_at_the_cap() {
    // 64 MiB of blanks make a query of about 90 KB.
    let bomb = query(&vec![b' '; 64 * 1024 * 1024]);
    assert!(bomb.len() < MAX_MESSAGE_BYTES);
    assert_eq!(decode_request(&bomb), Err(BindingError::TooLarge));
    let at_limit = vec![b'x'; MAX_MESSAGE_BYTES];
    assert_eq!(decode_request(&query(&at_limit)).unwrap().xml, at_limit);
    let over = vec![b'x'; MAX_MESSAGE_BYTES + 1];
    assert_eq!(decode_request(&query(&over)), Err(BindingError::TooLarge));
}

#[test]
fn what_is_not_a_deflated_message_is_refused() {
    let plain = base64_text::encode(XML).replace('+', "%2B");
    for (raw, expected) in [
        (format!("SAMLRequest={plain}"), BindingError::Inflate),
        ("SAMLRequest=%25%25".to_owned(), BindingError::Base64),
        ("SAMLRequest=".to_owned(), BindingError::Inflate),
        // Cut off in the middle.
        (query(XML)[..28].to_owned(), BindingError::Inflate),
    ] {
        assert_eq!(decode_request(&raw), Err(expected), "{raw}");
    }
}

#[test]
fn saml_encoding_is_deflate_or_absent() {
    let deflate = "urn%3Aoasis%3Anames%3Atc%3ASAML%3A2.0%3Abindings%3AURL-Encoding%3ADEFLATE";
    let named = format!("{}&SAMLEncoding={deflate}", query(XML));
    assert_eq!(decode_request(&named).unwrap().xml, XML);
    let other = format!("{}&SAMLEncoding=urn%3Aother", query(XML));
    assert_eq!(
        decode_request(&other),
        Err(BindingError::UnknownSamlEncoding)
    );
}
