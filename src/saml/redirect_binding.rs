//! The HTTP-Redirect binding (SAML Bindings 3.4): a message deflated into a query string. Works on
//! the raw query; never on what a web framework made of it.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use url::form_urlencoded;

use crate::domain::connector::EndpointBinding;
use crate::saml::base64_text;
use crate::saml::bounds::MAX_MESSAGE_BYTES;
use crate::saml::inbound::{BindingError, InboundRequest};
use crate::saml::parameters::{SamlParameters, decode_text};
use crate::saml::urns::ENCODING_DEFLATE;

/// Reads a request out of the raw query string, that is what follows the `?`.
pub fn decode_request(raw_query: &str) -> Result<InboundRequest, BindingError> {
    let parameters = SamlParameters::parse(raw_query.as_bytes())?;
    let message = parameters.request()?;
    if let Some(encoding) = parameters.encoding
        && decode_text(encoding)? != ENCODING_DEFLATE
    {
        return Err(BindingError::UnknownSamlEncoding);
    }
    let deflated = base64_text::decode(&decode_text(message)?).ok_or(BindingError::Base64)?;
    Ok(InboundRequest {
        binding: EndpointBinding::HttpRedirect,
        xml: inflate(&deflated)?,
        relay_state: parameters.decoded_relay_state()?,
        signature: parameters.detached_signature()?,
    })
}

/// The URL that carries a SAMLRequest to `endpoint`, whose own query is kept.
pub fn request_url(
    endpoint: &str,
    xml: &[u8],
    relay_state: Option<&str>,
) -> Result<String, std::io::Error> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(xml)?;
    let message = base64_text::encode(&encoder.finish()?);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("SAMLRequest", &message);
    if let Some(relay_state) = relay_state {
        query.append_pair("RelayState", relay_state);
    }
    let separator = if endpoint.contains('?') { '&' } else { '?' };
    Ok(format!("{endpoint}{separator}{}", query.finish()))
}

/// Inflates raw DEFLATE data, stopping at the cap: a bomb costs 256 KiB, whatever it promises.
pub fn inflate(deflated: &[u8]) -> Result<Vec<u8>, BindingError> {
    let limit = MAX_MESSAGE_BYTES + 1;
    let mut out = Vec::new();
    let mut decoder = DeflateDecoder::new(deflated).take(u64::try_from(limit).unwrap_or(u64::MAX));
    match decoder.read_to_end(&mut out) {
        Ok(_) if out.len() >= limit => Err(BindingError::TooLarge),
        Ok(_) if out.is_empty() => Err(BindingError::Inflate),
        Ok(_) => Ok(out),
        Err(_) => Err(BindingError::Inflate),
    }
}

#[cfg(test)]
mod tests;
