//! The bytes of canonical XML.

use super::*;

#[test]
fn text_and_attributes_escape_what_canonical_xml_escapes() {
    let nasty = "a&b<c>d\"e'f\tg\nh\ri]]>j";
    let mut writer = XmlWriter::new();
    writer.leaf("x", &[("k", nasty)], nasty);
    assert_eq!(
        writer.finish().unwrap(),
        "<x k=\"a&amp;b&lt;c>d&quot;e'f&#x9;g&#xA;h&#xD;i]]>j\">\
         a&amp;b&lt;c&gt;d\"e'f\tg\nh&#xD;i]]&gt;j</x>"
    );
}

#[test]
fn there_are_no_self_closed_tags() {
    let mut writer = XmlWriter::new();
    writer.leaf("x", &[], "");
    assert_eq!(writer.finish().unwrap(), "<x></x>");
}

#[test]
fn characters_that_xml_cannot_hold_are_refused_wherever_they_stand() {
    for bad in ["\0", "\u{1}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
        let value = format!("a{bad}b");
        let mut in_text = XmlWriter::new();
        in_text.leaf("x", &[], &value);
        assert_eq!(in_text.finish(), Err(ForbiddenCharacter), "{bad:?}");
        let mut in_attribute = XmlWriter::new();
        in_attribute.leaf("x", &[("k", &value)], "");
        assert_eq!(in_attribute.finish(), Err(ForbiddenCharacter), "{bad:?}");
    }
    for good in [
        "\u{7F}",
        "\u{85}",
        "\u{2028}",
        "\u{FEFF}",
        "\u{FFFD}",
        "\u{10FFFF}",
    ] {
        let mut writer = XmlWriter::new();
        writer.text(good);
        assert_eq!(writer.finish().unwrap(), good, "{good:?}");
    }
}
