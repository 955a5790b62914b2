//! SignedInfo in its canonical form (Exclusive XML Canonicalization 1.0), over which SignatureValue is
//! made. By it a signature that fits no registered key is found out before anything is digested.
//! Believes nothing: what a signature covers is said by its verification in `enveloped_signature`.

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Prefix, QName, ResolveResult};
use quick_xml::reader::NsReader;

use crate::saml::urns::NS_DSIG;
use crate::saml::xml_reader::character_of;

/// How SignedInfo is canonicalized, as its CanonicalizationMethod says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CanonicalForm {
    pub with_comments: bool,
    /// The prefixes whose declarations are kept where they are in scope; `""`: the default namespace.
    pub inclusive_prefixes: Vec<String>,
}

/// The octets that are signed, out of a document that passed the gate; `None` when it holds no SignedInfo.
/// The first in the document is the one: it is the first child of the only signature.
pub fn canonical(xml: &str, form: &CanonicalForm) -> Option<Vec<u8>> {
    let mut reader = NsReader::from_str(xml.strip_prefix('\u{FEFF}').unwrap_or(xml));
    reader.config_mut().expand_empty_elements = true;
    let mut writer = CanonicalWriter {
        form,
        octets: String::new(),
        rendered: Vec::new(),
        open: Vec::new(),
    };
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return None,
            Event::Start(start) if !writer.open.is_empty() || is_signed_info(&start, &reader) => {
                writer.start(&start, &reader)?;
            }
            Event::End(_) if !writer.open.is_empty() => {
                writer.end()?;
                if writer.open.is_empty() {
                    return Some(writer.octets.into_bytes());
                }
            }
            event if !writer.open.is_empty() => writer.content(&event)?,
            _before => {}
        }
    }
}

fn is_signed_info(start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> bool {
    let (namespace, local) = reader.resolver().resolve_element(start.name());
    local.into_inner() == b"SignedInfo"
        && matches!(namespace, ResolveResult::Bound(bound) if bound.as_ref() == NS_DSIG.as_bytes())
}

struct CanonicalWriter<'f> {
    form: &'f CanonicalForm,
    octets: String,
    /// Prefix and namespace of the declarations that are written and in scope, outermost first.
    rendered: Vec<(String, String)>,
    /// The name of each open element, and how many declarations stood before it.
    open: Vec<(String, usize)>,
}

impl CanonicalWriter<'_> {
    fn start(&mut self, start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> Option<()> {
        let name = text_of(start.name().into_inner())?.to_owned();
        let before = self.rendered.len();
        let mut used = vec![start.name().prefix()];
        let mut attributes = BTreeMap::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.ok()?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let prefix = attribute.key.prefix();
            // An attribute without a prefix has no namespace, whatever the default is.
            used.extend(prefix.map(Some));
            let namespace = match prefix {
                Some(_) => namespace(reader, prefix)?,
                None => String::new(),
            };
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).ok()?;
            let local = text_of(attribute.key.local_name().into_inner())?;
            let key = text_of(attribute.key.into_inner())?;
            let written = format!(" {key}=\"{}\"", escaped_value(&value));
            attributes.insert((namespace, local.to_owned()), written);
        }
        self.octets.push('<');
        self.octets.push_str(&name);
        self.declare(&used, reader)?;
        self.octets.extend(attributes.into_values());
        self.octets.push('>');
        self.open.push((name, before));
        Some(())
    }

    /// The declarations that this element needs and that no element around it has written already.
    fn declare(&mut self, used: &[Option<Prefix<'_>>], reader: &NsReader<&[u8]>) -> Option<()> {
        let mut needed = BTreeMap::new();
        for prefix in used {
            let spelling = prefix
                .as_ref()
                .map_or(Some(""), |of| text_of(of.as_ref()))?;
            needed.insert(spelling.to_owned(), namespace(reader, *prefix)?);
        }
        for listed in &self.form.inclusive_prefixes {
            let name = format!("{listed}:_");
            let prefix = QName(name.as_bytes())
                .prefix()
                .filter(|_| !listed.is_empty());
            // One that is not in scope is passed over.
            if let Some(bound) = namespace(reader, prefix) {
                needed.insert(listed.clone(), bound);
            }
        }
        for (prefix, namespace) in needed {
            let around = self.rendered.iter().rev().find(|(seen, _)| *seen == prefix);
            let in_force = around.map_or("", |(_, namespace)| namespace.as_str());
            if prefix == "xml" || in_force == namespace {
                continue;
            }
            let written = escaped_value(&namespace);
            self.octets.push_str(&match prefix.as_str() {
                "" => format!(" xmlns=\"{written}\""),
                prefix => format!(" xmlns:{prefix}=\"{written}\""),
            });
            self.rendered.push((prefix, namespace));
        }
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        let (name, before) = self.open.pop()?;
        self.rendered.truncate(before);
        self.octets.push_str("</");
        self.octets.push_str(&name);
        self.octets.push('>');
        Some(())
    }

    /// What stands between tags. The gate lets no processing instruction through.
    fn content(&mut self, event: &Event<'_>) -> Option<()> {
        match event {
            Event::Text(text) => self.text(&text.xml10_content().ok()?),
            Event::CData(text) => self.text(&text.xml10_content().ok()?),
            Event::GeneralRef(reference) => {
                self.text(character_of(reference).ok()?.encode_utf8(&mut [0; 4]));
            }
            Event::Comment(comment) if self.form.with_comments => {
                let comment = comment.xml10_content().ok()?;
                self.octets.push_str(&format!("<!--{comment}-->"));
            }
            Event::Comment(_) => {}
            _never_inside => return None,
        }
        Some(())
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.octets.push_str("&amp;"),
                '<' => self.octets.push_str("&lt;"),
                '>' => self.octets.push_str("&gt;"),
                '\r' => self.octets.push_str("&#xD;"),
                other => self.octets.push(other),
            }
        }
    }
}

/// The namespace of a prefix, or the default one; `None`: the prefix is not declared.
fn namespace(reader: &NsReader<&[u8]>, prefix: Option<Prefix<'_>>) -> Option<String> {
    match reader.resolver().resolve_prefix(prefix, true) {
        ResolveResult::Bound(namespace) => text_of(namespace.as_ref()).map(str::to_owned),
        ResolveResult::Unbound => Some(String::new()),
        ResolveResult::Unknown(_) => None,
    }
}

fn escaped_value(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#x9;"),
            '\n' => escaped.push_str("&#xA;"),
            '\r' => escaped.push_str("&#xD;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn text_of(octets: &[u8]) -> Option<&str> {
    std::str::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests;
