//! A property over generated input: whatever the writer takes is read back. Hostile bytes are the
//! business of `tests/fuzz`.

use proptest::prelude::*;
use vestibule::domain::attribute_mapping::NameFormat;
use vestibule::saml::bounds::XmlBounds;
use vestibule::saml::response::preview;
use vestibule::saml::xml_reader::parse;

use crate::saml::fixtures::{Fixture, RESPONSE_ID, attribute, frozen};

proptest! {
    #[test]
    fn whatever_is_written_is_read_back(
        name in "\\PC{1,40}",
        values in proptest::collection::vec("[\\t\\n\\r -\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]{0,60}", 1..4)
    ) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let fixture = Fixture {
            attributes: vec![attribute(&name, NameFormat::Basic, &values)],
            ..Fixture::usual(frozen())
        };
        let xml = preview(RESPONSE_ID, &fixture.input()).unwrap().xml;
        let root = parse(xml.as_bytes(), &XmlBounds::MESSAGE).unwrap();
        let written = root
            .descendants()
            .find(|element| element.local == "Attribute")
            .unwrap();
        prop_assert_eq!(written.attribute("Name"), Some(name.as_str()));
        let read: Vec<&str> = written.children.iter().map(|value| value.text.as_str()).collect();
        prop_assert_eq!(read, values);
    }
}
