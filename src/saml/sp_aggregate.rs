//! An aggregate (EntitiesDescriptor, SAML Metadata 2.3.1) read as a stream: thousands of entities, nested too, of
//! which one at a time is held. Each entity is cut out as a document of its own, with the namespaces that it
//! stood in; what it says is for `sp_metadata` to read. Signatures are not checked.

use std::io::{self, BufRead};

use chrono::{DateTime, Utc};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::NsReader;
use quick_xml::writer::Writer;

use crate::saml::bounded_reader::Bounded;
use crate::saml::bounds::MAX_METADATA_BYTES;
use crate::saml::instant;
use crate::saml::urns::NS_METADATA;

/// EntitiesDescriptor may stand in one another this deep.
const MAX_NESTING: usize = 16;
/// Elements of an entity may stand in one another this deep.
const MAX_DEPTH: usize = 128;
const MAX_TAG_BYTES: usize = 64 * 1024;
/// An aggregate holds at most this many entities.
const MAX_ENTITIES: usize = 100_000;

/// Why an aggregate is not read on.
#[derive(Debug, thiserror::Error)]
pub enum AggregateError {
    #[error("the file could not be read")]
    Io(#[source] io::Error),
    #[error("the document is not well-formed XML")]
    Malformed,
    #[error("a document type declaration is not accepted")]
    Doctype,
    #[error(
        "the document is not SAML 2.0 metadata: its root is neither EntitiesDescriptor nor EntityDescriptor"
    )]
    WrongRoot,
    #[error("the metadata has expired: its validUntil is past")]
    Expired,
    #[error("validUntil is not a date and time")]
    ValidUntil,
    #[error(
        "the document is larger than 256 MiB, holds more than 100,000 entities, or nests them too deeply"
    )]
    TooLarge,
}

/// Hands over each EntityDescriptor as a document of its own, in the order of the aggregate; `None` stands for one
/// that is larger than a document of one entity may be. Holds one at a time, whatever the aggregate holds.
pub fn scan(
    source: impl BufRead,
    now: DateTime<Utc>,
    mut each: impl FnMut(Option<&[u8]>),
) -> Result<(), AggregateError> {
    let mut reader = NsReader::from_reader(Bounded::new(source));
    let mut buffer = Vec::new();
    let mut groups = Groups::default();
    let mut entities = 0_usize;
    loop {
        buffer.clear();
        reader.get_mut().rewind();
        let event = reader.read_event_into(&mut buffer).map_err(fault)?;
        match event {
            Event::Start(start) if is_named(&reader, &start, b"EntitiesDescriptor") => {
                groups.enter(&start, now)?;
            }
            Event::Start(start) if is_named(&reader, &start, b"EntityDescriptor") => {
                entities += 1;
                if entities > MAX_ENTITIES {
                    return Err(AggregateError::TooLarge);
                }
                check_size(&start)?;
                let mut copy = Writer::new(Vec::new());
                let alone = Event::Start(groups.alone(&start)?);
                copy.write_event(alone).map_err(AggregateError::Io)?;
                each(pass(&mut reader, Some(copy))?.as_deref());
                groups.was_entity();
            }
            Event::Empty(start) if is_named(&reader, &start, b"EntityDescriptor") => {
                groups.was_entity();
            }
            Event::Start(_) if groups.is_inside() => {
                pass(&mut reader, None)?;
            }
            Event::Empty(_) if groups.is_inside() => {}
            Event::Start(_) | Event::Empty(_) => return Err(AggregateError::WrongRoot),
            Event::End(_) => groups.leave(),
            Event::DocType(_) => return Err(AggregateError::Doctype),
            Event::Eof => return groups.finish(),
            // Signatures, texts between elements, comments: nothing is taken from them.
            _ => {}
        }
    }
}

fn is_named<R>(reader: &NsReader<R>, start: &BytesStart<'_>, local: &[u8]) -> bool {
    let (namespace, name) = reader.resolver().resolve_element(start.name());
    let is_metadata = matches!(
        namespace,
        quick_xml::name::ResolveResult::Bound(found) if found.as_ref() == NS_METADATA.as_bytes()
    );
    is_metadata && name.into_inner() == local
}

/// Reads to the end of the element whose start has been read, and copies it into `copy` if there is one. What
/// grows beyond the cap of one entity is read on and given up.
fn pass<R: BufRead>(
    reader: &mut NsReader<Bounded<R>>,
    mut copy: Option<Writer<Vec<u8>>>,
) -> Result<Option<Vec<u8>>, AggregateError> {
    let mut depth = 1_usize;
    let mut buffer = Vec::new();
    while depth > 0 {
        buffer.clear();
        reader.get_mut().rewind();
        let event = reader.read_event_into(&mut buffer).map_err(fault)?;
        match &event {
            Event::Start(start) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(AggregateError::TooLarge);
                }
                check_size(start)?;
            }
            Event::Empty(start) => check_size(start)?,
            Event::End(_) => depth -= 1,
            Event::DocType(_) => return Err(AggregateError::Doctype),
            Event::Eof => return Err(AggregateError::Malformed),
            _ => {}
        }
        if let Some(writer) = &mut copy {
            writer.write_event(event).map_err(AggregateError::Io)?;
            if writer.get_ref().len() > MAX_METADATA_BYTES {
                copy = None;
            }
        }
    }
    Ok(copy.map(Writer::into_inner))
}

/// The declarations of all open tags are kept at once, so that none may be of any length.
fn check_size(start: &BytesStart<'_>) -> Result<(), AggregateError> {
    if start.len() > MAX_TAG_BYTES {
        Err(AggregateError::TooLarge)
    } else {
        Ok(())
    }
}

fn fault(error: quick_xml::Error) -> AggregateError {
    match error {
        quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            AggregateError::TooLarge
        }
        quick_xml::Error::Io(error) => {
            AggregateError::Io(io::Error::new(error.kind(), error.to_string()))
        }
        _ => AggregateError::Malformed,
    }
}

/// Names, with their prefix `xmlns`, and values.
type Declarations = Vec<(Vec<u8>, Vec<u8>)>;

/// The EntitiesDescriptors that are open, with the namespaces that each declares.
#[derive(Default)]
struct Groups {
    open: Vec<Declarations>,
    is_over: bool,
}

impl Groups {
    fn enter(&mut self, start: &BytesStart<'_>, now: DateTime<Utc>) -> Result<(), AggregateError> {
        if self.open.len() >= MAX_NESTING {
            return Err(AggregateError::TooLarge);
        }
        if self.is_over {
            return Err(AggregateError::Malformed);
        }
        check_size(start)?;
        refuse_expired(start, now)?;
        self.open.push(declarations(start)?);
        Ok(())
    }

    fn is_inside(&self) -> bool {
        !self.open.is_empty()
    }

    fn leave(&mut self) {
        self.open.pop();
        self.is_over = self.open.is_empty();
    }

    /// An entity that stands alone is a whole document.
    fn was_entity(&mut self) {
        self.is_over = self.open.is_empty();
    }

    fn finish(&self) -> Result<(), AggregateError> {
        if self.is_over && self.open.is_empty() {
            Ok(())
        } else if self.open.is_empty() {
            Err(AggregateError::WrongRoot)
        } else {
            Err(AggregateError::Malformed)
        }
    }

    /// The start of an entity with the declarations that it leans on, the innermost of each prefix.
    fn alone(&self, start: &BytesStart<'_>) -> Result<BytesStart<'static>, AggregateError> {
        if self.is_over {
            return Err(AggregateError::Malformed);
        }
        let mut own: Vec<Vec<u8>> = declarations(start)?
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let mut alone = start.to_owned();
        for (name, value) in self.open.iter().rev().flatten() {
            if !own.contains(name) {
                alone.push_attribute((name.as_slice(), value.as_slice()));
                own.push(name.clone());
            }
        }
        Ok(alone.into_owned())
    }
}

/// The namespace declarations of a tag, as they are written.
fn declarations(start: &BytesStart<'_>) -> Result<Declarations, AggregateError> {
    let mut found = Vec::new();
    for attribute in start.attributes().with_checks(false) {
        let Ok(attribute) = attribute else {
            return Err(AggregateError::Malformed);
        };
        if attribute.key.as_namespace_binding().is_some() {
            found.push((attribute.key.as_ref().to_vec(), attribute.value.to_vec()));
        }
    }
    Ok(found)
}

/// What the group says of its end holds for all that is in it (SAML Metadata 2.3.1).
fn refuse_expired(start: &BytesStart<'_>, now: DateTime<Utc>) -> Result<(), AggregateError> {
    let Ok(attribute) = start.try_get_attribute("validUntil") else {
        return Err(AggregateError::Malformed);
    };
    let Some(attribute) = attribute else {
        return Ok(());
    };
    let value = attribute.normalized_value(XmlVersion::Explicit1_0);
    let until = value.ok().and_then(|text| instant::parse(&text));
    match until {
        None => Err(AggregateError::ValidUntil),
        Some(until) if until <= now => Err(AggregateError::Expired),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
