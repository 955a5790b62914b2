//! A strict, bounded reading of one XML document into a tree, in one pass. No DOCTYPE, no entities
//! but the five, no processing instructions, nothing outside the root; caps hold while reading.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{LocalName, ResolveResult};
use quick_xml::reader::NsReader;

use crate::domain::text::is_xml_char;
use crate::saml::bounds::XmlBounds;
use crate::saml::urns::NS_XML;
use crate::saml::xml_chars::{is_ncname, is_xml_space};
use crate::saml::xml_tree::{Attribute, Element};

/// Why a document is not read. The texts name the rule, never the sender's octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    #[error("the document is too large")]
    TooLarge,
    #[error("the document is not UTF-8")]
    NotUtf8,
    #[error("a document type declaration is not accepted")]
    Doctype,
    #[error("a processing instruction is not accepted")]
    ProcessingInstruction,
    #[error("an entity other than the five of XML is not accepted")]
    UnknownEntity,
    #[error("a namespace prefix is not declared")]
    UnboundPrefix,
    #[error("a tag holds one attribute twice")]
    DuplicateAttribute,
    #[error("text stands outside the root element")]
    TextOutsideRoot,
    #[error("the document has more than one root element")]
    SecondRoot,
    #[error("the document has no root element")]
    NoRoot,
    #[error("an end tag is missing or does not match its start tag")]
    Unbalanced,
    #[error("elements are nested too deeply")]
    TooDeep,
    #[error("the document has too many elements")]
    TooManyElements,
    #[error("a tag has too many attributes")]
    TooManyAttributes,
    #[error("a tag has too many namespace declarations")]
    TooManyNamespaces,
    #[error("a character that XML cannot hold is not accepted")]
    ForbiddenCharacter,
    #[error("the document is not well-formed XML")]
    Malformed,
}

/// Reads a whole document and gives its root element.
pub fn parse(bytes: &[u8], bounds: &XmlBounds) -> Result<Element, XmlError> {
    if bytes.len() > bounds.bytes {
        return Err(XmlError::TooLarge);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(XmlError::NotUtf8);
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if !text.chars().all(is_xml_char) {
        return Err(XmlError::ForbiddenCharacter);
    }
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().check_comments = true;
    // The resolver's own cap must not fire before ours, which has a name.
    reader
        .resolver_mut()
        .set_max_declarations_per_element(bounds.namespaces_per_tag + 1);
    let mut builder = TreeBuilder::new(bounds);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return builder.finish(),
            Ok(event) => builder.take(&event, &reader)?,
            Err(error) => return Err(reading_error(&error)),
        }
    }
}

fn reading_error(error: &quick_xml::Error) -> XmlError {
    use quick_xml::errors::IllFormedError;
    match error {
        quick_xml::Error::IllFormed(
            IllFormedError::MissingEndTag(_)
            | IllFormedError::UnmatchedEndTag(_)
            | IllFormedError::MismatchedEndTag { .. },
        ) => XmlError::Unbalanced,
        quick_xml::Error::Namespace(quick_xml::name::NamespaceError::TooManyDeclarations(_)) => {
            XmlError::TooManyNamespaces
        }
        _ => XmlError::Malformed,
    }
}

struct TreeBuilder<'b> {
    bounds: &'b XmlBounds,
    /// The elements that are still open, outermost first.
    open: Vec<Element>,
    /// How many namespaces each open element declares.
    declared: Vec<usize>,
    root: Option<Element>,
    elements: usize,
    events: usize,
}

impl<'b> TreeBuilder<'b> {
    const fn new(bounds: &'b XmlBounds) -> Self {
        Self {
            bounds,
            open: Vec::new(),
            declared: Vec::new(),
            root: None,
            elements: 0,
            events: 0,
        }
    }

    fn take(&mut self, event: &Event<'_>, reader: &NsReader<&[u8]>) -> Result<(), XmlError> {
        self.events += 1;
        match event {
            Event::Start(start) => self.start(start, reader),
            Event::End(_) => self.end(),
            Event::Text(text) => {
                let Ok(text) = text.xml10_content() else {
                    return Err(XmlError::NotUtf8);
                };
                if text.contains("]]>") {
                    return Err(XmlError::Malformed);
                }
                self.text(&text)
            }
            Event::GeneralRef(reference) => {
                self.text(character_of(reference)?.encode_utf8(&mut [0; 4]))
            }
            Event::CData(_) if self.open.is_empty() => Err(XmlError::TextOutsideRoot),
            Event::CData(_) | Event::Comment(_) => {
                if let Some(element) = self.open.last_mut() {
                    element.interrupted = true;
                }
                Ok(())
            }
            Event::Decl(declaration) => self.declaration(declaration),
            Event::DocType(_) => Err(XmlError::Doctype),
            Event::PI(_) => Err(XmlError::ProcessingInstruction),
            // Empty elements arrive expanded, the end of the document is seen by the caller.
            Event::Empty(_) | Event::Eof => Err(XmlError::Malformed),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> Result<(), XmlError> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(XmlError::SecondRoot);
        }
        if self.open.len() >= self.bounds.depth {
            return Err(XmlError::TooDeep);
        }
        self.elements += 1;
        if self.elements > self.bounds.elements {
            return Err(XmlError::TooManyElements);
        }
        self.declared.push(count_declarations(start)?);
        if self.declared.iter().sum::<usize>() > self.bounds.namespaces_in_scope {
            return Err(XmlError::TooManyNamespaces);
        }
        let (resolved, local) = reader.resolver().resolve_element(start.name());
        let element = Element {
            namespace: namespace_of(&resolved)?,
            local: name_of(local)?,
            attributes: read_attributes(start, reader, self.bounds)?,
            ..Element::default()
        };
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self) -> Result<(), XmlError> {
        let element = self.open.pop().ok_or(XmlError::Unbalanced)?;
        self.declared.pop();
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.chars().all(is_xml_space) => {}
            None => return Err(XmlError::TextOutsideRoot),
        }
        Ok(())
    }

    fn declaration(&self, declaration: &BytesDecl<'_>) -> Result<(), XmlError> {
        if self.events != 1 {
            return Err(XmlError::ProcessingInstruction);
        }
        match declaration.version() {
            Ok(version) if version.as_ref() == b"1.0" => {}
            _ => return Err(XmlError::Malformed),
        }
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(encoding)) if encoding.eq_ignore_ascii_case(b"UTF-8") => Ok(()),
            Some(_) => Err(XmlError::NotUtf8),
        }
    }

    fn finish(self) -> Result<Element, XmlError> {
        if !self.open.is_empty() {
            return Err(XmlError::Unbalanced);
        }
        self.root.ok_or(XmlError::NoRoot)
    }
}

fn count_declarations(start: &BytesStart<'_>) -> Result<usize, XmlError> {
    let mut count = 0;
    for attribute in start.attributes().with_checks(false) {
        let Ok(attribute) = attribute else {
            return Err(XmlError::Malformed);
        };
        count += usize::from(attribute.key.as_namespace_binding().is_some());
    }
    Ok(count)
}

fn read_attributes(
    start: &BytesStart<'_>,
    reader: &NsReader<&[u8]>,
    bounds: &XmlBounds,
) -> Result<Vec<Attribute>, XmlError> {
    let mut attributes: Vec<Attribute> = Vec::new();
    let mut declared = Vec::new();
    // Duplicates are looked for below, by expanded name and within the cap.
    for attribute in start.attributes().with_checks(false) {
        let Ok(attribute) = attribute else {
            return Err(XmlError::Malformed);
        };
        let value = attribute_value(&attribute)?;
        if attribute.key.as_namespace_binding().is_some() {
            check_namespace(&attribute)?;
            if declared.len() >= bounds.namespaces_per_tag {
                return Err(XmlError::TooManyNamespaces);
            }
            if declared.contains(&attribute.key) {
                return Err(XmlError::DuplicateAttribute);
            }
            declared.push(attribute.key);
            continue;
        }
        let (resolved, local) = reader.resolver().resolve_attribute(attribute.key);
        let read = Attribute {
            namespace: namespace_of(&resolved)?,
            local: name_of(local)?,
            value,
        };
        if attributes.len() >= bounds.attributes_per_tag {
            return Err(XmlError::TooManyAttributes);
        }
        let is_second = attributes
            .iter()
            .any(|seen| seen.local == read.local && seen.namespace == read.namespace);
        if is_second {
            return Err(XmlError::DuplicateAttribute);
        }
        attributes.push(read);
    }
    Ok(attributes)
}

/// A declaration is compared as it is written, so one that is written with references, which
/// another reader would resolve, is not accepted.
fn check_namespace(
    declaration: &quick_xml::events::attributes::Attribute<'_>,
) -> Result<(), XmlError> {
    let is_plain = !declaration
        .value
        .iter()
        .any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r'));
    let undeclares_prefix = declaration.value.is_empty() && declaration.key.prefix().is_some();
    if is_plain && !undeclares_prefix {
        Ok(())
    } else {
        Err(XmlError::Malformed)
    }
}

fn attribute_value(
    attribute: &quick_xml::events::attributes::Attribute<'_>,
) -> Result<String, XmlError> {
    if attribute.value.contains(&b'<') {
        return Err(XmlError::Malformed);
    }
    let Ok(value) = attribute.normalized_value(XmlVersion::Explicit1_0) else {
        return Err(XmlError::UnknownEntity);
    };
    if !value.chars().all(is_xml_char) {
        return Err(XmlError::ForbiddenCharacter);
    }
    Ok(value.into_owned())
}

/// The character that a reference stands for: one of the five entities, or one by number.
pub(in crate::saml) fn character_of(reference: &BytesRef<'_>) -> Result<char, XmlError> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) if is_xml_char(c) => Ok(c),
        Ok(Some(_)) | Err(_) => Err(XmlError::ForbiddenCharacter),
        Ok(None) => {
            let name: &[u8] = reference.as_ref();
            match name {
                b"amp" => Ok('&'),
                b"lt" => Ok('<'),
                b"gt" => Ok('>'),
                b"quot" => Ok('"'),
                b"apos" => Ok('\''),
                _ => Err(XmlError::UnknownEntity),
            }
        }
    }
}

fn namespace_of(resolved: &ResolveResult<'_>) -> Result<String, XmlError> {
    match resolved {
        ResolveResult::Bound(namespace) => match std::str::from_utf8(namespace.as_ref()) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(XmlError::NotUtf8),
        },
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(prefix) if prefix == b"xml" => Ok(NS_XML.to_owned()),
        ResolveResult::Unknown(_) => Err(XmlError::UnboundPrefix),
    }
}

fn name_of(local: LocalName<'_>) -> Result<String, XmlError> {
    match std::str::from_utf8(local.into_inner()) {
        Ok(name) if is_ncname(name) => Ok(name.to_owned()),
        _ => Err(XmlError::Malformed),
    }
}

#[cfg(test)]
mod tests;
