//! The HTTP-POST binding (SAML Bindings 3.5): a message in base64 in a form field. Also the data of
//! the form that carries our own messages; the page itself is made by the web floor.

use crate::domain::connector::EndpointBinding;
use crate::saml::base64_text;
use crate::saml::bounds::MAX_MESSAGE_BYTES;
use crate::saml::inbound::{BindingError, InboundMessage, MessageKind};
use crate::saml::parameters::{SamlParameters, decode_text};
use crate::saml::redirect_binding::inflate;

/// Reads a request out of an `application/x-www-form-urlencoded` body.
pub fn decode_request(body: &[u8]) -> Result<InboundMessage, BindingError> {
    let parameters = SamlParameters::parse(body)?;
    let request = parameters.request()?;
    read(&parameters, (MessageKind::Request, request))
}

/// Reads a request or a response out of such a body.
pub fn decode(body: &[u8]) -> Result<InboundMessage, BindingError> {
    let parameters = SamlParameters::parse(body)?;
    let message = parameters.message()?;
    read(&parameters, message)
}

fn read(
    parameters: &SamlParameters<'_>,
    (kind, message): (MessageKind, &[u8]),
) -> Result<InboundMessage, BindingError> {
    if parameters.detached_signature()?.is_some() {
        return Err(BindingError::SignatureBeside);
    }
    let octets = base64_text::decode(&decode_text(message)?).ok_or(BindingError::Base64)?;
    Ok(InboundMessage {
        kind,
        binding: EndpointBinding::HttpPost,
        xml: plain_message(octets)?,
        relay_state: parameters.decoded_relay_state()?,
        signature: None,
    })
}

/// Two widespread libraries deflate in this binding too: octets that cannot begin an XML document
/// are inflated, within the same cap.
pub(in crate::saml) fn plain_message(octets: Vec<u8>) -> Result<Vec<u8>, BindingError> {
    let text = octets
        .strip_prefix("\u{FEFF}".as_bytes())
        .unwrap_or(&octets);
    let is_xml = text.trim_ascii_start().first() == Some(&b'<');
    if !is_xml {
        return inflate(&octets);
    }
    if octets.len() > MAX_MESSAGE_BYTES {
        return Err(BindingError::TooLarge);
    }
    Ok(octets)
}

/// A form that a browser is to post to another site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostForm {
    /// The URL to post to.
    pub action: String,
    /// `SAMLRequest` or `SAMLResponse`.
    pub field: &'static str,
    /// The message in base64.
    pub message: String,
    /// The field `RelayState`; absent if `None`.
    pub relay_state: Option<String>,
}

impl PostForm {
    /// Carries a request.
    pub fn request(action: &str, xml: &[u8], relay_state: Option<String>) -> Self {
        Self::new(MessageKind::Request, action, xml, relay_state)
    }

    /// Carries a response.
    pub fn response(action: &str, xml: &[u8], relay_state: Option<String>) -> Self {
        Self::new(MessageKind::Response, action, xml, relay_state)
    }

    /// Carries a message of this kind.
    pub fn new(kind: MessageKind, action: &str, xml: &[u8], relay_state: Option<String>) -> Self {
        Self {
            action: action.to_owned(),
            field: kind.parameter(),
            message: base64_text::encode(xml),
            relay_state,
        }
    }
}

#[cfg(test)]
mod tests;
