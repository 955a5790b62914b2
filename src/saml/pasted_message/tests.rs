//! The forms in which people have messages, and texts that are none.

use super::*;

const XML: &str = r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>"#;

fn deflated() -> String {
    let url = redirect_binding::request_url("https://idp.example/slo", XML.as_bytes(), None);
    url.unwrap()
}

/// `None`: refused.
fn check(text: &str, binding: Option<EndpointBinding>) {
    let found = read(text);
    let Some(binding) = binding else {
        assert!(found.is_err(), "{text}: {found:?}");
        return;
    };
    let Ok(PastedMessage {
        message: MessageType::LogoutRequest,
        inbound,
    }) = found
    else {
        panic!("{text}: {found:?}");
    };
    assert_eq!(inbound.binding, binding, "{text}");
    assert_eq!(inbound.kind, MessageKind::Request, "{text}");
    let text_of = String::from_utf8(inbound.xml).unwrap();
    assert_eq!(text_of.trim_start_matches('\u{FEFF}'), XML, "{text}");
}

#[test]
fn every_form_that_people_have_is_read() {
    let (post, redirect) = (EndpointBinding::HttpPost, EndpointBinding::HttpRedirect);
    let url = deflated();
    let query = url.split_once('?').unwrap().1.to_owned();
    let value = query.strip_prefix("SAMLRequest=").unwrap();
    let plain = base64_text::encode(XML.as_bytes());
    let encoded: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    check(XML, Some(post));
    check(&format!("\u{FEFF}\n {XML} \n"), Some(post));
    check(&plain, Some(post));
    check(
        &plain.chars().map(|c| format!("{c}\n")).collect::<String>(),
        Some(post),
    );
    check(&encoded, Some(post));
    check(value, Some(post));
    check(&decode_text(value.as_bytes()).unwrap(), Some(post));
    check(&query, Some(redirect));
    check(&format!("{query}&RelayState=x"), Some(redirect));
    check(&format!("GET {url}#top"), Some(redirect));
    check(&format!("RelayState=x&SAMLRequest={encoded}"), Some(post));
    for refused in [
        "",
        "  ",
        "nothing",
        "<a/>",
        "SAMLRequest=%zz",
        "<samlp:LogoutRequest",
    ] {
        check(refused, None);
    }
    check(&"A".repeat(MAX_BODY_BYTES + 1), None);
}

#[test]
fn a_signature_beside_it_comes_along() {
    let url = format!("{}&SigAlg=x&Signature=AAAA", deflated());
    let Ok(PastedMessage { inbound, .. }) = read(&url) else {
        panic!("{url}");
    };
    let signature = inbound.signature.unwrap();
    assert_eq!(
        (signature.algorithm.as_str(), signature.value.len()),
        ("x", 3)
    );
}
