//! Requirement RAW-QUERY: what a query or form may hold.

use super::*;

fn request(raw: &str) -> Result<String, BindingError> {
    let parameters = SamlParameters::parse(raw.as_bytes())?;
    parameters.detached_signature()?;
    decode_text(parameters.request()?)
}

fn check(raw: &str, expected: Result<&str, BindingError>) {
    assert_eq!(request(raw), expected.map(str::to_owned), "{raw}");
}

#[test]
fn raw_query_takes_each_parameter_once_under_its_literal_name() {
    check("SAMLRequest=abc", Ok("abc"));
    check("a=1&SAMLRequest=abc&b", Ok("abc"));
    check("SAMLRequest=a%2Bb%2fc%3D", Ok("a+b/c="));
    check("SAMLRequest=", Ok(""));
    check("", Err(BindingError::Missing));
    check("samlrequest=abc", Err(BindingError::Missing));
    check(
        "SAMLRequest=evil&SAMLRequest=good",
        Err(BindingError::Duplicate("SAMLRequest")),
    );
    check(
        "SAMLRequest=good&RelayState=a&RelayState=b",
        Err(BindingError::Duplicate("RelayState")),
    );
    check(
        "SAMLRequest=good&SigAlg=a&Signature=b&SigAlg=a",
        Err(BindingError::Duplicate("SigAlg")),
    );
    check(
        "SAMLRequest=good&SAML%52equest=evil",
        Err(BindingError::EncodedName("SAMLRequest")),
    );
    check(
        "SAMLRequest=good&%53ignature=x",
        Err(BindingError::EncodedName("Signature")),
    );
    check(
        "SAMLRequest=abc&SAMLResponse=abc",
        Err(BindingError::UnexpectedResponse),
    );
}

#[test]
fn raw_query_signs_the_octets_as_they_came_in_the_order_of_the_binding() {
    let raw =
        b"Signature=QUJD&SigAlg=http%3a%2f%2fa+b&x=1&RelayState=%7e~%20+&SAMLRequest=a%2bb%3D";
    let parameters = SamlParameters::parse(raw).unwrap();
    let signature = parameters.detached_signature().unwrap().unwrap();
    assert_eq!(
        String::from_utf8(signature.signed).unwrap(),
        "SAMLRequest=a%2bb%3D&RelayState=%7e~%20+&SigAlg=http%3a%2f%2fa+b"
    );
    assert_eq!(signature.algorithm, "http://a b");
    assert_eq!(signature.value, b"ABC");
    let without = SamlParameters::parse(b"SAMLRequest=a&SigAlg=b&Signature=QUJD").unwrap();
    let signature = without.detached_signature().unwrap().unwrap();
    assert_eq!(signature.signed, b"SAMLRequest=a&SigAlg=b");
}

#[test]
fn raw_query_refuses_half_signed_messages() {
    check(
        "SAMLRequest=abc&SigAlg=a&Signature=!",
        Err(BindingError::Base64),
    );
    check("SAMLRequest=abc&SigAlg=a", Err(BindingError::HalfSignature));
    check(
        "SAMLRequest=abc&Signature=b",
        Err(BindingError::HalfSignature),
    );
}

#[test]
fn percent_encoding_is_strict() {
    for bad in ["%", "%4", "%zz", "%4g", "abc%"] {
        check(&format!("SAMLRequest={bad}"), Err(BindingError::Encoding));
    }
    check("SAMLRequest=%ff%fe", Err(BindingError::Encoding));
}

#[test]
fn bounded_input_limits_query_and_relay_state() {
    let at_limit = format!("RelayState={}", "r".repeat(2_048));
    let parameters = SamlParameters::parse(at_limit.as_bytes()).unwrap();
    assert_eq!(
        parameters.decoded_relay_state().unwrap().unwrap().len(),
        2_048
    );
    // Bytes count, not characters: an umlaut has two.
    let over = format!("RelayState={}", "%C3%BC".repeat(1_025));
    let parameters = SamlParameters::parse(over.as_bytes()).unwrap();
    assert_eq!(
        parameters.decoded_relay_state(),
        Err(BindingError::RelayStateTooLong)
    );
    let huge = "x".repeat(256 * 1024 + 1);
    assert_eq!(
        SamlParameters::parse(huge.as_bytes()),
        Err(BindingError::TooLarge)
    );
}

#[test]
fn relay_state_is_kept_as_it_was_sent() {
    for (raw, expected) in [
        ("RelayState=a+b%20c", Some("a b c")),
        ("RelayState=%3Cscript%3E", Some("<script>")),
        ("RelayState=", Some("")),
        ("SAMLRequest=abc", None),
    ] {
        let parameters = SamlParameters::parse(raw.as_bytes()).unwrap();
        let relay_state = parameters.decoded_relay_state().unwrap();
        assert_eq!(relay_state.as_deref(), expected, "{raw}");
    }
}
