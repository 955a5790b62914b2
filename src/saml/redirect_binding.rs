//! The HTTP-Redirect binding (SAML Bindings 3.4): a message deflated into a query string. Works on
//! the raw query; never on what a web framework made of it.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use url::{Url, form_urlencoded};

use crate::domain::connector::{EndpointBinding, SignatureAlgorithm};
use crate::saml::base64_text;
use crate::saml::bounds::MAX_MESSAGE_BYTES;
use crate::saml::credentials::SigningCredential;
use crate::saml::inbound::{BindingError, InboundMessage, MessageKind};
use crate::saml::parameters::{SamlParameters, decode_text};
use crate::saml::signature::{self, SignatureError};
use crate::saml::urns::ENCODING_DEFLATE;

/// Reads a request out of the raw query string, that is what follows the `?`.
pub fn decode_request(raw_query: &str) -> Result<InboundMessage, BindingError> {
    let parameters = SamlParameters::parse(raw_query.as_bytes())?;
    let request = parameters.request()?;
    read(&parameters, (MessageKind::Request, request))
}

/// Reads a request or a response out of the raw query string.
pub fn decode(raw_query: &str) -> Result<InboundMessage, BindingError> {
    let parameters = SamlParameters::parse(raw_query.as_bytes())?;
    let message = parameters.message()?;
    read(&parameters, message)
}

fn read(
    parameters: &SamlParameters<'_>,
    (kind, message): (MessageKind, &[u8]),
) -> Result<InboundMessage, BindingError> {
    if let Some(encoding) = parameters.encoding
        && decode_text(encoding)? != ENCODING_DEFLATE
    {
        return Err(BindingError::UnknownSamlEncoding);
    }
    let deflated = base64_text::decode(&decode_text(message)?).ok_or(BindingError::Base64)?;
    Ok(InboundMessage {
        kind,
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
    let query = query_of(MessageKind::Request, xml, relay_state)?.finish();
    Ok(with_query(endpoint, &query))
}

/// The URL that carries a message with its signature beside it (SAML Bindings 3.4.4.1).
pub fn signed_url(
    endpoint: &str,
    (kind, xml): (MessageKind, &[u8]),
    relay_state: Option<&str>,
    (credential, algorithm): (&SigningCredential, SignatureAlgorithm),
) -> Result<String, SignatureError> {
    let mut query = query_of(kind, xml, relay_state)?;
    query.append_pair("SigAlg", signature::uri_of(algorithm));
    let signed = query.finish();
    let value = signature::sign_octets(signed.as_bytes(), credential, algorithm)?;
    let mut query = form_urlencoded::Serializer::new(signed);
    query.append_pair("Signature", &base64_text::encode(&value));
    Ok(with_query(endpoint, &query.finish()))
}

fn query_of(
    kind: MessageKind,
    xml: &[u8],
    relay_state: Option<&str>,
) -> Result<form_urlencoded::Serializer<'static, String>, std::io::Error> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(xml)?;
    let message = base64_text::encode(&encoder.finish()?);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(kind.parameter(), &message);
    if let Some(relay_state) = relay_state {
        query.append_pair("RelayState", relay_state);
    }
    Ok(query)
}

/// A registered URL with more in its query.
pub(in crate::saml) fn with_query(endpoint: &str, query: &str) -> String {
    let separator = if endpoint.contains('?') { '&' } else { '?' };
    let url = format!("{endpoint}{separator}{query}");
    if url.is_ascii() {
        return url;
    }
    // A header takes no other letters; what is registered stays as it is in the Destination.
    Url::parse(&url).map_or(url, Into::into)
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
