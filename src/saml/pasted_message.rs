//! A message as somebody pastes it: XML, base64 of it, deflated or not, a query or a form as it was
//! sent, or the whole address. What comes out is what a binding would have delivered; the bindings'
//! own decoders and bounds are used.

use crate::domain::connector::EndpointBinding;
use crate::domain::exchange::MessageType;
use crate::saml::base64_text;
use crate::saml::bounds::{MAX_BODY_BYTES, XmlBounds};
use crate::saml::inbound::{BindingError, InboundMessage, MessageKind};
use crate::saml::parameters::decode_text;
use crate::saml::post_binding::{self, plain_message};
use crate::saml::redirect_binding;
use crate::saml::urns::NS_PROTOCOL;
use crate::saml::xml_reader::parse;

/// What a pasted text turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastedMessage {
    pub message: MessageType,
    pub inbound: InboundMessage,
}

/// Why a text is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PastedError {
    #[error(
        "paste a message first: XML, its base64, or the address with SAMLRequest or SAMLResponse"
    )]
    Empty,
    #[error(transparent)]
    Binding(#[from] BindingError),
    #[error(transparent)]
    Xml(#[from] crate::saml::xml_reader::XmlError),
    #[error("the message is no AuthnRequest, LogoutRequest, LogoutResponse or Response")]
    Unknown,
}

/// Reads a pasted text.
pub fn read(text: &str) -> Result<PastedMessage, PastedError> {
    let text = text.trim_start_matches('\u{FEFF}').trim();
    if text.is_empty() {
        return Err(PastedError::Empty);
    }
    if text.len() > MAX_BODY_BYTES {
        return Err(BindingError::TooLarge.into());
    }
    let inbound = match parameters_of(text) {
        Some(query) => of_parameters(query)?,
        None => bare(text)?,
    };
    let root = parse(&inbound.xml, &XmlBounds::MESSAGE)?;
    let name = Some(root.local.as_str()).filter(|_| root.namespace == NS_PROTOCOL);
    let message = name.and_then(MessageType::parse);
    let message = message.ok_or(PastedError::Unknown)?;
    let kind = match message {
        MessageType::AuthnRequest | MessageType::LogoutRequest => MessageKind::Request,
        MessageType::Response | MessageType::LogoutResponse => MessageKind::Response,
    };
    Ok(PastedMessage {
        message,
        inbound: InboundMessage { kind, ..inbound },
    })
}

/// The query of an address, or a text that is a query or a form itself.
fn parameters_of(text: &str) -> Option<&str> {
    if text.starts_with('<') || !(text.contains("SAMLRequest=") || text.contains("SAMLResponse=")) {
        return None;
    }
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    Some(query.split_once('#').map_or(query, |(query, _)| query))
}

/// A query carries a deflated message, a form one that is not; otherwise they look the same.
fn of_parameters(query: &str) -> Result<InboundMessage, BindingError> {
    match redirect_binding::decode(query) {
        Err(BindingError::Inflate) => post_binding::decode(query.as_bytes()),
        decoded => decoded,
    }
}

/// A message without its parameter: a signature beside it is not to be had.
fn bare(text: &str) -> Result<InboundMessage, BindingError> {
    let octets = if text.starts_with('<') {
        text.as_bytes().to_vec()
    } else if text.contains('%') {
        base64_text::decode(&decode_text(text.as_bytes())?).ok_or(BindingError::Base64)?
    } else {
        base64_text::decode(text).ok_or(BindingError::Base64)?
    };
    Ok(InboundMessage {
        kind: MessageKind::Request,
        binding: EndpointBinding::HttpPost,
        xml: plain_message(octets)?,
        relay_state: None,
        signature: None,
    })
}

#[cfg(test)]
mod tests;
