//! Writes XML that already has the form exclusive canonicalization would give it (xml-exc-c14n 3,
//! Canonical XML 1.0, 2.3), so that what is hashed is what is sent. The caller's part of the
//! bargain: namespace declarations first and sorted by prefix, then attributes sorted by name. The
//! writer's part: escapes, no self-closed tags, no character that XML cannot hold.

use crate::domain::text::is_xml_char;

/// A value holds a character that XML 1.0 has no way to carry (requirement ESCAPE-EVERYWHERE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a value holds a character that XML cannot carry")]
pub struct ForbiddenCharacter;

/// A growing document. A forbidden character is remembered and told by [`XmlWriter::finish`], so
/// that the builders read as the documents they write.
#[derive(Debug, Default)]
pub struct XmlWriter {
    xml: String,
    is_refused: bool,
}

impl XmlWriter {
    /// An empty document with room for a usual message.
    pub fn new() -> Self {
        Self {
            xml: String::with_capacity(8 * 1024),
            is_refused: false,
        }
    }

    /// A start tag.
    pub fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.xml.push('<');
        self.xml.push_str(name);
        for (name, value) in attributes {
            self.xml.push(' ');
            self.xml.push_str(name);
            self.xml.push_str("=\"");
            self.escaped(value, attribute_escape);
            self.xml.push('"');
        }
        self.xml.push('>');
    }

    /// An end tag.
    pub fn end(&mut self, name: &str) {
        self.xml.push_str("</");
        self.xml.push_str(name);
        self.xml.push('>');
    }

    /// Text of an element.
    pub fn text(&mut self, text: &str) {
        self.escaped(text, text_escape);
    }

    /// An element with text and nothing else.
    pub fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.start(name, attributes);
        self.text(text);
        self.end(name);
    }

    /// Takes over what another writer finished.
    pub fn finished(&mut self, xml: &str) {
        self.xml.push_str(xml);
    }

    /// The document, if it could hold all that was put in.
    pub fn finish(self) -> Result<String, ForbiddenCharacter> {
        if self.is_refused {
            return Err(ForbiddenCharacter);
        }
        Ok(self.xml)
    }

    /// Copies whole runs of harmless octets; only what may be special is looked at as a character.
    fn escaped(&mut self, text: &str, escape: impl Fn(char) -> Option<&'static str>) {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(may_be_special) {
            let (plain, special) = rest.split_at(at);
            self.xml.push_str(plain);
            let mut chars = special.chars();
            if let Some(c) = chars.next() {
                match escape(c) {
                    Some(reference) => self.xml.push_str(reference),
                    None => self.xml.push(c),
                }
                self.is_refused |= !is_xml_char(c);
            }
            rest = chars.as_str();
        }
        self.xml.push_str(rest);
    }
}

/// The first octets of all characters that are escaped or refused; always the beginning of a
/// character. 0xEF begins U+F000 to U+FFFF, the last two of which XML cannot hold.
const fn may_be_special(octet: u8) -> bool {
    octet < b' ' || matches!(octet, b'&' | b'<' | b'>' | b'"' | 0xEF)
}

const fn text_escape(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#xD;"),
        _ => None,
    }
}

const fn attribute_escape(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        '\r' => Some("&#xD;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
