//! SOAP 1.1 envelopes (SAML Bindings 3.2): the one message in the body of one that came in, and the
//! envelopes that go out. What the message says is read elsewhere.

use crate::saml::urns::NS_SOAP;
use crate::saml::xml_tree::Element;
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// Why an envelope is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the document is not a SOAP 1.1 envelope with one message in its body")]
    Shape,
    #[error("a header of the envelope has to be understood, and none is")]
    MustUnderstand,
}

/// Whose fault a fault is (SOAP 1.1, 4.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    Client,
    MustUnderstand,
}

impl FaultCode {
    const fn name(self) -> &'static str {
        match self {
            Self::Client => "S:Client",
            Self::MustUnderstand => "S:MustUnderstand",
        }
    }
}

/// The only element in the body of an envelope.
pub fn message_of(envelope: &Element) -> Result<&Element, EnvelopeError> {
    if !envelope.is(NS_SOAP, "Envelope") {
        return Err(EnvelopeError::Shape);
    }
    let (header, body) = match envelope.children.as_slice() {
        [body] => (None, body),
        [header, body] if header.is(NS_SOAP, "Header") => (Some(header), body),
        _ => return Err(EnvelopeError::Shape),
    };
    let [message] = body.children.as_slice() else {
        return Err(EnvelopeError::Shape);
    };
    if !body.is(NS_SOAP, "Body") {
        return Err(EnvelopeError::Shape);
    }
    let is_mandatory = |block: &Element| {
        block.attributes.iter().any(|attribute| {
            attribute.namespace == NS_SOAP
                && attribute.local == "mustUnderstand"
                && matches!(attribute.value.trim(), "1" | "true")
        })
    };
    if header.is_some_and(|header| header.children.iter().any(is_mandatory)) {
        return Err(EnvelopeError::MustUnderstand);
    }
    Ok(message)
}

/// An envelope around a finished message, with finished header blocks if there are any.
pub fn envelope(header: Option<&str>, message: &str) -> Result<String, ForbiddenCharacter> {
    let mut writer = XmlWriter::new();
    writer.start("S:Envelope", &[("xmlns:S", NS_SOAP)]);
    if let Some(header) = header {
        writer.start("S:Header", &[]);
        writer.finished(header);
        writer.end("S:Header");
    }
    writer.start("S:Body", &[]);
    writer.finished(message);
    writer.end("S:Body");
    writer.end("S:Envelope");
    writer.finish()
}

/// An envelope that says why there is no answer.
pub fn fault(code: FaultCode, reason: &str) -> Result<String, ForbiddenCharacter> {
    let mut writer = XmlWriter::new();
    writer.start("S:Fault", &[]);
    writer.leaf("faultcode", &[], code.name());
    writer.leaf("faultstring", &[], reason);
    writer.end("S:Fault");
    envelope(None, &writer.finish()?)
}

#[cfg(test)]
mod tests;
