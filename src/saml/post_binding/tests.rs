//! The POST binding: what it reads is what was sent, within the caps.

use super::*;

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use url::form_urlencoded;

const XML: &[u8] = b"<samlp:AuthnRequest/>";

fn body(message: &str) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("SAMLRequest", message)
        .append_pair("RelayState", "a+b c")
        .finish()
        .into_bytes()
}

fn deflated(xml: &[u8]) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(xml).unwrap();
    base64_text::encode(&encoder.finish().unwrap())
}

#[test]
fn a_form_is_read_back_unchanged() {
    let form = PostForm::request("https://idp.example/saml/sso", XML, None);
    assert_eq!(form.field, "SAMLRequest");
    let request = decode_request(&body(&form.message)).unwrap();
    assert_eq!(request.binding, EndpointBinding::HttpPost);
    assert_eq!(request.xml, XML);
    assert_eq!(request.relay_state.as_deref(), Some("a+b c"));
}

#[test]
fn base64_may_hold_line_breaks() {
    let encoded = base64_text::encode(XML);
    let (first, second) = encoded.split_at(12);
    let request = decode_request(&body(&format!("{first}\r\n{second}\n"))).unwrap();
    assert_eq!(request.xml, XML);
}

#[test]
fn a_deflated_message_is_accepted_within_the_same_cap() {
    assert_eq!(decode_request(&body(&deflated(XML))).unwrap().xml, XML);
    let bomb = deflated(&vec![b' '; 8 * 1024 * 1024]);
    assert_eq!(decode_request(&body(&bomb)), Err(BindingError::TooLarge));
}

#[test]
fn white_space_or_a_bom_before_the_message_is_no_compression() {
    for lead in ["\n  ", "\u{FEFF}"] {
        let xml = [lead.as_bytes(), XML].concat();
        let request = decode_request(&body(&base64_text::encode(&xml))).unwrap();
        assert_eq!(request.xml, xml);
    }
}

#[test]
fn what_is_neither_xml_nor_deflate_is_refused() {
    let garbage = base64_text::encode(b"garbage");
    assert_eq!(decode_request(&body(&garbage)), Err(BindingError::Inflate));
    assert_eq!(decode_request(&body("!!!")), Err(BindingError::Base64));
    assert_eq!(decode_request(b""), Err(BindingError::Missing));
}
