//! The HTTP-POST binding (SAML Bindings 3.5): a message in base64 in a form field. Also the data of
//! the form that carries our own messages; the page itself is made by the web floor.

use crate::domain::connector::EndpointBinding;
use crate::saml::base64_text;
use crate::saml::bounds::MAX_MESSAGE_BYTES;
use crate::saml::inbound::{BindingError, InboundRequest};
use crate::saml::parameters::{SamlParameters, decode_text};
use crate::saml::redirect_binding::inflate;

/// Reads a request out of an `application/x-www-form-urlencoded` body.
pub fn decode_request(body: &[u8]) -> Result<InboundRequest, BindingError> {
    let parameters = SamlParameters::parse(body)?;
    let message = parameters.request()?;
    if parameters.detached_signature()?.is_some() {
        return Err(BindingError::SignatureBeside);
    }
    let octets = base64_text::decode(&decode_text(message)?).ok_or(BindingError::Base64)?;
    Ok(InboundRequest {
        binding: EndpointBinding::HttpPost,
        xml: plain_message(octets)?,
        relay_state: parameters.decoded_relay_state()?,
        signature: None,
    })
}

/// Two widespread libraries deflate in this binding too: octets that cannot begin an XML document
/// are inflated, within the same cap.
fn plain_message(octets: Vec<u8>) -> Result<Vec<u8>, BindingError> {
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
        Self::new("SAMLRequest", action, xml, relay_state)
    }

    /// Carries a response.
    pub fn response(action: &str, xml: &[u8], relay_state: Option<String>) -> Self {
        Self::new("SAMLResponse", action, xml, relay_state)
    }

    fn new(field: &'static str, action: &str, xml: &[u8], relay_state: Option<String>) -> Self {
        Self {
            action: action.to_owned(),
            field,
            message: base64_text::encode(xml),
            relay_state,
        }
    }
}

#[cfg(test)]
mod tests;
