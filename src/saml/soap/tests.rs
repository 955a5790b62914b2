//! SOAP 1.1 section 4 and SAML Bindings 3.2.

use super::*;

use crate::saml::bounds::XmlBounds;
use crate::saml::xml_reader::parse;

fn check(inside: &str, expected: Result<&str, EnvelopeError>) {
    let text = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">{inside}</s:Envelope>"
    );
    let root = parse(text.as_bytes(), &XmlBounds::MESSAGE).unwrap();
    let found = message_of(&root).map(|message| message.local.as_str());
    assert_eq!(found, expected, "{inside}");
}

#[test]
fn a_body_holds_one_message() {
    check("<s:Body><m/></s:Body>", Ok("m"));
    check("<s:Header/><s:Body><m/></s:Body>", Ok("m"));
    check("<s:Header><h/></s:Header><s:Body><m/></s:Body>", Ok("m"));
    for inside in [
        "",
        "<s:Body/>",
        "<s:Body><m/><m/></s:Body>",
        "<s:Body><m/></s:Body><s:Body><m/></s:Body>",
        "<s:Body><m/></s:Body><s:Header/>",
        "<Body><m/></Body>",
        "<x/><s:Body><m/></s:Body>",
    ] {
        check(inside, Err(EnvelopeError::Shape));
    }
    let other = parse(
        b"<Envelope><Body><m/></Body></Envelope>",
        &XmlBounds::MESSAGE,
    )
    .unwrap();
    assert_eq!(message_of(&other), Err(EnvelopeError::Shape));
}

#[test]
fn a_header_that_has_to_be_understood_is_not() {
    let header = |value: &str| {
        format!("<s:Header><h s:mustUnderstand=\"{value}\"/></s:Header><s:Body><m/></s:Body>")
    };
    check(&header("1"), Err(EnvelopeError::MustUnderstand));
    check(&header("true"), Err(EnvelopeError::MustUnderstand));
    check(&header("0"), Ok("m"));
}

#[test]
fn a_fault_names_whose_it_is() {
    let text = fault(FaultCode::MustUnderstand, "a & b").unwrap();
    let root = parse(text.as_bytes(), &XmlBounds::MESSAGE).unwrap();
    let fault = message_of(&root).unwrap();
    assert!(fault.is(NS_SOAP, "Fault"));
    assert_eq!(fault.children[0].text, "S:MustUnderstand");
    assert_eq!(fault.children[1].text, "a & b");
}
