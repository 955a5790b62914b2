//! Requirement SHAPE-FIRST as far as XML itself goes, and the caps of BOUNDED-INPUT.

use super::*;

fn read(xml: &str) -> Result<Element, XmlError> {
    parse(xml.as_bytes(), &XmlBounds::MESSAGE)
}

fn refused(xml: &str, expected: XmlError) {
    assert_eq!(read(xml), Err(expected), "{xml}");
}

#[test]
fn names_attributes_and_text_are_read() {
    let root = read(
        "<?xml version='1.0' encoding='utf-8'?>\n<a:r xmlns:a='urn:a' a:k='1' k='x&#10;y\tz'>\
         <c xmlns='urn:c'>&lt;R&amp;D&#x1F600;&gt;</c><c/></a:r>\n<!-- end -->",
    )
    .unwrap();
    assert!(root.is("urn:a", "r"));
    // A line feed by number stays, a literal TAB becomes a blank (XML 1.0, 3.3.3).
    assert_eq!(root.attribute("k"), Some("x\ny z"));
    assert_eq!(root.attributes.len(), 2);
    let child = root.children_named("urn:c", "c").next().unwrap();
    assert_eq!(child.plain_text(), Some("<R&D\u{1F600}>"));
    assert_eq!(root.descendants().count(), 3);
    assert!(root.children.last().unwrap().is("", "c"));
}

#[test]
fn text_that_is_interrupted_is_no_plain_text() {
    for (xml, expected) in [
        ("<a> x </a>", Some("x")),
        ("<a></a>", Some("")),
        ("<a>x<!-- evil --></a>", None),
        ("<a>x<!---->y</a>", None),
        ("<a><![CDATA[x]]></a>", None),
        ("<a>x<b/></a>", None),
    ] {
        assert_eq!(read(xml).unwrap().plain_text(), expected, "{xml}");
    }
}

#[test]
fn doctype_entities_and_processing_instructions_are_refused() {
    refused("<!DOCTYPE a><a/>", XmlError::Doctype);
    refused(
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        XmlError::Doctype,
    );
    refused("<a><!DOCTYPE a></a>", XmlError::Doctype);
    refused("<a>&x;</a>", XmlError::UnknownEntity);
    refused("<a k='&x;'/>", XmlError::UnknownEntity);
    refused("<?php x?><a/>", XmlError::ProcessingInstruction);
    refused("<a><?x y?></a>", XmlError::ProcessingInstruction);
    refused("<a/><?x y?>", XmlError::ProcessingInstruction);
    refused(
        "<a><?xml version='1.0'?></a>",
        XmlError::ProcessingInstruction,
    );
}

#[test]
fn there_is_one_root_and_nothing_beside_it() {
    refused("", XmlError::NoRoot);
    refused("  <!-- nothing --> ", XmlError::NoRoot);
    refused("<a/><b/>", XmlError::SecondRoot);
    refused("x<a/>", XmlError::TextOutsideRoot);
    refused("<a/>x", XmlError::TextOutsideRoot);
    refused("<a/>&#120;", XmlError::TextOutsideRoot);
    refused("<a/><![CDATA[x]]>", XmlError::TextOutsideRoot);
    refused("<a><b></a></b>", XmlError::Unbalanced);
    refused("<a>", XmlError::Unbalanced);
    refused("<a></a></a>", XmlError::Unbalanced);
    refused("<a/><t>", XmlError::SecondRoot);
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for xml in [
        "<a",
        "<a k=v/>",
        "<a k/>",
        "<a k='<'/>",
        "<1a/>",
        "<a:b:c xmlns:a='urn:a'/>",
        "<a>]]></a>",
        "<a><!-- x -- y --></a>",
        "<a>x & y</a>",
        "<?xml version='1.1'?><a/>",
        "<a xmlns:p=''/>",
        "<a xmlns='urn:&#97;'/>",
        "<a xmlns:xml='urn:other'/>",
        "<a xmlns:xmlns='urn:other'/>",
    ] {
        assert!(read(xml).is_err(), "{xml}");
    }
}

#[test]
fn namespaces_are_declared_and_attributes_unique() {
    refused("<p:a/>", XmlError::UnboundPrefix);
    refused("<a p:k='1'/>", XmlError::UnboundPrefix);
    refused("<a k='1' k='2'/>", XmlError::DuplicateAttribute);
    refused(
        "<a xmlns:p='urn:x' xmlns:q='urn:x' p:k='1' q:k='2'/>",
        XmlError::DuplicateAttribute,
    );
    refused(
        "<a xmlns='urn:x' xmlns='urn:y'/>",
        XmlError::DuplicateAttribute,
    );
}

#[test]
fn only_utf8_and_xml_characters_are_read() {
    assert_eq!(
        parse(b"<a>\xff</a>", &XmlBounds::MESSAGE),
        Err(XmlError::NotUtf8)
    );
    let utf16: Vec<u8> = "\u{FEFF}<a/>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(parse(&utf16, &XmlBounds::MESSAGE), Err(XmlError::NotUtf8));
    refused(
        "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
        XmlError::NotUtf8,
    );
    assert!(read("\u{FEFF}<a/>").is_ok());
    refused("<a>\u{1}</a>", XmlError::ForbiddenCharacter);
    refused("<a>&#1;</a>", XmlError::ForbiddenCharacter);
    refused("<a>&#xFFFE;</a>", XmlError::ForbiddenCharacter);
    refused("<a k='&#1;'/>", XmlError::ForbiddenCharacter);
    refused("<a>&#0;</a>", XmlError::ForbiddenCharacter);
}

#[test]
fn bounded_input_caps_hold_exactly() {
    let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    assert!(read(&nested(64)).is_ok());
    refused(&nested(65), XmlError::TooDeep);

    let siblings = |count: usize| format!("<r>{}</r>", "<a/>".repeat(count - 1));
    assert!(read(&siblings(2_048)).is_ok());
    refused(&siblings(2_049), XmlError::TooManyElements);

    let attributes = |count: usize| {
        let list: String = (0..count).map(|n| format!(" a{n}='x'")).collect();
        format!("<r{list}/>")
    };
    assert!(read(&attributes(64)).is_ok());
    refused(&attributes(65), XmlError::TooManyAttributes);

    let namespaces = |count: usize| {
        let list: String = (0..count)
            .map(|n| format!(" xmlns:n{n}='urn:{n}'"))
            .collect();
        format!("<r{list}/>")
    };
    assert!(read(&namespaces(64)).is_ok());
    refused(&namespaces(65), XmlError::TooManyNamespaces);
    refused(&namespaces(5_000), XmlError::TooManyNamespaces);

    // Two tags of 64 declarations are in scope at once, or one after the other without limit.
    let nested_scopes = |depth: usize| {
        let tag = namespaces(64).replace("/>", ">");
        format!("{}{}", tag.repeat(depth), "</r>".repeat(depth))
    };
    assert!(read(&nested_scopes(2)).is_ok());
    refused(&nested_scopes(3), XmlError::TooManyNamespaces);
    assert!(read(&format!("<r>{}</r>", namespaces(64).repeat(20))).is_ok());

    let long = format!("<a>{}</a>", "x".repeat(256 * 1024));
    refused(&long, XmlError::TooLarge);
}
