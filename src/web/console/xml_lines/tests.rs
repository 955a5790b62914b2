//! How a document is laid out.

use super::indented;

#[test]
fn each_element_has_its_line_and_text_stays_with_its_element() {
    let xml = r#"<a x="1/>2"><b>one &lt; two</b><c></c><e><f> padded </f><g>   </g></e></a>"#;
    let expected = [
        r#"<a x="1/>2">"#,
        "  <b>one &lt; two</b>",
        "  <c></c>",
        "  <e>",
        "    <f> padded </f>",
        "    <g>   </g>",
        "  </e>",
        "</a>",
    ];
    assert_eq!(indented(xml), expected.join("\n"));
}

#[test]
fn a_text_keeps_its_own_lines() {
    assert_eq!(indented("<a><b>x\n y</b></a>"), "<a>\n  <b>x\n y</b>\n</a>");
    assert_eq!(indented(""), "");
}
