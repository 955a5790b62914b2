//! What has to hold of whatever is accepted.

use std::fmt::Write;

use vestibule::saml::xml_tree::Element;

/// The tree as a document of other spelling: what it means has to be the same when it is read again.
pub fn written(root: &Element) -> String {
    let mut xml = String::new();
    write(root, &mut xml);
    xml
}

fn write(element: &Element, xml: &mut String) {
    let prefixed = |namespace: &str| if namespace.is_empty() { "" } else { "e:" };
    let name = format!("{}{}", prefixed(&element.namespace), element.local);
    write!(xml, "<{name}").unwrap();
    if element.namespace.is_empty() {
        xml.push_str(" xmlns=\"\"");
    } else {
        write!(xml, " xmlns:e={}", quoted(&element.namespace)).unwrap();
    }
    for (place, attribute) in element.attributes.iter().enumerate() {
        let value = escaped(&attribute.value);
        match attribute.namespace.as_str() {
            "" => write!(xml, " {}=\"{value}\"", attribute.local).unwrap(),
            "http://www.w3.org/XML/1998/namespace" => {
                write!(xml, " xml:{}=\"{value}\"", attribute.local).unwrap();
            }
            namespace => {
                let (namespace, local) = (quoted(namespace), &attribute.local);
                write!(
                    xml,
                    " xmlns:a{place}={namespace} a{place}:{local}=\"{value}\""
                )
                .unwrap();
            }
        }
    }
    xml.push('>');
    xml.push_str(&escaped(&element.text));
    for child in &element.children {
        write(child, xml);
    }
    write!(xml, "</{name}>").unwrap();
}

/// A declaration is compared as it is written, so it has no references; it holds one kind of quote at most.
fn quoted(namespace: &str) -> String {
    let quote = if namespace.contains('"') { '\'' } else { '"' };
    format!("{quote}{namespace}{quote}")
}

/// Every character that a reader might change stands as a reference.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || !character.is_ascii() {
            out.push(character);
        } else {
            write!(out, "&#{};", u32::from(character)).unwrap();
        }
    }
    out
}

/// The same tree, apart from what no value can depend on: whether a text was interrupted.
pub fn is_same(one: &Element, other: &Element) -> bool {
    one.namespace == other.namespace
        && one.local == other.local
        && one.attributes == other.attributes
        && one.text == other.text
        && one.children.len() == other.children.len()
        && one
            .children
            .iter()
            .zip(&other.children)
            .all(|(one, other)| is_same(one, other))
}
