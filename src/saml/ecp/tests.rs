//! SAML Profiles 4.2.4.4: the header block of the answer.

use super::*;

use crate::saml::bounds::XmlBounds;
use crate::saml::xml_reader::parse;

#[test]
fn the_client_learns_the_url_and_has_to_understand_it() {
    let text = respond("https://sp.example/paos?a=1&b=2", "<x></x>").unwrap();
    let root = parse(text.as_bytes(), &XmlBounds::MESSAGE).unwrap();
    let header = &root.children[0].children[0];
    assert!(header.is(NS_ECP, "Response"));
    assert_eq!(
        header.attribute("AssertionConsumerServiceURL"),
        Some("https://sp.example/paos?a=1&b=2")
    );
    let of_soap: Vec<_> = header
        .attributes
        .iter()
        .filter(|one| one.namespace == NS_SOAP)
        .map(|one| (one.local.as_str(), one.value.as_str()))
        .collect();
    assert_eq!(
        of_soap,
        [("actor", SOAP_ACTOR_NEXT), ("mustUnderstand", "1")]
    );
    assert!(root.children[1].children[0].is("", "x"));
}
